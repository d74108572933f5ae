package pack

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/zlib"
)

// MostHeld bounds the bytes of one object, so that none takes all memory.
const MostHeld = 8 << 20

// mostMade bounds the bytes of all objects that one is made of, of a chain of
// deltas; git makes none longer than 4095.
const (
	mostMade  = 1 << 30
	mostChain = 4095
)

// mostKept bounds the room for a delta that is kept for the next.
const mostKept = 1 << 20

// ErrLarge is the error of an object that is not read for what it takes.
var ErrLarge = errors.New("the object is too large to be held")

// A Kind is the type of an object.
type Kind uint8

// The kinds, as an entry has them.
const (
	Commit Kind = 1
	Tree   Kind = 2
	Blob   Kind = 3
	Tag    Kind = 4

	ofsDelta Kind = 6
	refDelta Kind = 7
)

// A Reader reads objects of a store. It remembers those that it read last, of
// which others are deltas: they are best read in the order in which they are
// stored, or path by path. It is for one goroutine.
type Reader struct {
	store *Store
	from  section
	in    *bufio.Reader
	ahead Place         // of the entry whose data in reads next
	zlib  io.ReadCloser // nil until it is needed
	delta []byte        // that was inflated last

	deflate []byte       // the bytes of that, where they were not in in
	held    bytes.Reader // of them

	chain  []link
	memory ring
}

// A link is a delta, and the place of what it makes.
type link struct {
	at     Place
	size   int   // of the delta
	offset int64 // of what is deflated
}

// NewReader returns a reader that remembers so many bytes of what it read.
func (s *Store) NewReader(remembered int) *Reader {
	r := &Reader{store: s, memory: ring{size: remembered}}
	r.in = bufio.NewReaderSize(&r.from, mostRead)
	return r
}

// Read returns the object at a place that Locate returned. The caller releases
// it. After an error the reader can be used on.
func (r *Reader) Read(at Place) (*Text, error) {
	t, err := r.read(at)
	if err != nil {
		return nil, fmt.Errorf("pack entry at %d: %w", at.offset, err)
	}
	return t, nil
}

func (r *Reader) read(at Place) (*Text, error) {
	base, err := r.base(at)
	if err != nil {
		return nil, err
	}
	made := len(base.Data)
	for i := len(r.chain) - 1; i >= 0; i-- {
		next, err := r.apply(r.chain[i], base)
		r.Release(base)
		if err != nil {
			return nil, err
		}
		base = next
		if made += len(base.Data); made > mostMade {
			r.Release(base)
			return nil, ErrLarge
		}
	}
	return base, nil
}

// ErrMissing is the error of an object that is neither in a pack nor loose.
var ErrMissing = errors.New("the object is not there")

// Get returns an object by its id. The caller releases it. After an error the
// reader can be used on.
func (r *Reader) Get(id ID) (*Text, error) {
	if at := r.store.find(id); at.Found() {
		return r.Read(at)
	}
	return r.loose(id)
}

// base follows the deltas to what they begin with: an object that is whole, or
// that is remembered. They are in chain afterwards, the one at the place first.
func (r *Reader) base(at Place) (*Text, error) {
	r.chain = r.chain[:0]
	for {
		if t := r.memory.find(at); t != nil {
			return t.Hold(), nil
		}
		e, err := r.entry(at)
		if err != nil {
			return nil, err
		}
		if e.size > MostHeld {
			return nil, ErrLarge
		}
		if e.kind != ofsDelta && e.kind != refDelta {
			t := r.New(int(e.size))
			t.Kind = e.kind
			if err := r.inflate(t.Data); err != nil {
				r.Release(t)
				return nil, err
			}
			r.memory.know(at, t)
			return t, nil
		}
		if len(r.chain) == mostChain {
			return nil, ErrLarge
		}
		r.chain = append(r.chain, link{at, int(e.size), r.from.offset(r.in)})
		r.ahead, at = at, e.base
	}
}

// apply makes an object of a delta and of its base.
func (r *Reader) apply(l link, base *Text) (*Text, error) {
	if r.ahead != l.at {
		r.open(l.at, l.offset)
	}
	r.ahead = Place{}
	if cap(r.delta) < l.size || cap(r.delta) > mostKept && l.size < mostKept {
		r.delta = make([]byte, l.size+l.size/4)
	}
	delta := r.delta[:l.size]
	if err := r.inflate(delta); err != nil {
		return nil, err
	}
	from, to, instructions, err := sizes(delta)
	if err != nil || from != uint64(len(base.Data)) {
		return nil, errDelta
	}
	if to > MostHeld {
		return nil, ErrLarge
	}
	t := r.New(int(to))
	t.Kind = base.Kind
	if err := apply(t.Data, base.Data, instructions); err != nil {
		r.Release(t)
		return nil, err
	}
	r.memory.know(l.at, t)
	return t, nil
}

// An entry is what comes before the data of an object in a pack.
type entry struct {
	kind Kind
	size int64 // of the data once it is inflated
	base Place // of what a delta is of
}

var errEntry = errors.New("an entry that is damaged, or of another kind")

// open has in read what is in a pack from an offset on.
func (r *Reader) open(at Place, offset int64) {
	r.ahead = Place{}
	p := r.store.packs[at.pack]
	r.from = section{file: p.file, at: offset, end: p.end, next: leastRead}
	r.in.Reset(&r.from)
}

// entry reads what comes before the data, which in reads next.
func (r *Reader) entry(at Place) (e entry, err error) {
	r.open(at, at.offset)
	b, err := r.in.ReadByte()
	if err != nil {
		return e, errEntry
	}
	e.kind, e.size = Kind(b>>4&7), int64(b&0xf)
	for shift := 4; b&0x80 != 0; shift += 7 {
		if b, err = r.in.ReadByte(); err != nil || shift > 53 {
			return e, errEntry
		}
		e.size |= int64(b&0x7f) << shift
	}
	switch e.kind {
	case Commit, Tree, Blob, Tag:
		return e, nil
	case ofsDelta:
		e.base.pack = at.pack
		e.base.offset, err = r.backward(at.offset)
		return e, err
	case refDelta: // deltas may be of each other: chain is bounded
		var id ID
		if _, err := io.ReadFull(r.in, id[:r.store.width]); err != nil {
			return e, errEntry
		}
		if e.base = r.store.find(id); e.base.Found() {
			return e, nil
		}
	}
	return e, errEntry
}

// backward reads the offset of a base, which lies before.
func (r *Reader) backward(from int64) (int64, error) {
	back := int64(-1)
	for more := true; more; {
		b, err := r.in.ReadByte()
		if err != nil || back > from {
			return 0, errEntry
		}
		back = (back+1)<<7 | int64(b&0x7f)
		more = b&0x80 != 0
	}
	if back <= 0 || back > from-packHead {
		return 0, errEntry
	}
	return from - back, nil
}

// inflate fills data with what in holds deflated, no less and no more. What takes no
// more room than it should is inflated from memory, which is faster than from in.
func (r *Reader) inflate(data []byte) error {
	at := r.from.offset(r.in)
	if raw := r.raw(at, len(data)); raw != nil {
		r.held.Reset(raw)
		err := r.deflated(&r.held)
		if err == nil {
			err = r.fill(data)
		}
		if err == nil || int64(len(raw)) == r.from.end-at || r.held.Len() > 0 {
			return err
		}
		r.reopen(at) // there was more of it
	}
	if err := r.deflated(r.in); err != nil {
		return err
	}
	return r.fill(data)
}

// raw returns what there is from an offset on, as much as anything deflates to that
// has so many bytes; nil if that is too much, or not to be read.
func (r *Reader) raw(at int64, size int) []byte {
	most := int(min(int64(size+size/512+64), r.from.end-at))
	if most <= r.in.Buffered() {
		raw, _ := r.in.Peek(most)
		return raw
	}
	if most > mostKept {
		return nil
	}
	if cap(r.deflate) < most {
		r.deflate = make([]byte, most+most/4)
	}
	if n, _ := r.from.file.ReadAt(r.deflate[:most], at); n < most {
		return nil
	}
	return r.deflate[:most]
}

// reopen has in read from an offset on, in the file that it reads.
func (r *Reader) reopen(at int64) {
	r.from.at, r.from.next = at, mostRead
	r.in.Reset(&r.from)
}

// deflated has zlib read what another reader holds.
func (r *Reader) deflated(from flate.Reader) (err error) {
	if r.zlib == nil {
		r.zlib, err = zlib.NewReader(from)
		return err
	}
	return r.zlib.(zlib.Resetter).Reset(from, nil)
}

// fill fills data with all that zlib has left.
func (r *Reader) fill(data []byte) error {
	if _, err := io.ReadFull(r.zlib, data); err != nil {
		return err
	}
	var more [1]byte
	if n, err := r.zlib.Read(more[:]); n != 0 || err != io.EOF { // the checksum is right
		return cmpErr(err, errEntry)
	}
	return nil
}

// cmpErr is err, or the other one if it is none that says anything.
func cmpErr(err, other error) error {
	if err == nil || err == io.EOF {
		return other
	}
	return err
}

// Most objects are deltas of a few hundred bytes, so that little is read first.
const (
	leastRead = 1 << 10
	mostRead  = 16 << 10
)

// A section reads a file from an offset, at first in small parts.
type section struct {
	file io.ReaderAt
	at   int64
	end  int64
	next int // bytes to read at most
}

// Read implements io.Reader.
func (s *section) Read(p []byte) (int, error) {
	p = p[:max(0, min(int64(len(p)), int64(s.next), s.end-s.at))]
	if len(p) == 0 {
		return 0, io.EOF
	}
	n, err := s.file.ReadAt(p, s.at)
	s.at += int64(n)
	s.next = mostRead
	if n > 0 {
		err = nil
	}
	return n, err
}

// offset is that of the byte which in reads next.
func (s *section) offset(in *bufio.Reader) int64 { return s.at - int64(in.Buffered()) }
