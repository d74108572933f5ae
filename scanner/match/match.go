package match

import (
	"cmp"
	"encoding/binary"
	"errors"
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
	slots   [slotCount + 1]int32
	// short are the literals that do not fill the part of a window that makes a
	// slot, by their first byte.
	short *[256][]entry
}

// An entry is a literal to compare with.
type entry struct {
	literal int32
	window  int32 // where in the literal its window starts
	// The first eight bytes: of the data, those in valid are its own, and those
	// in folded may be of either case.
	text, folded, valid uint64
	length              int32
	rest                string // the bytes past the eighth, case folded
}

// Compile builds a matcher of the literals, which are known later by their
// index. An empty literal is an error.
func Compile(literals []string) (*Matcher, error) {
	if slices.Contains(literals, "") {
		return nil, errors.New("empty literal")
	}
	return compile(literals, filters()[0]), nil
}

func compile(literals []string, f filter) *Matcher {
	m := &Matcher{tables: &tables{}, filter: f}
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
		m.short[w.text[0]] = append(m.short[w.text[0]], newEntry(i, literals[i], w.at))
	}
	slices.SortStableFunc(bySlot, func(a, b int) int { return cmp.Compare(windows[a].slot(), windows[b].slot()) })
	m.entries = make([]entry, 0, len(bySlot))
	for _, i := range bySlot {
		m.entries = append(m.entries, newEntry(i, literals[i], windows[i].at))
	}
	for slot := range slotCount {
		m.slots[slot+1] += m.slots[slot]
	}
	m.tables.group(windows, f)
	return m
}

func newEntry(index int, literal string, window int) entry {
	e := entry{literal: int32(index), window: int32(window), length: int32(len(literal))}
	for i := range len(literal) {
		b := fold(literal[i])
		if i >= 8 {
			e.rest += string([]byte{b})
			continue
		}
		e.text |= uint64(b) << (8 * i)
		e.valid |= 0xff << (8 * i)
		if b >= 'a' && b <= 'z' {
			e.folded |= 0x20 << (8 * i)
		}
	}
	return e
}

func fold(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// blocksAtOnce bounds the positions that are kept before they are looked at.
const blocksAtOnce = 32

// positions is the memory of one call of Scan.
type positions [(blocksAtOnce + 1) * blockLength]uint32

var scratch = sync.Pool{New: func() any { return new(positions) }}

// Scan calls found for every literal that starts at or after from, with the
// literal's index and its start. The order is that of a fixed piece of each
// literal, so it is the same each time but that of neither starts nor ends. It
// reads data from from on.
func (m *Matcher) Scan(data []byte, from int, found func(literal, start int)) {
	if len(m.entries) == 0 && m.short == nil {
		return
	}
	out := scratch.Get().(*positions)
	defer scratch.Put(out)
	at := from
	for blocks := m.whole(data, at); blocks > 0; blocks = m.whole(data, at) {
		n := m.filter.run(m.tables, &data[at], blocks, &out[0])
		for _, p := range out[:n] {
			m.look(data, at+int(p), from, found)
		}
		at += blocks * blockLength
	}
	if at >= len(data) {
		return
	}
	// What is left has no room for the bytes that the filter reads past a block.
	var tail [3 * blockLength]byte
	rest := copy(tail[:2*blockLength], data[at:])
	n := m.filter.run(m.tables, &tail[0], (rest+blockLength-1)/blockLength, &out[0])
	for _, p := range out[:n] {
		if int(p) < rest {
			m.look(data, at+int(p), from, found)
		}
	}
}

// whole is how many blocks the filter may read from at on at once: all of them
// and the rest of the last window lie in the data.
func (m *Matcher) whole(data []byte, at int) int {
	return min(blocksAtOnce, (len(data)-at-window)/blockLength)
}

// look compares the data with the literals whose window may stand at p.
func (m *Matcher) look(data []byte, p, from int, found func(literal, start int)) {
	slot := slotOf(windowAt(data, p))
	for i := m.slots[slot]; i < m.slots[slot+1]; i++ {
		if e := &m.entries[i]; e.stands(data, p-int(e.window), from) {
			found(int(e.literal), p-int(e.window))
		}
	}
	if m.short != nil {
		short := m.short[fold(data[p])]
		for i := range short {
			if e := &short[i]; e.stands(data, p, from) {
				found(int(e.literal), p)
			}
		}
	}
}

// stands reports whether the literal is what starts at start.
func (e *entry) stands(data []byte, start, from int) bool {
	return start >= from && start+int(e.length) <= len(data) &&
		(eightAt(data, start)|e.folded)&e.valid == e.text && (e.rest == "" || equalFold(data[start+8:], e.rest))
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

// equalFold reports whether data starts with the text, whose letters are
// lower-case.
func equalFold(data []byte, text string) bool {
	for i := range len(text) {
		if fold(data[i]) != text[i] {
			return false
		}
	}
	return true
}
