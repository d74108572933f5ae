package pack

// A Text is an object that is held in memory. It is shared: Data must not be
// changed, and may be used until as many have released it as hold it. It is for
// the goroutine of its Reader.
type Text struct {
	Kind Kind
	Data []byte

	holders    int
	at         Place // in the cache
	prev, next *Text // of those in the cache, by when they were used
}

// Hold keeps the text for one more.
func (t *Text) Hold() *Text {
	t.holders++
	return t
}

const (
	mostFree      = 8       // buffers that wait to be used again
	mostFreeBytes = 1 << 20 // of one of them
	smallBuffer   = 4 << 10 // one that is never too large for what it is used for
)

// New returns a text of so many bytes, of whatever content, that the caller
// holds and may fill.
func (r *Reader) New(size int) *Text {
	best := -1
	for i, t := range r.free {
		if fits := cap(t.Data) >= size && cap(t.Data) <= 2*size+smallBuffer; fits && (best < 0 || cap(t.Data) < cap(r.free[best].Data)) {
			best = i
		}
	}
	if best < 0 {
		return &Text{Data: make([]byte, size, size+size/8), holders: 1}
	}
	t := r.free[best]
	last := len(r.free) - 1
	r.free[best], r.free[last] = r.free[last], nil
	r.free = r.free[:last]
	*t = Text{Data: t.Data[:size], holders: 1}
	return t
}

// Release lets go of a text that the caller holds.
func (r *Reader) Release(t *Text) {
	if t.holders--; t.holders > 0 || cap(t.Data) > mostFreeBytes {
		return
	}
	if len(r.free) == mostFree {
		copy(r.free, r.free[1:])
		r.free = r.free[:mostFree-1]
	}
	r.free = append(r.free, t)
}

// cost is what a text in the cache takes, with what is there to find it.
func (t *Text) cost() int { return cap(t.Data) + 256 }

// A cache holds the texts that were made last.
type cache struct {
	texts map[Place]*Text
	ring  Text // next is the one that was used last, prev the one before all others
	bytes int
	most  int
}

func newCache(most int) *cache {
	c := &cache{texts: map[Place]*Text{}, most: most}
	c.ring.prev, c.ring.next = &c.ring, &c.ring
	return c
}

// get returns a text, which the cache holds and the caller does not.
func (c *cache) get(at Place) *Text {
	t := c.texts[at]
	if t != nil {
		t.leave()
		c.join(t)
	}
	return t
}

// put holds a text, and lets go of others that nobody asked for longest.
func (c *cache) put(at Place, t *Text, release func(*Text)) {
	if t.cost() > c.most/2 {
		return
	}
	for c.bytes+t.cost() > c.most {
		oldest := c.ring.prev
		oldest.leave()
		delete(c.texts, oldest.at)
		c.bytes -= oldest.cost()
		release(oldest)
	}
	t.at = at
	c.texts[at] = t.Hold()
	c.bytes += t.cost()
	c.join(t)
}

func (c *cache) join(t *Text) {
	t.prev, t.next = &c.ring, c.ring.next
	t.prev.next, t.next.prev = t, t
}

func (t *Text) leave() {
	t.prev.next, t.next.prev = t.next, t.prev
	t.prev, t.next = nil, nil
}
