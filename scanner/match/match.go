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

// A scratch is the memory of one call of Scan. What many positions come to is
// collected before any is told of: to look it up takes a chain of reads for each,
// which run side by side as long as nothing else comes between.
type scratch struct {
	positions positions
	guesses   guesses
	met       []spot // the entries that stand in the data, and where they start
}

var scratches = sync.Pool{New: func() any { return &scratch{met: make([]spot, 0, usuallyMet)} }}

// usuallyMet is what there is room for at first: more are met in few texts.
const usuallyMet = 512

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
		m.meet(data, at, from, out[:n], s, found)
		at += blocks * blockLength
	}
	if at >= len(data) {
		return
	}
	// What is left has no room for the bytes that the filter reads past a block.
	var tail [3 * blockLength]byte
	rest := copy(tail[:2*blockLength], data[at:])
	n := m.filter.run(m.tables, &tail[0], (rest+blockLength-1)/blockLength, &out[0])
	for n > 0 && int(out[n-1]) >= rest {
		n--
	}
	m.meet(data, at, from, out[:n], s, found)
}

// meet calls found for what stands where windows may, at places counted from at on.
func (m *Matcher) meet(data []byte, at, from int, places []uint32, s *scratch, found func(literal, start int)) {
	s.met = s.met[:0]
	base := max(at-m.longest, 0)
	for len(places) > 0 && at+int(places[0]) < from+m.longest {
		s.met = m.lookNear(data, at+int(places[0]), from, base, s.met)
		places = places[1:]
	}
	last := len(places)
	for last > 0 && at+int(places[last-1]) > len(data)-m.longest-8 {
		last--
	}
	m.look(data[base:], uint32(at-base), places[:last], s)
	for _, p := range places[last:] {
		s.met = m.lookNear(data, at+int(p), from, base, s.met)
	}
	m.tell(data, base, s.met, found)
}

// whole is how many blocks the filter may read from at on at once: all of them
// and the rest of the last window lie in the data.
func (m *Matcher) whole(data []byte, at int) int {
	return min(blocksAtOnce, (len(data)-at-window)/blockLength)
}
