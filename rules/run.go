package rules

import (
	"math"
	"regexp/syntax"
	"unicode"
	"unicode/utf8"
)

// A Run is a stretch of bytes of one class that every match of an expression
// holds: 40 letters and digits, say. To look for one is a hundred times cheaper
// than to run the expression, and answers no nearly always.
type Run struct {
	// Class are the bytes it is made of, Least how many there are at least.
	Class *[256]bool
	Least int
}

// In reports whether data holds such a run.
func (r Run) In(data []byte) bool { return r.End(data) >= 0 }

// End returns where the first such run in data has as many bytes as it needs; -1
// if there is none.
func (r Run) End(data []byte) int {
	for end := r.Least; end <= len(data); {
		// Backwards from where a run that starts here must still go on: the
		// first byte that is none of it moves the start behind itself.
		at := end - 1
		for at >= end-r.Least && r.Class[data[at]] {
			at--
		}
		if at < end-r.Least {
			return end
		}
		end = at + 1 + r.Least
	}
	return -1
}

// leastSurprise is the number of bits from which on a run is worth looking for:
// text has one in so few places.
const leastSurprise = 5

// run returns the run of an expression that is least likely in any text, and
// false where it has none that is worth looking for.
func run(expr *syntax.Regexp) (Run, bool) {
	best := stretchesOf(expr).best
	if best.surprise() < leastSurprise {
		return Run{}, false
	}
	var class [256]bool
	for b := range class {
		class[b] = best.set.has(byte(b))
	}
	return Run{Class: &class, Least: best.least}, true
}

// mostJoined bounds how many neighbours are joined.
const mostJoined = 16

// byteSet is a set of bytes.
type byteSet [4]uint64

func (s *byteSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *byteSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

func (s byteSet) with(t byteSet) byteSet {
	for i := range s {
		s[i] |= t[i]
	}
	return s
}

func (s byteSet) without(t byteSet) byteSet {
	for i := range s {
		s[i] &^= t[i]
	}
	return s
}

// A stretch is at least so many bytes of a set.
type stretch struct {
	set   byteSet
	least int
}

// surprise is by how many bits a stretch tells more than the text it stands
// in, if its bytes came by chance: a rough measure, since words do not.
func (s stretch) surprise() float64 {
	if s.least == 0 {
		return 0
	}
	p := 0.0
	for b := range 256 {
		if s.set.has(byte(b)) {
			p += chance(byte(b))
		}
	}
	return float64(s.least) * -math.Log2(min(1, p))
}

// chance is how often a byte stands in text and code, roughly.
func chance(b byte) float64 {
	switch {
	case b >= 'a' && b <= 'z':
		return 0.62 / 26
	case b >= 'A' && b <= 'Z', b >= '0' && b <= '9':
		return 0.10 / 36
	case b == ' ' || b == '\n' || b == '\t':
		return 0.17 / 3
	case b < utf8.RuneSelf:
		return 0.10 / 63
	}
	return 0.01 / 128
}

// stretches are those of a piece of an expression: all of a match together,
// and the one within it that surprises most.
type stretches struct{ whole, best stretch }

func stretchesOf(re *syntax.Regexp) stretches {
	switch re.Op {
	case syntax.OpLiteral:
		return one(literalStretch(re))
	case syntax.OpCharClass:
		return one(stretch{runesOf(re.Rune), 1})
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return one(stretch{runesOf([]rune{0, unicode.MaxRune}), 1})
	case syntax.OpCapture:
		return stretchesOf(re.Sub[0])
	case syntax.OpConcat:
		return concatStretches(re.Sub)
	case syntax.OpAlternate:
		return alternateStretches(re.Sub)
	case syntax.OpStar, syntax.OpQuest:
		return repeatStretches(re.Sub[0], 0)
	case syntax.OpPlus:
		return repeatStretches(re.Sub[0], 1)
	case syntax.OpRepeat:
		return repeatStretches(re.Sub[0], re.Min)
	}
	return stretches{} // nothing wide, or nothing at all
}

func one(s stretch) stretches { return stretches{s, s} }

// runesOf returns the bytes of runes in ranges: of those past ASCII, all that
// such a rune is encoded with, and any byte for the rune that stands for
// invalid ones.
func runesOf(ranges []rune) byteSet {
	var set byteSet
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], utf8.RuneSelf-1); r++ {
			set.add(byte(r))
		}
		if ranges[i+1] >= utf8.RuneSelf {
			set[2], set[3] = math.MaxUint64, math.MaxUint64
		}
	}
	return set
}

func literalStretch(re *syntax.Regexp) stretch {
	var s stretch
	for _, r := range re.Rune {
		s.set = s.set.with(runesOf([]rune{r, r}))
		for f := unicode.SimpleFold(r); re.Flags&syntax.FoldCase != 0 && f != r; f = unicode.SimpleFold(f) {
			s.set = s.set.with(runesOf([]rune{f, f}))
		}
	}
	s.least = len(re.Rune) // at least a byte each
	return s
}

// concatStretches joins neighbours where the stretch that they make together
// surprises more than each.
func concatStretches(subs []*syntax.Regexp) stretches {
	var out stretches
	pieces := make([]stretches, len(subs))
	for i, sub := range subs {
		pieces[i] = stretchesOf(sub)
		out.best = rarer(out.best, pieces[i].best)
	}
	for i := range pieces {
		var joined stretch
		for _, p := range pieces[i:min(len(pieces), i+mostJoined)] {
			joined = stretch{joined.set.with(p.whole.set), joined.least + p.whole.least}
			out.best = rarer(out.best, joined)
		}
		out.whole = stretch{out.whole.set.with(pieces[i].whole.set), out.whole.least + pieces[i].whole.least}
	}
	return out
}

// alternateStretches has a stretch that each of the alternatives holds one of.
func alternateStretches(subs []*syntax.Regexp) stretches {
	out := stretchesOf(subs[0])
	for _, sub := range subs[1:] {
		s := stretchesOf(sub)
		out.whole = stretch{out.whole.set.with(s.whole.set), min(out.whole.least, s.whole.least)}
		out.best = stretch{out.best.set.with(s.best.set), min(out.best.least, s.best.least)}
	}
	return out
}

func repeatStretches(sub *syntax.Regexp, least int) stretches {
	s := stretchesOf(sub)
	out := one(stretch{s.whole.set, s.whole.least * least})
	if least > 0 {
		out.best = rarer(out.best, s.best)
	}
	return out
}

func rarer(a, b stretch) stretch {
	if b.surprise() > a.surprise() {
		return b
	}
	return a
}
