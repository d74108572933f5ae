package pack

// A Text is an object that is held in memory. It is shared: Data must not be
// changed, and may be used until as many have released it as hold it. It is for
// the goroutine of its Reader.
type Text struct {
	Kind Kind
	Data []byte

	holders int
	room    room
}

// Hold keeps the text for one more.
func (t *Text) Hold() *Text {
	t.holders++
	return t
}

// Release lets go of a text that the caller holds.
func (r *Reader) Release(t *Text) {
	if t.holders--; t.holders == 0 && t.room.to > 0 {
		delete(r.memory.held, t.room.from)
	}
}

// New returns a text of so many bytes, of whatever content, that the caller
// holds and may fill.
func (r *Reader) New(size int) *Text {
	t := &Text{holders: 1}
	if r.memory.take(t, size) {
		t.Data = r.memory.data(t.room.from, size)
	} else {
		t.Data = make([]byte, size)
	}
	return t
}

// A ring is the memory of texts: one after the other, and after the last place
// again the first. A text goes where the oldest are, which are forgotten, but
// for those that somebody holds. So nothing is left for the collector of garbage,
// in a history of gigabytes, and nothing that it would have to go through.
type ring struct {
	size  int
	bytes []byte          // nil until the first text
	next  int             // where the next text goes
	rooms []room          // those of texts in bytes, in their order from next on
	first int             // the first of rooms that counts
	known map[Place]known // those that can be found
	held  map[int32]*Text // those that somebody holds, by where they begin
}

// A room is where a text is in a ring, in whole grains: half-open. Of one that is
// not there to is 0.
type room struct {
	at       Place // where it was read, if it is remembered
	from, to int32
}

// A known text is one that can be found again.
type known struct {
	from, size int32
	kind       Kind
}

// grain is what texts are rounded up to, so that there are not too many.
const grain = 256

// mostRing bounds the bytes of a ring.
const mostRing = 1 << 30

func newRing(size int) ring {
	return ring{size: min(size, mostRing), known: map[Place]known{}, held: map[int32]*Text{}}
}

// take finds room for a text; one that takes too much of the ring has none.
func (m *ring) take(t *Text, size int) bool {
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
		t.room = room{from: int32(m.next), to: int32(m.next + whole)}
		m.next += whole
		m.push(t.room)
		m.held[t.room.from] = t
		return true
	}
	return false
}

// forget makes room from next to an end, unless somebody holds a text there: the
// end of the first of these is returned, and it counts as the newest.
func (m *ring) forget(end int) (held int) {
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
func (m *ring) push(r room) {
	if m.first > len(m.rooms)/4 {
		m.rooms, m.first = m.rooms[:copy(m.rooms, m.rooms[m.first:])], 0
	}
	m.rooms = append(m.rooms, r)
}

// know makes the text that was taken last one that find finds.
func (m *ring) know(at Place, t *Text) {
	if last := len(m.rooms) - 1; t.room.to > 0 && m.rooms[last].from == t.room.from {
		m.rooms[last].at = at
		m.known[at] = known{t.room.from, int32(len(t.Data)), t.Kind}
	}
}

// find returns the object of a place, if it is remembered. The caller releases it.
func (m *ring) find(at Place) *Text {
	k, ok := m.known[at]
	if !ok {
		return nil
	}
	if t := m.held[k.from]; t != nil {
		return t.Hold()
	}
	t := &Text{Kind: k.kind, Data: m.data(k.from, int(k.size)), holders: 1}
	t.room = room{from: k.from, to: k.from + int32(cap(t.Data))}
	m.held[k.from] = t
	return t
}

// data are the bytes of a text in the ring. It has nothing of the one behind it.
func (m *ring) data(from int32, size int) []byte {
	return m.bytes[from : int(from)+size : int(from)+grains(size)]
}

// grains is what a text takes of the ring.
func grains(size int) int { return (size + grain) / grain * grain }
