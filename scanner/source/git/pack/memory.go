package pack

import "sync"

// A Memory is a ring of texts: one after the other, and after the last place
// again the first. A text goes where the oldest are, which are forgotten, but
// for those that somebody holds. So nothing is left for the collector of garbage,
// in a history of gigabytes, and nothing that it would have to go through.
//
// Those that were read last are remembered, for others are deltas of them. It is
// safe for concurrent use: what one reader made others need not make again.
type Memory struct {
	mu    sync.Mutex
	size  int
	bytes []byte          // nil until the first text
	next  int             // where the next text goes
	rooms []room          // those of texts in bytes, in their order from next on
	first int             // the first of rooms that counts
	known map[Place]known // those that can be found
	held  map[int32]*Text // those that somebody holds, by where they begin
}

// A room is where a text is in a memory, in whole grains: half-open. Of one that is
// not there to is 0.
type room struct {
	at       Place // where it is read from, if it is to be remembered
	from, to int32
}

// A known text is one that can be found again.
type known struct {
	from, size int32
	kind       Kind
}

// grain is what texts are rounded up to, so that there are not too many.
const grain = 256

// mostRing bounds the bytes of a memory.
const mostRing = 1 << 30

// NewMemory returns a memory of so many bytes.
func NewMemory(size int) *Memory {
	return &Memory{size: min(size, mostRing), known: map[Place]known{}, held: map[int32]*Text{}}
}

// Split returns memories that each have a part of the bytes of one that was not used
// yet: readers with one each need not wait for each other. It may be used itself once
// no reader uses them any more and all their texts are released.
func (m *Memory) Split(parts int) []*Memory {
	m.bytes = make([]byte, m.size)
	all := make([]*Memory, parts)
	for i := range all {
		all[i] = NewMemory(m.size / parts)
		all[i].bytes = m.bytes[i*(m.size/parts):][:m.size/parts]
	}
	return all
}

// lock takes the lock, which nobody has for long: to sleep takes longer than to try
// again.
func (m *Memory) lock() {
	for range 1000 {
		if m.mu.TryLock() {
			return
		}
	}
	m.mu.Lock()
}

// make returns a text that the caller holds and may fill. Once it is whole it may
// say so by know, if there is a place for it to be known by.
func (m *Memory) make(at Place, size int) *Text {
	t := &Text{memory: m, holders: 1}
	m.lock()
	fits := m.take(t, at, size)
	m.mu.Unlock()
	if fits {
		t.Data = m.data(t.room.from, size)
	} else {
		t.Data = make([]byte, size)
	}
	return t
}

// take finds room for a text; one that takes too much of the memory has none.
func (m *Memory) take(t *Text, at Place, size int) bool {
	whole := grains(size)
	if whole > m.size/2 {
		return false
	}
	if m.bytes == nil {
		m.bytes = make([]byte, m.size)
	}
	for range 2 * (len(m.rooms) - m.first + 2) { // a text that is held is passed over, at most twice
		end := min(m.next+whole, m.size)
		if held := m.forget(end); held != 0 {
			m.next = held
			continue
		}
		if end-m.next < whole { // no more fits in behind
			m.next = 0
			continue
		}
		t.room = room{at, int32(m.next), int32(m.next + whole)}
		m.next += whole
		m.push(t.room)
		m.held[t.room.from] = t
		return true
	}
	return false
}

// forget makes room from next to an end, unless somebody holds a text there: the
// end of the first of these is returned, and it counts as the newest.
func (m *Memory) forget(end int) (held int) {
	for m.first < len(m.rooms) {
		r := m.rooms[m.first]
		if int(r.from) < m.next || int(r.from) >= end {
			return 0
		}
		m.first++
		t := m.held[r.from]
		if t != nil {
			m.push(r) // it stays where it is, as if it were the newest
			return int(r.to)
		}
		if m.known[r.at].from == r.from {
			delete(m.known, r.at)
		}
	}
	return 0
}

// push adds a room, which lies before next, as the last.
func (m *Memory) push(r room) {
	if m.first > len(m.rooms)/4 {
		m.rooms, m.first = m.rooms[:copy(m.rooms, m.rooms[m.first:])], 0
	}
	m.rooms = append(m.rooms, r)
}

// know makes a text that is whole one that find finds. The caller holds it, and
// fills it no more.
func (m *Memory) know(t *Text) {
	m.lock()
	defer m.mu.Unlock()
	if t.room.to > 0 {
		m.known[t.room.at] = known{t.room.from, int32(len(t.Data)), t.Kind}
	}
}

// find returns the object of a place, if it is remembered. The caller releases it.
func (m *Memory) find(at Place) *Text {
	m.lock()
	defer m.mu.Unlock()
	k, ok := m.known[at]
	if !ok {
		return nil
	}
	if t := m.held[k.from]; t != nil {
		t.holders++
		return t
	}
	t := &Text{Kind: k.kind, Data: m.data(k.from, int(k.size)), memory: m, holders: 1}
	t.room = room{at, k.from, k.from + int32(cap(t.Data))}
	m.held[k.from] = t
	return t
}

// data are the bytes of a text in the ring. It has nothing of the one behind it.
func (m *Memory) data(from int32, size int) []byte {
	return m.bytes[from : int(from)+size : int(from)+grains(size)]
}

// grains is what a text takes of a memory.
func grains(size int) int { return (size + grain) / grain * grain }
