package match

import (
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"
)

// An entry is a literal to compare with: its first eight bytes. Of those of the
// data, the ones in valid are its own, and the ones in folded may be of either
// case.
type entry struct {
	text, folded, valid uint64
	window              spot // where in the literal its window starts, as a place
}

func newEntry(literal string, window int) entry {
	e := entry{window: spotAt(window)}
	for i := range min(8, len(literal)) {
		e.text |= uint64(literal[i]) << (8 * i)
		e.valid |= 0xff << (8 * i)
		if b := literal[i]; b >= 'a' && b <= 'z' {
			e.folded |= 0x20 << (8 * i)
		}
	}
	return e
}

// differs is 0 where the first bytes of the literal are these eight, as far as it has
// them.
func (e *entry) differs(eight uint64) uint64 { return (eight|e.folded)&e.valid ^ e.text }

// A spot is the index of an entry, in the low half, and a place in the data.
type spot uint64

func spotAt(place int) spot { return spot(place) << 32 }

func (s spot) entry() uint32 { return uint32(s) }
func (s spot) place() int    { return int(s >> 32) }

// A shelf is the entries whose windows start alike: with the same four bytes, or,
// of literals that have no more, with the same three, or the same one. What goes
// together by a hash shares one.
// It is the index of the first, in the high half, and how many there are.
type shelf uint32

func (s shelf) first() uint32 { return uint32(s >> 16) }
func (s shelf) count() uint32 { return uint32(s & 0xffff) }

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
func briefShelf(w uint32) uint32 { return briefShelves + (w|foldEach)*briefFactor>>(32-slotBits) }
func shortShelf(w uint32) uint32 { return shortShelves + w&0xff }

// shelves are the entries of all shelves, one shelf behind the other, of which
// literal each is, and where those of each shelf are.
type shelves struct {
	entries []entry
	labels  []label
	all     [shelfCount]shelf
}

// A label says of which literal an entry is, and whether that has more bytes.
type label struct {
	literal uint16
	more    bool
}

func (s *shelves) fill(windows []pane, literals []string) {
	order := make([]int, len(windows))
	for i, w := range windows {
		order[i] = i
		s.all[w.shelf()]++
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(windows[a].shelf(), windows[b].shelf()) })
	s.entries, s.labels = make([]entry, len(order)), make([]label, len(order))
	for at, i := range order {
		s.entries[at], s.labels[at] = newEntry(literals[i], windows[i].at), label{uint16(i), len(literals[i]) > 8}
	}
	first := uint32(0)
	for i, here := range s.all {
		s.all[i] |= shelf(first << 16)
		first += here.count()
	}
	for b := uint32('a'); b <= 'z'; b++ {
		s.all[shortShelf(b-'a'+'A')] = s.all[shortShelf(b)]
	}
}

// of returns the shelves of what may start with a word.
func (s *shelves) of(w uint32) [3]shelf {
	return [...]shelf{s.all[fullShelf(w)], s.all[briefShelf(w)], s.all[shortShelf(w)]}
}

// mostGuesses bounds those that are made before they are checked, and usual is how
// many entries most full shelves have at most.
const (
	mostGuesses = 512
	usual       = 4
)

// guesses are entries, and where their windows may stand.
type guesses [mostGuesses]spot

// look adds to met the literals that stand in near, as far as their first eight bytes
// tell, of those whose windows may stand at places counted from shift on. Whatever the
// literal, it and eight bytes lie in near.
//
// How many entries a place has and which of them stand there is hard to foretell.
// So the guesses are made first, and checked then, in loops that branch on neither.
func (m *Matcher) look(near []byte, shift uint32, places []uint32, s *scratch) {
	for len(places) > 0 {
		passed, n := m.shelves.guess(near, shift, places, &s.guesses)
		m.check(near, s.guesses[:n], s)
		if passed == 0 {
			m.lookMany(near, places[0]+shift, s)
			passed = 1
		}
		places = places[passed:]
	}
}

// guess makes the guesses of the first places, as long as there is room and none has
// many, and returns how many of both those are.
func (s *shelves) guess(near []byte, shift uint32, places []uint32, guesses *guesses) (passed int, made uint) {
	n := uint(0)
	for i, p := range places {
		if n > mostGuesses-(usual+2) {
			return i, n
		}
		p += shift
		w := binary.LittleEndian.Uint32(near[int(p) : int(p)+4])
		full, brief, short := s.all[fullShelf(w)], s.all[briefShelf(w)], s.all[shortShelf(w)]
		some, more, last := uint(full.count()), uint(brief.count()), uint(short.count())
		if some > usual || more > 1 || last > 1 {
			return i, n
		}
		at := spotAt(int(p))
		first := at | spot(full.first())
		room := (*[usual + 2]spot)(guesses[n:]) // what is there in vain is overwritten
		room[0], room[1], room[2], room[3] = first, first+1, first+2, first+3
		room[some] = at | spot(brief.first())
		room[some+more] = at | spot(short.first())
		n += some + more + last
	}
	return len(places), n
}

// lookMany is look for one place, however many entries it has.
func (m *Matcher) lookMany(near []byte, p uint32, s *scratch) {
	for _, shelf := range m.shelves.of(binary.LittleEndian.Uint32(near[p:])) {
		g := spotAt(int(p)) | spot(shelf.first())
		for range shelf.count() {
			e := &m.shelves.entries[g.entry()]
			if at := g - e.window; e.differs(binary.LittleEndian.Uint64(near[at.place():])) == 0 {
				s.met = append(s.met, at)
			}
			g++
		}
	}
}

// check adds to met those of the guesses that are right.
func (m *Matcher) check(near []byte, guesses []spot, s *scratch) {
	entries := m.shelves.entries
	s.met = slices.Grow(s.met, len(guesses))
	met := s.met[len(s.met) : len(s.met)+len(guesses)]
	right := 0
	for _, g := range guesses {
		e := &entries[g.entry()]
		g -= e.window
		start := g.place()
		_, same := bits.Sub64(e.differs(binary.LittleEndian.Uint64(near[start:start+8])), 1, 0)
		met[right] = g
		right += int(same) // 1 where nothing differs
	}
	s.met = s.met[:len(s.met)+right]
}

// lookNear does what look does for one place, near an end of the data, of which base
// is what near begins with.
func (m *Matcher) lookNear(data []byte, p, from, base int, met []spot) []spot {
	for _, shelf := range m.shelves.of(windowAt(data, p)) {
		for i := shelf.first(); i < shelf.first()+shelf.count(); i++ {
			e := &m.shelves.entries[i]
			start := p - e.window.place()
			if start >= from && start+len(m.lower[m.shelves.labels[i].literal]) <= len(data) && e.differs(eightAt(data, start)) == 0 {
				met = append(met, spotAt(start-base)|spot(i))
			}
		}
	}
	return met
}

// tell calls found with what is met, with places counted from base on in data.
func (m *Matcher) tell(data []byte, base int, met []spot, found func(literal, start int)) {
	labels := m.shelves.labels
	for _, s := range met {
		l, start := labels[s.entry()], base+s.place()
		if !l.more || m.goesOn(data, int(l.literal), start) {
			found(int(l.literal), start)
		}
	}
}

// goesOn compares what a literal has past its first eight bytes.
func (m *Matcher) goesOn(data []byte, literal, start int) bool {
	text := m.lower[literal]
	return folds(data[start+8:start+len(text)], text[8:])
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
