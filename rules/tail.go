package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// cutAt parts the pieces of an expression in what leads up to its anchor and
// what every match has from there on, both nil where it cannot be cut so, at 0.
func cutAt(pieces []*syntax.Regexp, at int) (lead, rest *syntax.Regexp) {
	if at == 0 {
		return nil, nil
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: pieces[:at]}, &syntax.Regexp{Op: syntax.OpConcat, Sub: pieces[at:]}
}

// tailAt returns which of the pieces of an expression its tail starts with; 0
// where it has none.
func tailAt(pieces []*syntax.Regexp, anchors []Anchor) int {
	if len(anchors) == 0 {
		return 0
	}
	d := deriver{least: shortestKeyword}
	for i := 1; i < len(pieces); i++ {
		_, rest := cutAt(pieces, i)
		if allAfter(d.concat(pieces[:i]), anchors) && d.opensWith(rest, anchors) && !d.looksBack(rest, anchors) {
			return i
		}
	}
	return 0
}

// lead returns which byte may stand before the blanks, if any, that a match of
// an expression ends with; nil where that may be any, or none.
func lead(expr *syntax.Regexp) *[256]bool {
	set, open := lasts(expr)
	if open {
		return nil
	}
	var class [256]bool
	for b := range class {
		class[b] = set.has(byte(b))
	}
	return &class
}

// blanks are the characters of \s.
var blanks = runesOf([]rune{'\t', '\n', '\f', '\r', ' ', ' '})

// lasts returns the bytes that are no blank with which a match of a piece may
// end before its last blanks, and whether it may be made of blanks alone.
func lasts(re *syntax.Regexp) (set byteSet, open bool) {
	switch re.Op {
	case syntax.OpLiteral:
		for i := len(re.Rune) - 1; i >= 0; i-- {
			one := literalStretch(&syntax.Regexp{Op: syntax.OpLiteral, Rune: re.Rune[i : i+1], Flags: re.Flags}).set
			if one.without(blanks) == one {
				return one, false
			}
		}
		return set, true
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		set = stretchesOf(re).whole.set
		return set.without(blanks), set != set.without(blanks)
	case syntax.OpCapture, syntax.OpPlus:
		return lasts(re.Sub[0])
	case syntax.OpStar, syntax.OpQuest:
		set, _ = lasts(re.Sub[0])
		return set, true
	case syntax.OpRepeat:
		set, open = lasts(re.Sub[0])
		return set, open || re.Min == 0
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			some, blank := lasts(sub)
			set, open = set.with(some), open || blank
		}
		return set, open
	case syntax.OpConcat:
		for i := len(re.Sub) - 1; i >= 0; i-- {
			some, blank := lasts(re.Sub[i])
			if set = set.with(some); !blank {
				return set, false
			}
		}
	}
	return set, true // nothing wide, or nothing at all
}

// flatten lists the pieces that a match is made of one after the other.
func flatten(re *syntax.Regexp) []*syntax.Regexp {
	switch re.Op {
	case syntax.OpCapture:
		return flatten(re.Sub[0])
	case syntax.OpConcat:
		var pieces []*syntax.Regexp
		for _, sub := range re.Sub {
			pieces = append(pieces, flatten(sub)...)
		}
		return pieces
	}
	return []*syntax.Regexp{re}
}

// allAfter reports whether each anchor stands right behind what leads up to
// it. Of an anchor without a bound the distance was cut down.
func allAfter(lead shape, anchors []Anchor) bool {
	return !slices.ContainsFunc(anchors, func(a Anchor) bool {
		return a.BeforeMin != lead.min || a.Before != lead.max && lead.max <= MaxReach
	})
}

// looksBack reports whether a match of a piece, which starts with one of the
// anchors, depends on the byte before it in a way that cannot be left open: where
// a text that starts with the anchor stands for all of it, a line and a word start
// there.
func (d deriver) looksBack(re *syntax.Regexp, anchors []Anchor) bool {
	back := func(sub *syntax.Regexp) bool { return d.looksBack(sub, anchors) }
	switch re.Op {
	case syntax.OpNoWordBoundary:
		return true
	case syntax.OpWordBoundary:
		return slices.ContainsFunc(anchors, func(a Anchor) bool { return !syntax.IsWordChar(rune(a.Literal[0])) })
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, back)
	case syntax.OpLiteral, syntax.OpCharClass:
		return false
	}
	for _, sub := range re.Sub {
		if back(sub) {
			return true
		}
		if d.shapeOf(sub).min > 0 {
			return false
		}
	}
	return false
}

// opensWith reports whether every match of a piece begins with one of the anchors.
func (d deriver) opensWith(re *syntax.Regexp, anchors []Anchor) bool {
	s := d.shapeOf(re)
	begin := func(texts []string) bool {
		return len(texts) > 0 && !slices.ContainsFunc(texts, func(text string) bool {
			return !slices.ContainsFunc(anchors, func(a Anchor) bool { return strings.HasPrefix(text, a.Literal) })
		})
	}
	var texts []string
	for _, l := range d.best(s) {
		if l.Before > 0 {
			return begin(s.heads)
		}
		texts = append(texts, l.Literal)
	}
	return begin(texts) || begin(s.heads)
}
