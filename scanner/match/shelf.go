package match

import (
	"cmp"
	"encoding/binary"
	"slices"
)

// An entry is a literal to compare with: its first eight bytes. Of those of the
// data, the ones in valid are its own, and the ones in folded may be of either
// case.
type entry struct {
	text, folded, valid uint64
	literal             uint16
	whole               uint8 // 1: that is all of the literal
	window              int32 // where in the literal its window starts
}

func newEntry(index int, literal string, window int) entry {
	e := entry{literal: uint16(index), window: int32(window)}
	if len(literal) <= 8 {
		e.whole = 1
	}
	for i := range min(8, len(literal)) {
		e.text |= uint64(literal[i]) << (8 * i)
		e.valid |= 0xff << (8 * i)
		if b := literal[i]; b >= 'a' && b <= 'z' {
			e.folded |= 0x20 << (8 * i)
		}
	}
	return e
}

// A shelf is the entries whose windows start alike: with the same four bytes, or,
// of literals that have no more, with the same three, or the same one. What goes
// together by a hash shares one.
const (
	briefShelves = slotCount
	shortShelves = briefShelves + slotCount
	shelfCount   = shortShelves + 256
)

func (p pane) shelf() uint32 {
	switch p.bytes {
	case window:
		return fullShelf(p.word())
	case hashed:
		return briefShelf(p.word())
	}
	return shortShelf(p.word())
}

func fullShelf(w uint32) uint32  { return (w | foldEach) * shelfFactor >> (32 - slotBits) }
func briefShelf(w uint32) uint32 { return briefShelves + slotOf(w) }
func shortShelf(w uint32) uint32 { return shortShelves + uint32(fold(byte(w))) }

// shelves are the entries of all shelves, one shelf behind the other, and where
// those of each start.
type shelves struct {
	entries []entry
	starts  [shelfCount + 1]uint16
}

func (s *shelves) fill(windows []pane, literals []string) {
	order := make([]int, len(windows))
	for i, w := range windows {
		order[i] = i
		s.starts[w.shelf()+1]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(windows[a].shelf(), windows[b].shelf()) })
	s.entries = make([]entry, len(order))
	for at, i := range order {
		s.entries[at] = newEntry(i, literals[i], windows[i].at)
	}
	for shelf := range shelfCount {
		s.starts[shelf+1] += s.starts[shelf]
	}
}

// A guess is an entry, and where its window may stand.
type guess struct{ entry, at uint32 }

// mostGuesses bounds those that are made before they are checked, and usual is how
// many entries most full shelves have at most.
const (
	mostGuesses = 512
	usual       = 4
)

type guesses [mostGuesses]guess

// look adds to met the literals that stand in the data, of those whose windows may
// stand at places counted from base on. Whatever the literal, it and eight bytes lie
// in the data.
//
// How many entries a place has and which of them stand there is hard to foretell.
// So the guesses are made first, and checked then, in loops that branch on neither.
func (m *Matcher) look(data []byte, base int, places []uint32, s *scratch) {
	starts, n := &m.shelves.starts, 0
	for _, p := range places {
		if n > mostGuesses-(usual+2) {
			m.check(data, base, n, s)
			n = 0
		}
		w := binary.LittleEndian.Uint32(data[base+int(p):])
		full, brief, short := fullShelf(w), briefShelf(w), shortShelf(w)
		first, second, third := uint32(starts[full]), uint32(starts[brief]), uint32(starts[short])
		some, more, last := uint32(starts[full+1])-first, uint32(starts[brief+1])-second, uint32(starts[short+1])-third
		if some > usual || more > 1 || last > 1 {
			n = m.addMany(data, base, n, p, s)
			continue
		}
		room := (*[usual + 2]guess)(s.guesses[n:]) // what is there in vain is overwritten
		room[0], room[1], room[2], room[3] = guess{first, p}, guess{first + 1, p}, guess{first + 2, p}, guess{first + 3, p}
		room[some] = guess{second, p}
		room[some+more] = guess{third, p}
		n += int(some + more + last)
	}
	m.check(data, base, n, s)
}

// addMany makes the guesses of a place, however many there are.
func (m *Matcher) addMany(data []byte, base, n int, p uint32, s *scratch) int {
	w := binary.LittleEndian.Uint32(data[base+int(p):])
	for _, shelf := range [...]uint32{fullShelf(w), briefShelf(w), shortShelf(w)} {
		for e := m.shelves.starts[shelf]; e < m.shelves.starts[shelf+1]; e++ {
			if n == mostGuesses {
				m.check(data, base, n, s)
				n = 0
			}
			s.guesses[n] = guess{uint32(e), p}
			n++
		}
	}
	return n
}

// check adds to met those of the first guesses that are right.
func (m *Matcher) check(data []byte, base, n int, s *scratch) {
	right := len(s.met)
	s.met = slices.Grow(s.met, n)
	met := s.met[:right+n]
	for _, g := range s.guesses[:n] {
		e := &m.shelves.entries[g.entry]
		start := base + int(g.at) - int(e.window)
		differs := (binary.LittleEndian.Uint64(data[start:])|e.folded)&e.valid ^ e.text
		if differs|uint64(e.whole) == 0 && !m.goesOn(data, e, start) {
			differs = 1
		}
		met[right] = meeting{int32(e.literal), start}
		right += int(1 - (differs|-differs)>>63) // 1 where nothing differs
	}
	s.met = met[:right]
}

// lookNear does what look does for one place, near an end of the data.
func (m *Matcher) lookNear(data []byte, p, from int, met []meeting) []meeting {
	w := windowAt(data, p)
	for _, shelf := range [...]uint32{fullShelf(w), briefShelf(w), shortShelf(w)} {
		for i := m.shelves.starts[shelf]; i < m.shelves.starts[shelf+1]; i++ {
			e := &m.shelves.entries[i]
			if start := p - int(e.window); m.stands(data, e, start, from) {
				met = append(met, meeting{int32(e.literal), start})
			}
		}
	}
	return met
}

// stands reports whether a literal is what starts at start.
func (m *Matcher) stands(data []byte, e *entry, start, from int) bool {
	return start >= from && start+len(m.lower[e.literal]) <= len(data) &&
		(eightAt(data, start)|e.folded)&e.valid == e.text && m.goesOn(data, e, start)
}

// goesOn compares what a literal has past its first eight bytes.
func (m *Matcher) goesOn(data []byte, e *entry, start int) bool {
	if e.whole == 1 {
		return true
	}
	text := m.lower[e.literal]
	for i := 8; i < len(text); i++ {
		if fold(data[start+i]) != text[i] {
			return false
		}
	}
	return true
}

// eightAt returns eight bytes, of which those past the data are zero.
func eightAt(data []byte, at int) uint64 {
	if at+8 <= len(data) {
		return binary.LittleEndian.Uint64(data[at:])
	}
	var end [8]byte
	copy(end[:], data[at:])
	return binary.LittleEndian.Uint64(end[:])
}

func windowAt(data []byte, at int) uint32 {
	if at+4 <= len(data) {
		return binary.LittleEndian.Uint32(data[at:])
	}
	return uint32(eightAt(data, at))
}
