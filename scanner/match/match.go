package match

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"sync"
)

// A Matcher finds many literals in one pass over data. It ignores the case of
// ASCII letters; all other bytes match themselves. It is immutable and safe
// for concurrent use.
type Matcher struct {
	tables *tables
	filter filter
	// entries are sorted by slot; slots says where those of each start.
	entries []entry
	slots   [slotCount + 1]uint16
	// lower are the literals with their case folded, longest is how long the
	// longest is.
	lower   []string
	longest int
	// short are the literals that do not fill the part of a window that makes a
	// slot, by their first byte.
	short      *[256][]entry
	shortBytes bitSet // that have some
}

// An entry is a literal to compare with: its first eight bytes. Of those of the
// data, the ones in valid are its own, and the ones in folded may be of either
// case.
type entry struct {
	text, folded, valid uint64
	literal             int32
	window              int32 // where in the literal its window starts
}

// Compile builds a matcher of the literals, which are known later by their
// index. An empty literal is an error, and so are more than 65,535.
func Compile(literals []string) (*Matcher, error) {
	if slices.Contains(literals, "") {
		return nil, errors.New("empty literal")
	}
	if len(literals) > math.MaxUint16 {
		return nil, fmt.Errorf("%d literals, of at most %d", len(literals), math.MaxUint16)
	}
	return compile(literals, filters()[0]), nil
}

func compile(literals []string, f filter) *Matcher {
	m := &Matcher{tables: &tables{}, filter: f, lower: make([]string, len(literals))}
	for i, l := range literals {
		m.lower[i] = lower(l)
		m.longest = max(m.longest, len(l))
	}
	windows := panes(literals)
	bySlot := make([]int, 0, len(literals))
	for i, w := range windows {
		if m.tables.sign(w); w.bytes >= hashed {
			bySlot = append(bySlot, i)
			m.slots[w.slot()+1]++
			continue
		}
		if m.short == nil {
			m.short = &[256][]entry{}
		}
		m.shortBytes.add(w.text[0])
		m.short[w.text[0]] = append(m.short[w.text[0]], newEntry(i, m.lower[i], w.at))
	}
	slices.SortStableFunc(bySlot, func(a, b int) int { return cmp.Compare(windows[a].slot(), windows[b].slot()) })
	m.entries = make([]entry, 0, len(bySlot))
	for _, i := range bySlot {
		m.entries = append(m.entries, newEntry(i, m.lower[i], windows[i].at))
	}
	for slot := range slotCount {
		m.slots[slot+1] += m.slots[slot]
	}
	m.tables.group(windows, f)
	return m
}

func newEntry(index int, literal string, window int) entry {
	e := entry{literal: int32(index), window: int32(window)}
	for i := range min(8, len(literal)) {
		e.text |= uint64(literal[i]) << (8 * i)
		e.valid |= 0xff << (8 * i)
		if b := literal[i]; b >= 'a' && b <= 'z' {
			e.folded |= 0x20 << (8 * i)
		}
	}
	return e
}

// lower folds the case of ASCII letters.
func lower(s string) string {
	out := []byte(s)
	for i, b := range out {
		out[i] = fold(b)
	}
	return string(out)
}

func fold(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// blocksAtOnce bounds the positions that are kept before they are looked at.
const blocksAtOnce = 128

// positions are where windows may stand.
type positions [(blocksAtOnce + 1) * blockLength]uint32

// A scratch is the memory of one call of Scan.
type scratch struct {
	positions positions
	met       []meeting
}

// A meeting is a literal that stands at start. Those of many positions are collected
// before any is told of: to look them up takes a chain of reads for each, which run
// side by side as long as nothing else comes between.
type meeting struct {
	literal int32
	start   int
}

var scratches = sync.Pool{New: func() any { return &scratch{met: make([]meeting, 0, usuallyMet)} }}

// usuallyMet is what there is room for at first: more are met in few texts.
const usuallyMet = 256

// Scan calls found for every literal that starts at or after from, with the
// literal's index and its start. The order is that of a fixed piece of each
// literal, so it is the same each time but that of neither starts nor ends. It
// reads data from from on.
func (m *Matcher) Scan(data []byte, from int, found func(literal, start int)) {
	if len(m.entries) == 0 && m.short == nil {
		return
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	out := &s.positions
	at := from
	for blocks := m.whole(data, at); blocks > 0; blocks = m.whole(data, at) {
		n := m.filter.run(m.tables, &data[at], blocks, &out[0])
		s.met = s.met[:0]
		for _, p := range out[:n] {
			s.met = m.look(data, at+int(p), from, s.met)
		}
		tell(s.met, found)
		at += blocks * blockLength
	}
	if at >= len(data) {
		return
	}
	// What is left has no room for the bytes that the filter reads past a block.
	var tail [3 * blockLength]byte
	rest := copy(tail[:2*blockLength], data[at:])
	n := m.filter.run(m.tables, &tail[0], (rest+blockLength-1)/blockLength, &out[0])
	s.met = s.met[:0]
	for _, p := range out[:n] {
		if int(p) < rest {
			s.met = m.look(data, at+int(p), from, s.met)
		}
	}
	tell(s.met, found)
}

func tell(met []meeting, found func(literal, start int)) {
	for i := range met {
		found(int(met[i].literal), met[i].start)
	}
}

// whole is how many blocks the filter may read from at on at once: all of them
// and the rest of the last window lie in the data.
func (m *Matcher) whole(data []byte, at int) int {
	return min(blocksAtOnce, (len(data)-at-window)/blockLength)
}

// look adds to met the literals that stand in the data, of those whose window may
// stand at p.
func (m *Matcher) look(data []byte, p, from int, met []meeting) []meeting {
	slot := slotOf(windowAt(data, p))
	entries := m.entries[m.slots[slot]:m.slots[slot+1]]
	inside := p-from >= m.longest && len(data)-p >= m.longest+8
	for i := range entries {
		e := &entries[i]
		start := p - int(e.window)
		if inside { // whatever the literal, it and eight bytes are in the data
			if (binary.LittleEndian.Uint64(data[start:])|e.folded)&e.valid == e.text && m.goesOn(data, e, start) {
				met = append(met, meeting{e.literal, start})
			}
		} else if m.stands(data, e, start, from) {
			met = append(met, meeting{e.literal, start})
		}
	}
	if !m.shortBytes.has(fold(data[p])) {
		return met
	}
	short := m.short[fold(data[p])]
	for i := range short {
		if m.stands(data, &short[i], p, from) {
			met = append(met, meeting{short[i].literal, p})
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
	if e.valid>>56 == 0 {
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
