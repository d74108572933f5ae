package match

import (
	"regexp/syntax"
	"unicode/utf8"
)

// A Machine is what running programs needs beside them, for use again and
// again. It is for one goroutine at a time; the zero value is ready.
type Machine struct {
	stack []frame
	caps  []int
	steps int // that the run may still take
	far   int // the furthest place that it came to
	// memory is what the run may go by, nil where there is none; lazy is the loop
	// that it entered last, far counts from there, and past is far before that.
	memory *Memory
	lazy   int
	past   int
	trail  trail
}

// A frame is a choice that can be made another way: go on at an instruction and
// a place, or undo what a group noted.
type frame struct {
	at, pos int32 // pos -1: undo
	// of opAlternate, the bits of the branches that are left; of opGreedy, where its least ends, from where on it cannot give back; of
	// opLazy, how many characters it has; of opGroup, what it said before; of
	// opSplit, which is not asked again, -1
	aux int32
}

// The outcome of a run.
type Outcome uint8

const (
	NoMatch Outcome = iota
	Match
	// TooMuch: the run was given up, as package regexp never has to.
	TooMuch
)

// stepsPerByte and leastSteps bound a call.
const (
	stepsPerByte = 32
	leastSteps   = 4096
)

// Run tries the program at the start of data, which is all that there is. Of a
// match it returns what regexp's FindSubmatchIndex does; the slice is the
// machine's and holds until its next run.
func (m *Machine) Run(p *Program, data []byte) ([]int, Outcome) {
	return m.RunAt(p, data, 0, nil)
}

// RunAt tries the program at a place in data, whose bytes before it knows but
// has no part of. It is else as Run, with the positions in data. Memory is what
// is known from other runs of the program over this data, of which each may end
// it elsewhere; nil does without.
func (m *Machine) RunAt(p *Program, data []byte, pos int, memory *Memory) ([]int, Outcome) {
	m.far = pos
	if memory != nil && memory.spans == nil {
		memory.spans = make([]span, p.loops)
	}
	if memory.walks(pos) {
		outcome, sure := m.walk(p, data, pos)
		memory.walked(pos, sure)
		switch {
		case sure && outcome == Match:
			return m.caps, Match
		case sure:
			return nil, NoMatch
		}
	}
	if !p.may(data, pos) {
		return nil, NoMatch
	}
	m.steps = leastSteps + stepsPerByte*(len(data)-pos)
	m.memory = memory
	groups, outcome := m.runAt(p, data, pos)
	m.memory = nil
	return groups, outcome
}

// Sight returns how far into its data the last RunAt of the program looked at
// most: with other bytes from there on its outcome is the same.
func (m *Machine) Sight(p *Program) int { return m.far + p.sight }

// All calls found with every match in data that starts at or before last, as
// regexp's FindAllSubmatchIndex has them; last is an offset into data. The
// slice holds until found returns. It returns false, having called found with
// some, if a run was given up, and for a program that matches what is empty.
//
// Data stands at base in a stream. What dry says of the stream is passed over,
// and dry, if it is not nil, then says what was learnt: so windows that overlap
// cost no more than what each adds. The windows should come in their order.
func (m *Machine) All(p *Program, data []byte, base, last int, dry *Dry, found func(groups []int)) bool {
	if p.first == nil || p.first.end {
		return false
	}
	p.fronted.Do(p.front)
	m.steps = leastSteps + stepsPerByte*len(data)
	last = min(last, len(data)-1)
	none := Dry{}
	if dry == nil {
		dry = &none
	}
	dry.open(base + 1)
	// Nothing starts in [from, pos), whatever stands round data.
	from, ends := 1, len(data)-p.sight
	pos, clean, took := 0, 0, 0
	for pos <= last {
		if at := base + pos; pos > 0 && at >= dry.From && at < dry.To && !dry.within(at) {
			pos = dry.To - base
			continue
		}
		end := last // no further than to what is dry
		if ahead := max(dry.From-base, pos+1); ahead < min(last, dry.To-base) {
			end = ahead
		}
		if p.leap != nil {
			var next int
			if next, clean = p.leap.over(data, pos, end, clean); next > pos {
				pos = next
				continue
			}
		}
		if pos > 0 || p.later == p.first {
			if next := p.skip(data, pos, end); next > pos {
				pos = next
				continue
			}
		}
		fails := p.fails(data, pos)
		if !fails {
			m.far = pos
			if fails = !p.may(data, pos); !fails {
				groups, outcome := m.runAt(p, data, pos)
				switch outcome {
				case TooMuch:
					dry.Learn(base+from, base+pos)
					return false
				case Match:
					pos = groups[1] // of found, which may change them
					from = dry.matched(base, from, groups[0], pos, m.far < ends, data)
					found(groups)
					continue
				}
			}
			if m.far >= ends { // more data could have made it a match
				dry.Learn(base+from, base+pos)
				from = len(data) + 1
			} else if !fails {
				pos, took = p.passed(data, pos, ends, took)
				continue
			}
		}
		pos += width(data[pos:])
	}
	end := min(last+1, len(data))
	if dry.Once {
		end = max(end, min(pos, len(data)))
	}
	dry.Learn(base+from, base+end)
	return true
}

// width is how many bytes the character at the start of data has.
func width(data []byte) int {
	if data[0] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeRune(data)
	return n
}

func (m *Machine) runAt(p *Program, data []byte, start int) ([]int, Outcome) {
	if cap(m.caps) < 2*p.groups {
		m.caps = make([]int, 2*p.groups)
	}
	m.caps = m.caps[:2*p.groups]
	for i := range m.caps {
		m.caps[i] = -1
	}
	m.stack = m.stack[:0]
	m.past, m.lazy = 0, -1
	end, outcome := m.run(p, data, start)
	m.far = max(m.far, m.past)
	if outcome != Match {
		return nil, outcome
	}
	m.caps[0], m.caps[1] = start, end
	return m.caps, Match
}

func (m *Machine) run(p *Program, data []byte, pos int) (int, Outcome) {
	at := 0
	for {
		if m.steps--; m.steps < 0 {
			return 0, TooMuch
		}
		next, ok := p.routes.at(at, data, pos), false
		if next != nowhere {
			at = int(next)
			if i := &p.insts[at]; i.op == opMatch {
				m.reach(pos)
				return pos, Match
			} else {
				at, pos, ok = m.step(p, i, data, at, pos)
			}
		}
		if !ok {
			m.reach(pos)
			var outcome Outcome
			if at, pos, outcome = m.back(p, data); outcome != Match {
				return 0, outcome
			}
		}
	}
}

// step takes one step from where a route ends, and returns where the run goes
// on, if it does.
func (m *Machine) step(p *Program, i *inst, data []byte, at, pos int) (int, int, bool) {
	switch i.op {
	case opChar:
		n := 1
		if data[pos] >= utf8.RuneSelf {
			n = i.set.width(data[pos:])
		}
		return at + 1, pos + n, n > 0
	case opFixed:
		n := len(i.text)
		return at + 1, pos + n, len(data)-pos >= n && string(data[pos:pos+n]) == i.text
	case opFolded:
		end, ok := i.spells(data, pos)
		return at + 1, end, ok
	case opGreedy:
		least, most, ok := m.greedy(i, data, pos)
		if m.reach(most); !ok {
			return at, pos, false
		}
		m.steps -= (most - least) / 8
		if !i.keeps {
			most, ok = m.giveBack(i, data, at, least, most)
		}
		return at + 1, most, ok
	case opLazy:
		end, n := i.atLeast(data, pos)
		if n < i.min {
			return at, end, false
		}
		end, ok := m.take(i, data, at, m.enter(p, i, data, at, end), n)
		return at + 1, end, ok
	case opSplit:
		next, last := at+1, int(i.arg)
		if i.min == 1 {
			next, last = last, next
		}
		m.stack = append(m.stack, frame{at: int32(last), pos: int32(pos), aux: -1})
		return next, pos, true
	case opAlternate:
		left, far := i.branches.choose(data, pos)
		m.reach(far)
		return m.branch(i.branches, at, pos, left), pos, left != 0
	case opGroup:
		if len(m.stack) > 0 && !i.certain {
			m.stack = append(m.stack, frame{at: int32(at), pos: -1, aux: int32(m.caps[i.arg])})
		}
		m.caps[i.arg] = pos
		return at + 1, pos, true
	}
	return at + 1, pos, holds(i.kind, data, pos) // opAssert
}

// reach notes that the run came to pos: what it did may depend on the bytes
// before, and by the program's sight behind it.
func (m *Machine) reach(pos int) {
	if pos > m.far {
		m.far = pos
	}
}

// back makes the last choice another way, and returns where the run goes on:
// Match says that it does.
func (m *Machine) back(p *Program, data []byte) (at, pos int, outcome Outcome) {
	for len(m.stack) > 0 {
		if m.steps--; m.steps < 0 {
			return 0, 0, TooMuch
		}
		f := m.stack[len(m.stack)-1]
		m.stack = m.stack[:len(m.stack)-1]
		i := &p.insts[f.at]
		at, pos = int(f.at), int(f.pos)
		ok := false
		switch {
		case f.pos == -1:
			m.caps[i.arg] = int(f.aux)
		case f.aux == -1:
			ok = true
		case i.op == opAlternate:
			at, ok = m.branch(i.branches, at, pos, uint32(f.aux)), true
		case i.op == opGreedy:
			pos, ok = m.giveBack(i, data, at, int(f.aux), pos-i.set.last(data[f.aux:pos]))
			at++
		default: // opLazy
			m.learn(p, i, data, at, pos)
			if w := i.set.width(data[pos:]); w > 0 && (i.max < 0 || f.aux < i.max) {
				pos, ok = m.take(i, data, at, pos+w, f.aux+1)
				at++
			}
		}
		if ok {
			return at, pos, Match
		}
	}
	return 0, 0, NoMatch
}

// spells reports whether the characters of opFolded stand at pos, and where
// they end.
func (i *inst) spells(data []byte, pos int) (int, bool) {
	if n := len(i.text); n > 0 && len(data)-pos >= n && folds(data[pos:pos+n], i.text) {
		return pos + n, true
	}
	for _, set := range i.sets {
		if pos < len(data) && data[pos] < utf8.RuneSelf {
			if !set.ascii[data[pos]] {
				return pos, false
			}
			pos++
			continue
		}
		n := set.width(data[pos:])
		if n == 0 {
			return pos, false
		}
		pos += n
	}
	return pos, true
}

// folds reports whether a text in lower case is the data but for case.
func folds(data []byte, text string) bool {
	for i, b := range data {
		if fold(b) != text[i] {
			return false
		}
	}
	return true
}

// branch goes on at the first of the branches that are left, and notes the
// others.
func (m *Machine) branch(b *branches, at, pos int, left uint32) int {
	if left == 0 {
		return at
	}
	if others := left & (left - 1); others != 0 {
		m.stack = append(m.stack, frame{at: int32(at), pos: int32(pos), aux: int32(others)})
	}
	return b.first(left)
}

func holds(kind syntax.EmptyOp, data []byte, pos int) bool {
	switch kind {
	case syntax.EmptyBeginLine:
		return pos == 0 || data[pos-1] == '\n'
	case syntax.EmptyEndLine:
		return pos == len(data) || data[pos] == '\n'
	case syntax.EmptyBeginText:
		return pos == 0
	case syntax.EmptyEndText:
		return pos == len(data)
	}
	boundary := (pos > 0 && word(data[pos-1])) != (pos < len(data) && word(data[pos]))
	return boundary == (kind == syntax.EmptyWordBoundary)
}

func word(b byte) bool { return words[b] }

// words are the characters of \w.
var words = func() (s byteSet) {
	for b := range s {
		s[b] = b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
	}
	return s
}()
