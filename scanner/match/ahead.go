package match

import (
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// bitSet is a set of bytes, small enough to be copied about.
type bitSet [4]uint64

func (s *bitSet) add(b byte)      { s[b>>6] |= 1 << (b & 63) }
func (s *bitSet) has(b byte) bool { return s[b>>6]>>(b&63)&1 != 0 }

// meets reports whether a byte is in both sets.
func (s *bitSet) meets(o bitSet) bool {
	return s[0]&o[0]|s[1]&o[1]|s[2]&o[2]|s[3]&o[3] != 0
}

// An opening is what a match can go on with at some place: one of these bytes,
// or the end of the data. A nil one says nothing: it can go on with all.
type opening struct {
	bytes bitSet
	end   bool
}

// allows reports whether a match can go on at pos.
func (o *opening) allows(data []byte, pos int) bool {
	if o == nil {
		return true
	}
	if pos < len(data) {
		return o.bytes.has(data[pos])
	}
	return o.end
}

// lookAhead works out what the choices can ask before they are taken: the
// opening at each place, in rounds until nothing is added.
func (p *Program) lookAhead() {
	first := p.openings(false)
	p.first, p.later = first[0], first[0]
	if slices.ContainsFunc(p.insts, func(i inst) bool { return i.op == opAssert && i.kind == syntax.EmptyBeginText }) {
		p.later = p.openings(true)[0]
	}
	for at := range p.insts {
		switch i := &p.insts[at]; i.op {
		case opGreedy, opLazy:
			i.first = first[at+1]
			i.keeps = i.first != nil && !i.set.bits.meets(i.first.bytes)
			if i.op == opLazy && i.first != nil {
				i.idle = idleOf(i.set, i.first)
				i.tires = p.tiresOf(at+1, i.first)
			}
		case opSplit:
			i.first, i.otherFirst = first[at+1], first[i.arg]
		case opAlternate:
			for n, at := range i.branches.at {
				i.branches.open(first[at], 1<<n)
			}
			i.branches.foresee(p)
		}
	}
}

// idleOf is the idle of an opLazy with a set, before what has an opening.
func idleOf(set *charSet, first *opening) *byteSet {
	var idle byteSet
	for b := range byte(utf8.RuneSelf) {
		idle[b] = set.ascii[b] && !first.bytes.has(b)
	}
	return &idle
}

// openings are those at each instruction; later is for places past the start of the
// data.
func (p *Program) openings(later bool) []*opening {
	made := make([]opening, len(p.insts))
	first := make([]*opening, len(p.insts))
	for at := range first {
		first[at] = &made[at]
	}
	for changed := true; changed; {
		changed = false
		for at := len(p.insts) - 1; at >= 0; at-- {
			if first[at] == nil { // it can only become wider
				continue
			}
			o, any := p.opens(at, first)
			if i := &p.insts[at]; later && i.op == opAssert && i.kind == syntax.EmptyBeginText {
				o, any = opening{}, false
			}
			switch {
			case any:
				first[at], changed = nil, true
			case o != made[at]:
				made[at], changed = o, true
			}
		}
	}
	return first
}

// open notes what a branch, given as its bit, can go on with.
func (b *branches) open(o *opening, branch uint32) {
	if o == nil || o.end {
		b.end |= branch
	}
	for at := range b.with {
		if o == nil || o.bytes.has(byte(at)) {
			b.with[at] |= branch
		}
	}
}

// opens is the opening at an instruction, given those of all; any says that it
// says nothing.
func (p *Program) opens(at int, first []*opening) (o opening, any bool) {
	i := &p.insts[at]
	switch i.op {
	case opChar:
		return opening{bytes: i.set.bits}, false
	case opFixed, opFolded:
		return opening{bytes: i.sets[0].bits}, false
	case opGreedy, opLazy:
		if i.max != 0 {
			o.bytes = i.set.bits
		}
		if i.min > 0 {
			return o, false
		}
		return o, !o.join(first[at+1])
	case opSplit:
		return o, !o.join(first[at+1]) || !o.join(first[i.arg])
	case opAlternate:
		for _, at := range i.branches.at {
			if !o.join(first[at]) {
				return o, true
			}
		}
		return o, false
	case opJump:
		return o, !o.join(first[i.arg])
	case opGroup:
		return o, !o.join(first[at+1])
	case opAssert:
		return asserted(i.kind, first[at+1])
	}
	return o, true
}

// asserted is the opening of what goes on where an assertion holds.
func asserted(kind syntax.EmptyOp, next *opening) (holds opening, any bool) {
	switch kind {
	case syntax.EmptyEndText:
	case syntax.EmptyEndLine:
		holds.bytes.add('\n')
	default:
		return holds, !holds.join(next)
	}
	holds.end = true
	if next != nil {
		holds.end = next.end
		if !next.bytes.has('\n') {
			holds.bytes = bitSet{}
		}
	}
	return holds, false
}

// join adds what another opening allows, and reports whether it says something.
func (o *opening) join(other *opening) bool {
	if other == nil {
		return false
	}
	o.end = o.end || other.end
	for i, word := range other.bytes {
		o.bytes[i] |= word
	}
	return true
}

// highest bounds the rungs of a ladder, and mostSteps the places in a program
// that a match can be at after as many bytes.
const (
	highest   = 24
	mostSteps = 64
)

// A step is a place in a program: an instruction, and how many characters of
// it, or bytes of its text, lie behind.
type step struct{ at, done int32 }

// climb sets the ladder.
func (p *Program) climb() {
	here := p.closure(make([]step, 0, mostSteps), step{})
	spare := make([]step, 0, mostSteps)
	for len(p.ladder) < highest && len(here) > 0 && len(here) <= mostSteps {
		var rung byteSet
		next := spare[:0]
		for _, s := range here {
			set := p.rung(s)
			if set == nil {
				p.trim()
				return
			}
			rung.join(set)
			next = p.closure(next, step{s.at, s.done + 1})
		}
		p.ladder = append(p.ladder, &rung)
		here, spare = next, here
	}
	p.trim()
}

// rung is what a match at a step has for its next byte; nil where it may end
// there, or have a character of several.
func (p *Program) rung(s step) *byteSet {
	if set := p.setAt(s); set != nil && set.high == noHigh {
		return &set.ascii
	}
	return nil
}

// setAt is what a match at a step has for its next character; nil where it may
// end there.
func (p *Program) setAt(s step) *charSet {
	i := &p.insts[s.at]
	switch i.op {
	case opFixed, opFolded:
		if i.op == opFixed && len(i.sets) != len(i.text) {
			return nil
		}
		return i.sets[s.done]
	case opMatch:
		return nil
	}
	return i.set
}

// closure adds to some steps those at which a byte is read, from one step on.
func (p *Program) closure(steps []step, s step) []step { return p.closureBefore(steps, s, anyByte) }

// anyByte is none that closureBefore goes by.
const anyByte = -1

// closureBefore is closure where it is known which byte stands there.
func (p *Program) closureBefore(steps []step, s step, b int) []step {
	if slices.Contains(steps, s) || len(steps) > mostSteps {
		return steps
	}
	i := &p.insts[s.at]
	switch i.op {
	case opMatch:
		return append(steps, s)
	case opChar:
		if s.done == 0 {
			return append(steps, s)
		}
	case opFixed, opFolded:
		if int(s.done) < len(i.sets) {
			return append(steps, s)
		}
	case opGreedy, opLazy:
		s.done = min(s.done, max(i.min, highest)) // more is all the same
		if i.max < 0 || s.done < i.max {
			if steps = append(steps, s); s.done < i.min {
				return steps
			}
		}
	case opSplit:
		return p.closureBefore(p.closureBefore(steps, step{at: s.at + 1}, b), step{at: i.arg}, b)
	case opAlternate:
		for _, at := range i.branches.at {
			steps = p.closureBefore(steps, step{at: at}, b)
		}
		return steps
	case opJump:
		return p.closureBefore(steps, step{at: i.arg}, b)
	case opAssert:
		if b != anyByte && (i.kind == syntax.EmptyEndText || i.kind == syntax.EmptyEndLine && b != '\n') {
			return steps
		}
	}
	return p.closureBefore(steps, step{at: s.at + 1}, b)
}

// trim drops what the ladder asks in vain.
func (p *Program) trim() {
	for i, rung := range p.ladder {
		n := 0
		for _, in := range rung {
			if in {
				n++
			}
		}
		if n > 128 {
			p.ladder[i] = nil
		}
	}
	for n := len(p.ladder); n > 0 && p.ladder[n-1] == nil; n-- {
		p.ladder = p.ladder[:n-1]
	}
}

// may reports whether a match can start at pos, by its first bytes from the
// last of them to the first.
func (p *Program) may(data []byte, pos int) bool {
	n := len(p.ladder)
	if n > len(data)-pos {
		return false
	}
	if b := p.starts; b != nil && b.second != nil && pos+1 < len(data) && b.with[data[pos]]&b.second[data[pos+1]] == 0 {
		return false
	}
	ladder := p.ladder
	near := data[pos : pos+len(ladder)]
	for i := len(ladder) - 1; i >= 0; i-- {
		if rung := ladder[i]; rung != nil && !rung[near[i]] {
			return false
		}
	}
	return true
}

// fails reports whether by one byte and the one before it no match starts at pos.
func (p *Program) fails(data []byte, pos int) bool {
	if pos == 0 {
		return !p.first.bytes.has(data[0])
	}
	return p.later != nil && !p.later.bytes.has(data[pos]) || p.word && word(data[pos-1])
}

// front sets what a search goes by: head and neck, the leap, and whether a word
// begins with a match.
func (p *Program) front() {
	if p.first == nil {
		return
	}
	p.word = p.insts[0].op == opAssert && p.insts[0].kind == syntax.EmptyWordBoundary && !p.first.end
	for b := range 256 {
		p.word = p.word && (word(byte(b)) || !p.first.bytes.has(byte(b)))
	}
	const wide = 1 << 31 // no branch
	p.head, p.neck = &[256]uint32{}, &[256]uint32{}
	for b := range p.head {
		switch {
		case b >= utf8.RuneSelf && p.first.bytes[2]|p.first.bytes[3] != 0:
			p.head[b] = wide
		case p.later != nil && !p.later.bytes.has(byte(b)):
		case p.starts != nil && p.starts.second != nil:
			p.head[b] = p.starts.with[b]
		default:
			p.head[b] = 1
		}
		switch {
		case p.starts != nil && p.starts.second != nil:
			p.neck[b] = p.starts.second[b] | wide
		case len(p.ladder) < 2 || p.ladder[1] == nil || p.ladder[1][b]:
			p.neck[b] = wide | 1
		default:
			p.neck[b] = wide
		}
	}
	p.bound()
	p.leads()
}

// skip returns the first place from pos on, but none past end, at which a match
// may begin by its first two bytes, or a character of several begins; data has a
// byte at end. Past the start of the data, that is: at pos 0 it may be none.
func (p *Program) skip(data []byte, pos, end int) int {
	head, neck := p.head, p.neck
	for pos+4 <= end {
		d := data[pos : pos+5]
		if head[d[0]]&neck[d[1]]|head[d[1]]&neck[d[2]]|head[d[2]]&neck[d[3]]|head[d[3]]&neck[d[4]] != 0 {
			break
		}
		pos += 4
	}
	for pos < end && head[data[pos]]&neck[data[pos+1]] == 0 {
		pos++
	}
	return pos
}
