package pack

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
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
}

func openIndex(name string, width int) (index, error) {
	file, size, err := regular(name)
	if err != nil {
		return index{}, err
	}
	x := index{file: file}
	if err := x.read(size, int64(width)); err != nil {
		_ = file.Close()
		return index{}, fmt.Errorf("%s: %w", name, err)
	}
	return x, nil
}

// read reads what comes before the names.
func (x *index) read(size, width int64) error {
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
	offsets := table{from: x.file, at: namesAt + x.count*int64(width+4), width: 4, count: x.count}
	large := table{from: x.file, at: offsets.at + x.count*4, width: 8, count: x.count}
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
			found(i, offset(&offsets, &large, name))
			i++
		}
	}
}

// offset returns where the entry of a name is; 0 if that is not said.
func offset(offsets, large *table, name int64) int64 {
	entry := offsets.entry(name)
	if entry == nil {
		return 0
	}
	at := binary.BigEndian.Uint32(entry)
	if at&(1<<31) == 0 {
		return int64(at)
	}
	if entry = large.entry(int64(at &^ (1 << 31))); entry == nil {
		return 0
	}
	return int64(binary.BigEndian.Uint64(entry))
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
