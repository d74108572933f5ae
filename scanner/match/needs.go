package match

import (
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// Needs are bytes of which each match of an expression has one. It is immutable.
type Needs struct {
	bytes [256]bool
	// end says that a match may have none, if it ends where the data does.
	end bool
	// likely is how likely any byte is one of them.
	likely float64
}

// NeedsOf returns the rarest such bytes of an expression; nil where there are none,
// or so many that most text has one.
func NeedsOf(re *syntax.Regexp) *Needs {
	n := needed(re)
	if n == nil || n.likely > mostNeeded {
		return nil
	}
	return n
}

// mostNeeded is how likely a byte of any data may be one that is needed.
const mostNeeded = 0.25

// Next returns where the first byte that is needed stands in data from a place on;
// the end of data if there is none.
func (n *Needs) Next(data []byte, at int) int {
	next := uint(at)
	for next < uint(len(data)) && !n.bytes[data[next]] {
		next++
	}
	return int(next)
}

// AtEnd reports whether a match may do without, if it ends where the data does.
func (n *Needs) AtEnd() bool { return n.end }

func needed(re *syntax.Regexp) *Needs {
	switch re.Op {
	case syntax.OpLiteral:
		var rarest *Needs
		for _, r := range re.Rune {
			ranges := []rune{r, r}
			for f := unicode.SimpleFold(r); re.Flags&syntax.FoldCase != 0 && f != r; f = unicode.SimpleFold(f) {
				ranges = append(ranges, f, f)
			}
			rarest = rarest.or(needsOfRunes(ranges))
		}
		return rarest
	case syntax.OpCharClass:
		return needsOfRunes(re.Rune)
	case syntax.OpEndText:
		return &Needs{end: true}
	case syntax.OpCapture, syntax.OpPlus:
		return needed(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return needed(re.Sub[0])
		}
	case syntax.OpConcat:
		var rarest *Needs
		for _, sub := range re.Sub {
			rarest = rarest.or(needed(sub))
		}
		return rarest
	case syntax.OpAlternate:
		all := &Needs{}
		for _, sub := range re.Sub {
			n := needed(sub)
			if n == nil {
				return nil
			}
			all.end = all.end || n.end
			for b, is := range n.bytes {
				all.bytes[b] = all.bytes[b] || is
			}
		}
		all.weigh()
		return all
	}
	return nil
}

// needsOfRunes are the characters of a class: of one past ASCII any byte that is
// none of ASCII.
func needsOfRunes(ranges []rune) *Needs {
	n := &Needs{}
	for i := 0; i < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], unicode.MaxASCII); r++ {
			n.bytes[r] = true
		}
		for b := utf8.RuneSelf; b < len(n.bytes) && ranges[i+1] > unicode.MaxASCII; b++ {
			n.bytes[b] = true
		}
	}
	n.weigh()
	return n
}

// or returns the rarer of the two, of which each match has both.
func (n *Needs) or(other *Needs) *Needs {
	if n == nil || other != nil && other.likely < n.likely {
		return other
	}
	return n
}

func (n *Needs) weigh() {
	n.likely = 0
	for b, is := range n.bytes {
		if is {
			n.likely += chance(fold(byte(b)))
		}
	}
}
