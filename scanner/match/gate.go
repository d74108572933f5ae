package match

import (
	"cmp"
	"slices"
	"unicode/utf8"
)

// A Gate is what must stand behind a literal that lies at a fixed distance from where
// a match begins, as far as bytes tell: a run of some, no longer than the expression
// allows, and then one that ends it, a few times over. Behind "://" it may be the
// bytes of a user's name and a colon, those of a password and an @. It is immutable
// and safe for concurrent use.
type Gate struct {
	// front are the bytes of which one must stand right before the literal; nil for
	// a literal that the match begins with.
	front *byteSet

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

// Fits reports whether the literal of a match may start at a place in data, by the
// byte before it.
func (g *Gate) Fits(data []byte, at int) bool {
	return g.front == nil || at > 0 && g.front[data[at-1]]
}

// Shut reports whether no match has the literal that ends at at in data, which is all
// that there is. Passed is of the same data, which may end elsewhere.
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

// Gate returns the gate behind a literal in ASCII, whose case is ignored, so many
// bytes behind the start of a match; nil where there is none.
func (p *Program) Gate(literal string, before int) *Gate {
	first, last, front, ok := p.behind(literal, before)
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
	if gate != nil {
		gate.front = front
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
// has taken so many bytes and a literal, and which can be the last of these bytes, nil
// for none of them; false where it may have ended, or that cannot be told.
func (p *Program) behind(literal string, before int) (first, last step, front *byteSet, ok bool) {
	here, ok := p.closure(nil, step{}), true
	for i := 1; i < before && ok; i++ {
		here, ok = p.take(here, anyByte)
	}
	if before > 0 && ok {
		front = &byteSet{}
		here, ok = p.across(here, literal, front)
	} else if ok {
		here, ok = p.spell(here, literal)
	}
	if !ok || len(here) == 0 {
		return first, last, nil, false
	}
	order := func(a, b step) int { return cmp.Or(cmp.Compare(a.at, b.at), cmp.Compare(a.done, b.done)) }
	return slices.MinFunc(here, order), slices.MaxFunc(here, order), front, true
}

// across returns the steps that a match which is at some can be at behind one more byte
// and a literal, and adds what that byte can be to a set. As take, it may not be sure.
func (p *Program) across(here []step, literal string, set *byteSet) (next []step, sure bool) {
	for _, s := range here {
		one, sure := p.take([]step{s}, anyByte)
		if sure {
			one, sure = p.spell(one, literal)
		}
		if !sure {
			return nil, false
		}
		if len(one) > 0 {
			set.join(&p.setAt(s).ascii)
			next = append(next, one...)
		}
	}
	return next, true
}

// spell returns the steps that a match which is at some can be at behind a literal. As
// take, it may not be sure.
func (p *Program) spell(here []step, literal string) (next []step, sure bool) {
	sure = true
	for i := 0; i < len(literal) && sure; i++ {
		here, sure = p.take(here, int(literal[i]))
	}
	return here, sure
}

// take returns the steps that a match which is at some can be at behind a byte in lower
// case, or any. It is not sure where the match may have ended, where a character may be
// more than a byte, and where there are too many.
func (p *Program) take(here []step, b int) (next []step, sure bool) {
	for _, s := range here {
		set := p.setAt(s)
		if set == nil || b == anyByte && set.high != noHigh || b >= utf8.RuneSelf {
			return nil, false
		}
		if b == anyByte || set.ascii[b] || b >= 'a' && b <= 'z' && set.ascii[b-'a'+'A'] {
			next = p.closure(next, step{s.at, s.done + 1})
		}
	}
	return next, len(next) <= mostSteps
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
