package git

import (
	"bytes"
	"hash/maphash"
)

// ids are ids of objects, each with a number, in the order in which they came. Of a
// repository with SHA-1 it keeps 20 bytes of each, and of all a table of 4 to 8
// bytes an id: there may be millions. The zero value has none.
type ids struct {
	width int
	parts [][]byte // of idsAtOnce ids each, but for the last
	count int
	slots []int32 // 1 more than a number, by hash; 0 for none
	seed  maphash.Seed
}

const idsAtOnce = 1 << 12

// at returns the id with a number.
func (s *ids) at(n int32) (id oid) {
	copy(id[:], s.text(n))
	return id
}

func (s *ids) text(n int32) []byte {
	return s.parts[n/idsAtOnce][int(n%idsAtOnce)*s.width:][:s.width]
}

// find returns the number of an id, if it has one.
func (s *ids) find(id oid) (n int32, known bool) {
	if s.count == 0 || !s.holds(id) {
		return none, false
	}
	n = s.slots[s.slot(id)] - 1
	return n, n >= 0
}

// number returns the number of an id, which is the next one if it has none yet.
func (s *ids) number(id oid) (n int32, known bool) {
	for !s.holds(id) {
		s.widen()
	}
	if 2*s.count >= len(s.slots) {
		s.grow()
	}
	slot := s.slot(id)
	if n = s.slots[slot] - 1; n >= 0 {
		return n, true
	}
	n = int32(s.count)
	if n%idsAtOnce == 0 {
		s.parts = append(s.parts, make([]byte, 0, idsAtOnce*s.width))
	}
	last := &s.parts[len(s.parts)-1]
	*last = append(*last, id[:s.width]...)
	s.count++
	s.slots[slot] = n + 1
	return n, false
}

// slot returns where an id is in the table, or where it belongs.
func (s *ids) slot(id oid) int {
	mask := len(s.slots) - 1
	at := int(maphash.Bytes(s.seed, id[:s.width])) & mask
	for s.slots[at] != 0 && !bytes.Equal(s.text(s.slots[at]-1), id[:s.width]) {
		at = (at + 1) & mask
	}
	return at
}

// grow makes room in the table for as many again.
func (s *ids) grow() {
	if s.slots == nil {
		s.seed = maphash.MakeSeed()
	}
	s.slots = make([]int32, max(64, 2*len(s.slots)))
	for n := range int32(s.count) {
		s.slots[s.slot(s.at(n))] = n + 1
	}
}

const narrow = 20 // bytes of a SHA-1

// holds reports whether an id is no wider than those that are kept.
func (s *ids) holds(id oid) bool {
	return s.width == len(id) || s.width == narrow && [len(id) - narrow]byte(id[narrow:]) == [len(id) - narrow]byte{}
}

// widen keeps the whole of the ids from now on.
func (s *ids) widen() {
	all := ids{width: narrow}
	if s.width == narrow {
		all.width = len(oid{})
	}
	for n := range int32(s.count) {
		all.number(s.at(n))
	}
	*s = all
}
