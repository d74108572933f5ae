package pack

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"sync"
)

const (
	indexMagic = "\xfftOc"
	fanoutAt   = 8
	namesAt    = fanoutAt + 256*4
)

// An index says where the objects of a pack are.
type index struct {
	file    file
	count   int64
	buckets [256]int64 // how many names begin with no more than this byte
	// names and offsets are the tables of the file, nil unless they are held.
	names, offsets []byte
}

func openIndex(name string, width int) (index, error) {
	file, size, err := regular(name)
	if err != nil {
		return index{}, err
	}
	x := index{file: file}
	if err := x.open(size, int64(width)); err != nil {
		_ = file.Close()
		return index{}, fmt.Errorf("%s: %w", name, err)
	}
	return x, nil
}

// open reads what comes before the names.
func (x *index) open(size, width int64) error {
	var head [namesAt]byte
	if _, err := x.file.ReadAt(head[:], 0); err != nil {
		return err
	}
	if string(head[:4]) != indexMagic || binary.BigEndian.Uint32(head[4:]) != 2 {
		return fmt.Errorf("no index of version 2")
	}
	for i := range x.buckets {
		n := int64(binary.BigEndian.Uint32(head[fanoutAt+4*i:]))
		if n < x.count {
			return fmt.Errorf("its counts are not in order")
		}
		x.buckets[i], x.count = n, n
	}
	if least := namesAt + x.count*(width+4+4) + 2*width; size < least {
		return fmt.Errorf("%d bytes for %d objects", size, x.count)
	}
	return nil
}

// weight is how many bytes are held of the index.
func (x *index) weight(width int) int64 { return x.count * int64(width+4) }

// hold reads what says where objects are.
func (x *index) hold(width int) {
	names, offsets := make([]byte, x.count*int64(width)), make([]byte, x.count*4)
	if x.read(names, namesAt) && x.read(offsets, namesAt+x.count*int64(width+4)) {
		x.names, x.offsets = names, offsets
	}
}

// read fills data with what the file has from a place on, and reports whether it
// has as much.
func (x *index) read(data []byte, at int64) bool {
	n, _ := x.file.ReadAt(data, at)
	return n == len(data)
}

// places remembers where objects were found last, each in the one place where it
// can be. It is for one goroutine.
type places []located

type located struct {
	id ID
	at Place
}

// placesBits says how many places are remembered.
const placesBits = 15

// find returns where one object is.
func (r *Reader) find(id ID) Place {
	if r.seen == nil {
		r.seen = make(places, 1<<placesBits)
	}
	known := &r.seen[binary.BigEndian.Uint64(id[:])>>(64-placesBits)]
	if known.id != id || !known.at.Found() {
		*known = located{id, r.store.find(id)}
	}
	return known.at
}

// find returns where one object is.
func (s *Store) find(id ID) Place {
	for n, p := range s.packs {
		if offset := p.find(id[:s.width]); offset >= packHead && offset < p.end {
			return Place{offset, int32(n)}
		}
	}
	return Place{}
}

// namesAtOnce is how many bytes of names are read to find one. Names are spread
// evenly, so that the one asked for is mostly among those where it should be.
const namesAtOnce = 4 << 10

var namePages = sync.Pool{New: func() any { return new([namesAtOnce]byte) }}

// find returns the offset of an object, 0 if it is not there.
func (x *index) find(id []byte) int64 {
	width := int64(len(id))
	lo, hi := int64(0), x.buckets[id[0]]
	if id[0] > 0 {
		lo = x.buckets[id[0]-1]
	}
	var page *[namesAtOnce]byte
	if x.names == nil {
		page = namePages.Get().(*[namesAtOnce]byte)
		defer namePages.Put(page)
	}
	most := namesAtOnce / width
	guess := lo + (hi-lo)*int64(binary.BigEndian.Uint32(id[1:]))>>32
	for misses := 0; lo < hi; misses++ {
		n := min(hi-lo, most)
		at := min(max(guess-n/2, lo), hi-n)
		var names []byte
		if x.names != nil {
			names = x.names[at*width : (at+n)*width]
		} else if names = page[:n*width]; !x.read(names, namesAt+at*width) {
			return 0
		}
		name, found := search(names, id)
		switch {
		case found:
			return x.offset(at+name, width)
		case name == 0:
			hi, guess = at, at-n/2
		case name == n:
			lo, guess = at+n, at+n+n/2
		default:
			return 0
		}
		if misses > 0 { // it is not beside those either
			guess = (lo + hi) / 2
		}
	}
	return 0
}

// search returns how many of sorted names come before an id, and whether it is the
// next.
func search(names, id []byte) (before int64, found bool) {
	lo, hi := 0, len(names)/len(id)
	for lo < hi {
		mid := (lo + hi) / 2
		switch bytes.Compare(names[mid*len(id):(mid+1)*len(id)], id) {
		case -1:
			lo = mid + 1
		case 1:
			hi = mid
		default:
			return int64(mid), true
		}
	}
	return int64(lo), false
}

// offset returns where the entry of a name is; 0 if that is not said.
func (x *index) offset(name, width int64) int64 {
	var entry [8]byte
	offsets := namesAt + x.count*(width+4)
	if x.offsets != nil {
		copy(entry[:4], x.offsets[name*4:])
	} else if !x.read(entry[:4], offsets+name*4) {
		return 0
	}
	at := binary.BigEndian.Uint32(entry[:])
	if at&large == 0 {
		return int64(at)
	}
	if !x.read(entry[:], offsets+x.count*4+int64(at&^large)*8) {
		return 0
	}
	return int64(binary.BigEndian.Uint64(entry[:]))
}

// large marks an offset that is in the table of those of eight bytes.
const large = 1 << 31

// Locate returns where the objects are, each or the zero Place. The ids are
// sorted. What an index that is damaged does not tell is not found.
func (s *Store) Locate(ids []ID) []Place {
	places := make([]Place, len(ids))
	for n, p := range s.packs {
		p.locate(ids, s.width, func(i int, offset int64) {
			if places[i].offset == 0 && offset >= packHead && offset < p.end {
				places[i] = Place{offset, int32(n)}
			}
		})
	}
	return places
}

// locate goes through the names with the first bytes that are asked for.
func (x *index) locate(ids []ID, width int, found func(i int, offset int64)) {
	names := table{from: x.file, at: namesAt, width: width, count: x.count}
	name := int64(0)
	for i := 0; i < len(ids); {
		first := ids[i][0]
		if first > 0 {
			name = max(name, x.buckets[first-1])
		}
		if name >= x.buckets[first] { // no more that begin so
			i++
			continue
		}
		entry := names.entry(name)
		if entry == nil {
			return
		}
		switch bytes.Compare(entry, ids[i][:width]) {
		case -1:
			name++
		case 1:
			i++
		default:
			found(i, x.offset(name, int64(width)))
			i++
		}
	}
}

// tablePage is how much of a table is read at once.
const tablePage = 32 << 10

// A table is entries of one width in a file, which are asked for mostly in their
// order.
type table struct {
	from  io.ReaderAt
	at    int64
	width int
	count int64

	page  []byte
	first int64 // entry in page
}

// entry returns an entry, valid until the next; nil if there is none.
func (t *table) entry(n int64) []byte {
	if n < 0 || n >= t.count {
		return nil
	}
	if n < t.first || n >= t.first+int64(len(t.page)/t.width) {
		if t.page == nil {
			t.page = make([]byte, tablePage)
		}
		read, _ := t.from.ReadAt(t.page[:cap(t.page)], t.at+n*int64(t.width))
		t.page, t.first = t.page[:read], n
		if read < t.width {
			return nil
		}
	}
	from := int(n-t.first) * t.width
	return t.page[from : from+t.width]
}
