package pack

// A Text is an object that is held in memory. It is shared: Data must not be
// changed, and may be used until as many have released it as hold it. It is for
// the goroutine of its Reader.
type Text struct {
	Kind Kind
	Data []byte

	holders  int
	at       Place // where it was read, if it is remembered
	from, to int   // in the ring
}

// Hold keeps the text for one more.
func (t *Text) Hold() *Text {
	t.holders++
	return t
}

// Release lets go of a text that the caller holds.
func (r *Reader) Release(t *Text) { t.holders-- }

// New returns a text of so many bytes, of whatever content, that the caller
// holds and may fill.
func (r *Reader) New(size int) *Text {
	t := &Text{holders: 1}
	if r.memory.take(t, size) {
		t.Data = r.memory.bytes[t.from : t.from+size : t.to]
	} else {
		t.Data = make([]byte, size)
	}
	return t
}

// A ring is the memory of texts: one after the other, and after the last place
// again the first. A text goes where the oldest are, which are forgotten, but
// for those that somebody holds. So nothing is left for the collector of garbage,
// in a history of gigabytes.
type ring struct {
	size  int
	bytes []byte          // nil until the first text
	next  int             // where the next text goes
	texts []*Text         // those in bytes, in their order from next on
	first int             // the first of texts that counts
	known map[Place]*Text // those that can be found
}

// grain is what texts are rounded up to, so that there are not too many.
const grain = 256

// take finds room for a text; one that takes too much of the ring has none.
func (m *ring) take(t *Text, size int) bool {
	size = (size + grain) / grain * grain
	if size > m.size/2 {
		return false
	}
	if m.bytes == nil {
		m.bytes, m.known = make([]byte, m.size), map[Place]*Text{}
	}
	for range 2 * (len(m.texts) - m.first + 2) { // a text that is held is passed over, at most twice
		end := min(m.next+size, m.size)
		if held := m.forget(end); held != nil {
			m.next = held.to
			continue
		}
		if end-m.next < size { // no more fits in behind
			m.next = 0
			continue
		}
		t.from, t.to = m.next, m.next+size
		m.next = t.to
		m.push(t)
		return true
	}
	return false
}

// forget makes room from next to an end, unless somebody holds a text there: the
// first of these is returned, and counts as the newest.
func (m *ring) forget(end int) (held *Text) {
	for m.first < len(m.texts) {
		t := m.texts[m.first]
		if t.from < m.next || t.from >= end {
			return nil
		}
		m.texts[m.first] = nil
		m.first++
		if t.holders > 0 {
			m.push(t) // it stays where it is, as if it were the newest
			return t
		}
		if m.known[t.at] == t {
			delete(m.known, t.at)
		}
	}
	return nil
}

// push adds a text, which lies before next, as the last.
func (m *ring) push(t *Text) {
	if m.first > len(m.texts)/2 {
		n := copy(m.texts, m.texts[m.first:])
		clear(m.texts[n:])
		m.texts, m.first = m.texts[:n], 0
	}
	m.texts = append(m.texts, t)
}

// know makes a text in the ring one that find finds.
func (m *ring) know(at Place, t *Text) {
	if t.to > t.from {
		t.at = at
		m.known[at] = t
	}
}

// find returns the object of a place, if it is remembered.
func (m *ring) find(at Place) *Text { return m.known[at] }
