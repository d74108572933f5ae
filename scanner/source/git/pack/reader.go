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

// A Reader reads objects of a store, best in the order in which they are stored,
// or path by path: those that were read last are remembered. It is for one
// goroutine, its texts are not.
type Reader struct {
	store *Store
	texts *Memory
	pages pages
	seen  places
	chain []link
	delta []byte        // that was inflated last
	zlib  io.ReadCloser // nil until it is needed
	raw   bytes.Reader  // of what is in pages
	from  section       // of what is too large for them, or a file of its own
	in    *bufio.Reader // of that
}

// A link is a delta, and the place of what it makes.
type link struct {
	at   Place
	size int   // of the delta
	data int64 // offset of what is deflated
}

// NewReader returns a reader that has its texts in a memory.
func (s *Store) NewReader(texts *Memory) *Reader {
	r := &Reader{store: s, texts: texts, pages: pages{store: s}}
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
		base.Release()
		if err != nil {
			return nil, err
		}
		base = next
		if made += len(base.Data); made > mostMade {
			base.Release()
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
	if at := r.find(id); at.Found() {
		return r.Read(at)
	}
	return r.loose(id)
}

// base follows the deltas to what they begin with: an object that is whole, or
// that is remembered. They are in chain afterwards, the one at the place first.
func (r *Reader) base(at Place) (*Text, error) {
	r.chain = r.chain[:0]
	for {
		if t := r.texts.find(at); t != nil {
			return t, nil
		}
		e, err := r.entry(at)
		if err != nil {
			return nil, err
		}
		if e.size > MostHeld {
			return nil, ErrLarge
		}
		if e.kind != ofsDelta && e.kind != refDelta {
			t := r.texts.make(at, int(e.size))
			t.Kind = e.kind
			if err := r.inflate(t.Data, at.pack, e.data); err != nil {
				t.Release()
				return nil, err
			}
			r.texts.know(t)
			return t, nil
		}
		if len(r.chain) == mostChain {
			return nil, ErrLarge
		}
		r.chain = append(r.chain, link{at, int(e.size), e.data})
		at = e.base
	}
}

// apply makes an object of a delta and of its base.
func (r *Reader) apply(l link, base *Text) (*Text, error) {
	if cap(r.delta) < l.size || cap(r.delta) > mostKept && l.size < mostKept {
		r.delta = make([]byte, l.size+l.size/4)
	}
	delta := r.delta[:l.size]
	if err := r.inflate(delta, l.at.pack, l.data); err != nil {
		return nil, err
	}
	from, to, instructions, err := sizes(delta)
	if err != nil || from != uint64(len(base.Data)) {
		return nil, errDelta
	}
	if to > MostHeld {
		return nil, ErrLarge
	}
	t := r.texts.make(l.at, int(to))
	t.Kind = base.Kind
	if err := apply(t.Data, base.Data, instructions); err != nil {
		t.Release()
		return nil, err
	}
	r.texts.know(t)
	return t, nil
}

// An entry is what comes before the data of an object in a pack.
type entry struct {
	kind Kind
	size int64 // of the data once it is inflated
	base Place // of what a delta is of
	data int64 // offset of what is deflated
}

var errEntry = errors.New("an entry that is damaged, or of another kind")

// mostEntry is what an entry takes at most.
const mostEntry = 64

// entry reads what comes before the data.
func (r *Reader) entry(at Place) (e entry, err error) {
	text := r.pages.read(at.pack, at.offset, mostEntry)
	if len(text) == 0 {
		return e, errEntry
	}
	b, n := text[0], 1
	e.kind, e.size = Kind(b>>4&7), int64(b&0xf)
	for shift := 4; b&0x80 != 0; shift += 7 {
		if n == len(text) || shift > 53 {
			return e, errEntry
		}
		b = text[n]
		n++
		e.size |= int64(b&0x7f) << shift
	}
	text, e.data = text[n:], at.offset+int64(n)
	switch e.kind {
	case Commit, Tree, Blob, Tag:
		return e, nil
	case ofsDelta:
		back, n := backward(text)
		if back <= 0 || back > at.offset-packHead {
			return e, errEntry
		}
		e.base, e.data = Place{at.offset - back, at.pack}, e.data+int64(n)
		return e, nil
	case refDelta: // deltas may be of each other: chain is bounded
		if len(text) < r.store.width {
			return e, errEntry
		}
		var id ID
		e.data += int64(copy(id[:r.store.width], text))
		if e.base = r.find(id); e.base.Found() {
			return e, nil
		}
	}
	return e, errEntry
}

// backward reads how far before a delta its base lies, 0 if that is not said, and
// how many bytes say it.
func backward(text []byte) (back int64, n int) {
	back = -1
	for n < len(text) && back < 1<<55 {
		b := text[n]
		n++
		back = (back+1)<<7 | int64(b&0x7f)
		if b&0x80 == 0 {
			return back, n
		}
	}
	return 0, n
}

// inflate fills data with what is deflated in a pack from an offset on, no less and
// no more. What takes no more room than it should is inflated from memory.
func (r *Reader) inflate(data []byte, pack int32, offset int64) error {
	if most := len(data) + len(data)/512 + 64; most <= mostKept {
		r.raw.Reset(r.pages.read(pack, offset, most))
		err := r.deflated(&r.raw)
		if err == nil {
			err = r.fill(data)
		}
		if err == nil || r.raw.Len() > 0 {
			return err
		}
	}
	file := r.store.packs[pack]
	r.from = section{file: file.file, at: offset, end: file.end}
	r.in.Reset(&r.from)
	if err := r.deflated(r.in); err != nil {
		return err
	}
	return r.fill(data)
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

// mostRead is how much is read at once of what pages are not for.
const mostRead = 16 << 10

// A section reads a file from an offset to an end.
type section struct {
	file io.ReaderAt
	at   int64
	end  int64
}

// Read implements io.Reader.
func (s *section) Read(p []byte) (int, error) {
	p = p[:max(0, min(int64(len(p)), s.end-s.at))]
	if len(p) == 0 {
		return 0, io.EOF
	}
	n, err := s.file.ReadAt(p, s.at)
	s.at += int64(n)
	if n > 0 {
		err = nil
	}
	return n, err
}
