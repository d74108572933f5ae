package match

import "unicode/utf8"

// A Memory is what runs of one program over the same data tell those after
// them, so that what many of them would go over is gone over once. The zero
// value is empty; Forget makes it so again, and has to be called between one
// data and others. It is for one goroutine at a time.
type Memory struct {
	spans []span
	far   int // how far in the data what is known was learnt from
	// runs counts those of the program that the memory was given to, and tired is
	// where the walk of an automaton ended in vain, 0 if none did. After vain such in a
	// row, so many runs as rest says begin without a walk.
	runs, tired, vain, rest int
}

// fewRuns are those for which no automaton is made: what its entries cost to make
// is won back by some thousands.
const fewRuns = 512

// mostVain bounds how long no walk is tried.
const mostVain = 6

// walks reports whether a run at a place is to try the program's automaton first.
// Where a walk was in vain no other begins: it would be as well.
func (m *Memory) walks(pos int) bool {
	if m == nil {
		return false
	}
	m.runs++
	if m.rest > 0 {
		m.rest--
		return false
	}
	return m.runs > fewRuns && pos >= m.tired
}

// walked notes whether a walk from a place came to something.
func (m *Memory) walked(pos int, sure bool) {
	if sure {
		m.vain = 0
		return
	}
	m.tired, m.vain = pos+mostWalked, min(m.vain+1, mostVain)
	m.rest = 1<<m.vain - 2
}

// Learns reports whether a Memory makes a difference to runs of the program.
func (p *Program) Learns() bool { return p.loops > 0 }

// Forget empties the memory of what is known of the data.
func (m *Memory) Forget() {
	clear(m.spans)
	m.far, m.tired = 0, 0
}

// A span is a stretch of characters, half-open, that a loop without a bound
// takes: of an opGreedy all that were seen, of an opLazy those of them at which
// what follows the loop does not match, however far the data goes.
type span struct{ from, to int }

// past returns how far in data what is known leads a run at pos: to pos, or to where
// a character begins that is whole. Such are the same for all runs, wherever they
// began, and however far their data goes.
func (s *span) past(data []byte, pos int) int {
	if pos < s.from || pos >= s.to || pos >= len(data) || !utf8.RuneStart(data[pos]) {
		return pos
	}
	to := min(s.to, len(data)-utf8.UTFMax)
	for range utf8.UTFMax {
		if to <= pos {
			return pos
		}
		if utf8.RuneStart(data[to]) {
			return to
		}
		to--
	}
	return pos
}

// grow adds a stretch that begins within the span or right behind it; what lies
// apart is let go.
func (s *span) grow(from, to int) {
	if s.from <= from && from <= s.to {
		s.to = max(s.to, to)
	}
}

// move makes the span begin at pos, unless that is within it or right behind.
func (s *span) move(pos int) {
	if pos < s.from || pos > s.to {
		*s = span{pos, pos}
	}
}

// span returns what is known of a loop, nil if that is not to be asked.
func (m *Machine) span(i *inst) *span {
	if m.memory == nil || i.loop == 0 {
		return nil
	}
	return &m.memory.spans[i.loop-1]
}

// remembered is how long a stretch must be to be kept: a shorter one is passed
// again as quickly.
const remembered = 64

// greedy takes as many characters as there are, and returns where the least
// and the most of them end.
func (m *Machine) greedy(i *inst, data []byte, pos int) (least, most int, ok bool) {
	if i.max < 0 {
		return m.greedyLoop(i, data, pos)
	}
	end := min(len(data), pos+int(i.max)) // as many bytes, as long as they are ASCII
	most = pos + i.set.span(data[pos:end])
	if most < end && data[most] >= utf8.RuneSelf && i.set.high != noHigh {
		return i.greedyWide(data, pos, most)
	}
	least = pos + int(i.min)
	return least, most, most >= least
}

// greedyLoop is greedy for a loop without a bound.
func (m *Machine) greedyLoop(i *inst, data []byte, pos int) (least, most int, ok bool) {
	known := m.span(i)
	if most = pos; known != nil {
		most = known.past(data, pos)
	}
	for w := 1; w > 0; most += w {
		most += i.set.span(data[most:])
		w = i.set.width(data[most:])
	}
	if known != nil && most-pos >= remembered {
		known.move(pos)
		known.grow(pos, most)
	}
	if i.set.high == noHigh {
		least = pos + int(i.min)
		return least, most, most >= least
	}
	least = pos
	for range i.min {
		if least >= most {
			return least, most, false
		}
		least += width(data[least:])
	}
	return least, most, true
}

// span returns how many characters of ASCII that are of the set data begins with.
func (s *charSet) span(data []byte) int {
	if s.high == noHigh {
		return s.ascii.span(data)
	}
	n := uint(0)
	for n < uint(len(data)) && data[n] < utf8.RuneSelf && s.ascii[data[n]] {
		n++
	}
	return int(n)
}

// greedyWide is greedy for characters of which some are not ASCII; those up to
// most are, and are taken.
func (i *inst) greedyWide(data []byte, pos, most int) (int, int, bool) {
	n := int32(most - pos)
	least := min(pos+int(i.min), most)
	for n < i.max {
		w := 1
		if most == len(data) || data[most] >= utf8.RuneSelf || !i.set.ascii[data[most]] {
			if w = i.set.width(data[most:]); w == 0 {
				break
			}
		}
		most += w
		if n++; n <= i.min {
			least = most
		}
	}
	return least, most, n >= i.min
}

// enter begins a lazy loop at a place, and returns the first from which what
// follows it may match.
func (m *Machine) enter(p *Program, i *inst, data []byte, at, pos int) int {
	known := m.span(i)
	if known == nil {
		return pos
	}
	m.past, m.far, m.lazy = max(m.past, m.far), pos, at
	known.move(pos)
	if m.memory.far+p.sight < len(data) {
		if past := known.past(data, pos); past > pos {
			m.reach(m.memory.far)
			return past
		}
	}
	return pos
}

// learn notes that what follows the lazy loop that was entered last does not
// match at a place, if that is so whatever stands behind the data and the loop
// goes on from there: where it ends nothing may be passed over.
func (m *Machine) learn(p *Program, i *inst, data []byte, at, pos int) {
	if m.memory != nil && m.lazy == at && max(m.far, pos)+p.sight < len(data) {
		if w := i.set.width(data[pos:]); w > 0 {
			m.barren(i, pos, pos+w)
			m.memory.far = max(m.memory.far, m.far)
		}
	}
}

// barren notes a stretch at which what follows a lazy loop does not match.
func (m *Machine) barren(i *inst, from, to int) {
	if known := m.span(i); known != nil {
		known.grow(from, to)
	}
}

// atLeast takes the least characters of opLazy, and returns where they end and
// how many there were.
func (i *inst) atLeast(data []byte, pos int) (int, int32) {
	n := int32(0)
	for n < i.min {
		w := i.set.width(data[pos:])
		if w == 0 {
			break
		}
		pos, n = pos+w, n+1
	}
	return pos, n
}

// giveBack goes on behind a greedy loop that ends at pos, or further back at a
// place from which it can go on, and notes that it can give back more.
func (m *Machine) giveBack(i *inst, data []byte, at, least, pos int) (int, bool) {
	if first := i.first; first != nil && (pos < len(data) || !first.end) {
		for pos == len(data) || !first.bytes.has(data[pos]) {
			if pos <= least {
				return 0, false
			}
			if pos--; data[pos] >= utf8.RuneSelf {
				pos -= i.set.last(data[least:pos+1]) - 1
			}
		}
	}
	if pos > least {
		m.stack = append(m.stack, frame{at: int32(at), pos: int32(pos), aux: int32(least)})
	}
	return pos, true
}

// last returns how many bytes the last of some characters of the set has.
func (s *charSet) last(data []byte) int {
	if s.high == noHigh || data[len(data)-1] < utf8.RuneSelf {
		return 1
	}
	_, n := utf8.DecodeLastRune(data)
	return n
}

// take goes on behind a lazy loop that has n characters up to pos, or further
// on at a place from which it can go on, and notes that it can take more.
func (m *Machine) take(i *inst, data []byte, at, pos int, n int32) (int, bool) {
	from := pos
	for {
		if i.idle != nil && pos < len(data) && i.idle[data[pos]] {
			pos, n = i.pass(data, pos, n)
		}
		if i.first.allows(data, pos) && (i.tires == nil || !i.tires.at(data, pos)) {
			break
		}
		w := 1
		if pos == len(data) || data[pos] >= utf8.RuneSelf || !i.set.ascii[data[pos]] {
			w = i.set.width(data[pos:])
		}
		if w == 0 || i.max >= 0 && n >= i.max {
			m.reach(pos)
			m.barren(i, from, pos)
			return 0, false
		}
		pos, n = pos+w, n+1
	}
	m.barren(i, from, pos)
	if i.max < 0 || n < i.max {
		m.stack = append(m.stack, frame{at: int32(at), pos: int32(pos), aux: n})
	}
	return pos, true
}

// pass takes what an opLazy that has n characters up to pos passes over: those with
// which nothing begins that may follow it.
func (i *inst) pass(data []byte, pos int, n int32) (int, int32) {
	end := len(data)
	if i.max >= 0 {
		end = min(end, pos+int(max(i.max-n, 0)))
	}
	passed := i.idle.span(data[pos:end])
	return pos + passed, n + int32(passed)
}
