package pack

// A Text is an object that is held in memory. It is shared: Data must not be
// changed, and may be used until as many have released it as hold it. It may be
// held and released by several goroutines.
type Text struct {
	Kind Kind
	Data []byte

	memory  *Memory
	holders int
	room    room
}

// Hold keeps the text for one more.
func (t *Text) Hold() *Text {
	t.memory.lock()
	defer t.memory.mu.Unlock()
	t.holders++
	return t
}

// Release lets go of a text that the caller holds.
func (t *Text) Release() {
	t.memory.lock()
	defer t.memory.mu.Unlock()
	if t.holders--; t.holders == 0 && t.room.to > 0 {
		delete(t.memory.held, t.room.from)
	}
}

// New returns a text of so many bytes, of whatever content, that the caller
// holds and may fill.
func (r *Reader) New(size int) *Text { return r.texts.make(Place{}, size) }
