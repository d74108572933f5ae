package rules

import (
	"regexp/syntax"
	"slices"
	"strings"
)

// tail returns the part of an expression that every match has from the start
// of its anchor on, nil where the expression cannot be cut so. It is a cheap
// question to ask at an anchor before the whole expression is run round it.
func tail(expr *syntax.Regexp, anchors []Anchor) *syntax.Regexp {
	pieces := flatten(expr)
	return from(pieces, tailAt(pieces, anchors))
}

// from returns the pieces from one on, which stands behind the first; nil for
// the first itself.
func from(pieces []*syntax.Regexp, at int) *syntax.Regexp {
	if at == 0 {
		return nil
	}
	return &syntax.Regexp{Op: syntax.OpConcat, Sub: pieces[at:]}
}

// tailAt returns which of the pieces of an expression its tail starts with; 0
// where it has none.
func tailAt(pieces []*syntax.Regexp, anchors []Anchor) int {
	if len(anchors) == 0 {
		return 0
	}
	d := deriver{least: shortestKeyword}
	for i := 1; i < len(pieces); i++ {
		lead, rest := d.concat(pieces[:i]), from(pieces, i)
		if allAfter(lead, anchors) && opensWith(d.best(d.shapeOf(rest)), anchors) && !d.looksBack(rest) {
			return i
		}
	}
	return 0
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

// looksBack reports whether a match of a piece depends on the byte before it.
func (d deriver) looksBack(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpBeginLine, syntax.OpBeginText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return true
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, d.looksBack)
	case syntax.OpLiteral, syntax.OpCharClass:
		return false
	}
	for _, sub := range re.Sub {
		if d.looksBack(sub) {
			return true
		}
		if d.shapeOf(sub).min > 0 {
			return false
		}
	}
	return false
}

// opensWith reports whether each literal stands at the very start and begins
// with one of the anchors, so that no anchor stands further in.
func opensWith(literals, anchors []Anchor) bool {
	return len(literals) > 0 && !slices.ContainsFunc(literals, func(l Anchor) bool {
		return l.Before > 0 || !slices.ContainsFunc(anchors, func(a Anchor) bool { return strings.HasPrefix(l.Literal, a.Literal) })
	})
}
