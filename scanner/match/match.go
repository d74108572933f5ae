package match

import (
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
	tables  *tables
	filter  filter
	shelves shelves
	// lower are the literals with their case folded, longest is how long the
	// longest is.
	lower   []string
	longest int
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
	for _, w := range windows {
		m.tables.sign(w)
	}
	m.shelves.fill(windows, m.lower)
	m.tables.group(windows, f)
	return m
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
	guesses   guesses
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
	if len(m.lower) == 0 {
		return
	}
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	out := &s.positions
	at := from
	for blocks := m.whole(data, at); blocks > 0; blocks = m.whole(data, at) {
		n := m.filter.run(m.tables, &data[at], blocks, &out[0])
		s.met = s.met[:0]
		if end := at + blocks*blockLength; at-from >= m.longest && len(data)-end >= m.longest+8 {
			m.look(data, at, out[:n], s)
		} else {
			for _, p := range out[:n] {
				s.met = m.lookNear(data, at+int(p), from, s.met)
			}
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
			s.met = m.lookNear(data, at+int(p), from, s.met)
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
