package match

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// A Gate is what must stand behind a literal that a match begins with, as far as
// bytes tell: a run of some, no longer than the expression allows, and then one
// that ends it, a few times over. Behind "http://" it may be the bytes of a user's
// name and a colon, those of a password and an @. It is immutable and safe for
// concurrent use.
type Gate struct {
	kind [256]passage
	most int   // bytes of the run
	next *Gate // behind what ends it; nil for none
}

type passage uint8

const (
	shuts passage = iota
	goesOn
	ends
)

// mostGates bounds those that stand one behind the other.
const mostGates = 3

// Passed is a stretch of some data that a gate was seen to go on over, so that
// the next literal in it need not be followed all the way again. The zero value is
// none.
type Passed struct {
	gate     *Gate
	from, to int
}

// atOnce is how far a gate looks before it asks what was passed.
const atOnce = 16

// Shut reports whether no match begins with the literal that ends at at in data,
// which is all that there is. Passed is of the same data, which may end elsewhere.
func (g *Gate) Shut(data []byte, at int, passed *Passed) bool {
	rest := data[at:]
	if len(rest) > g.most+1 {
		rest = rest[:g.most+1]
	}
	for n, b := range rest[:min(len(rest), atOnce)] {
		if kind := g.kind[b]; kind != goesOn {
			return kind == shuts || g.next != nil && g.next.Shut(data, at+n+1, passed)
		}
	}
	if len(rest) <= atOnce {
		return true
	}
	end := at + len(rest)
	at = g.pass(data, at, end, passed)
	return at == end || g.kind[data[at]] == shuts || g.next != nil && g.next.Shut(data, at+1, passed)
}

// pass returns where a run from start ends, which goes on for atOnce, or end, and
// notes it.
func (g *Gate) pass(data []byte, start, end int, passed *Passed) int {
	at := start + atOnce
	if passed.gate != g || start < passed.from || start > passed.to {
		*passed = Passed{g, start, at}
	}
	for at = min(max(at, passed.to), end); at < end && g.kind[data[at]] == goesOn; {
		at++
	}
	passed.to = max(passed.to, at)
	return at
}

// Gate returns the gate behind a literal in ASCII, whose case is ignored; nil
// where there is none.
func (p *Program) Gate(literal string) *Gate {
	first, last, ok := p.behind(literal)
	if !ok {
		return nil
	}
	var gate *Gate
	next, gates := &gate, 0
	var run bitSet
	most := 0
	take := func(set *charSet, n int) { run, most = run.with(set.bits), most+n*set.widest() }
	for at := first.at; gates < mostGates; at++ {
		i := &p.insts[at]
		if i.op == opMatch || i.op == opJump && i.arg <= at || (i.op == opGreedy || i.op == opLazy) && i.max < 0 {
			break // what comes is as long as it likes
		}
		sets := i.sets
		switch i.op {
		case opGreedy, opLazy:
			take(i.set, int(i.max))
			continue
		case opChar:
			sets = []*charSet{i.set}
		}
		if end := sets; len(end) > 0 && i.certain && end[0].high == noHigh && !run.meets(end[0].bits) && !last.past(at) {
			*next = newGate(run, end[0].bits, most)
			next = &(*next).next
			gates++
			run, most, sets = bitSet{}, 0, sets[1:]
		}
		for _, set := range sets {
			take(set, 1)
		}
	}
	return gate
}

func newGate(run, end bitSet, most int) *Gate {
	g := &Gate{most: most}
	for c := range g.kind {
		switch {
		case end.has(byte(c)):
			g.kind[c] = ends
		case run.has(byte(c)):
			g.kind[c] = goesOn
		}
	}
	return g
}

// behind returns the first and the last of the steps that a match can be at once it
// has taken a literal; false where it may have ended, or that cannot be told.
func (p *Program) behind(literal string) (first, last step, ok bool) {
	here := p.closure(nil, step{})
	for _, b := range []byte(literal) {
		var next []step
		for _, s := range here {
			set := p.setAt(s)
			if set == nil || b >= utf8.RuneSelf {
				return first, last, false
			}
			if set.ascii[b] || b >= 'a' && b <= 'z' && set.ascii[b-'a'+'A'] {
				next = p.closure(next, step{s.at, s.done + 1})
			}
		}
		here = next
	}
	if len(here) == 0 || len(here) > mostSteps {
		return first, last, false
	}
	order := func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.done, b.done)) }
	return slices.MinFunc(here, order), slices.MaxFunc(here, order), true
}

// past reports whether a step lies behind the start of an instruction.
func (s step) past(at int32) bool { return s.at > at || s.at == at && s.done > 0 }

// widest is how many bytes a character of the set has at most.
func (s *charSet) widest() int {
	if s.high == noHigh {
		return 1
	}
	return utf8.UTFMax
}

func (s bitSet) with(o bitSet) bitSet {
	for i := range s {
		s[i] |= o[i]
	}
	return s
}
