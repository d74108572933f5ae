package pack

import "slices"

// A page is a part of a pack that is read at once. Objects that are asked for one
// after another mostly lie close together, and take a few hundred bytes.
const (
	pageSize  = 8 << 10
	pageCount = 128
)

// pages are those that were read last, each in the one place where it can be. They
// are for one goroutine.
type pages struct {
	store *Store
	bytes []byte // of all pages; nil until the first
	known [pageCount]page
	apart []byte // what does not lie in one page
}

// A page is which one it is, and how much of it there was to be read.
type page struct {
	pack   int32
	size   int32
	number int64 // 1 more than that, 0 for none
}

// read returns what is in a pack from an offset on: n bytes, or fewer where the
// entries end there or cannot be read. It is valid until the next call.
func (p *pages) read(pack int32, offset int64, n int) []byte {
	file := p.store.packs[pack]
	n = int(min(int64(n), file.end-offset))
	if n <= 0 {
		return nil
	}
	in := int(offset % pageSize)
	if n > 2*pageSize {
		return p.direct(file, offset, n)
	}
	first := p.page(pack, offset/pageSize)
	first = first[min(in, len(first)):]
	if n <= len(first) || in+len(first) < pageSize {
		return first[:min(n, len(first))]
	}
	p.apart = append(p.apart[:0], first...)
	for len(p.apart) < n {
		next := p.page(pack, (offset+int64(len(p.apart)))/pageSize)
		p.apart = append(p.apart, next...)
		if len(next) < pageSize {
			break
		}
	}
	return p.apart[:min(n, len(p.apart))]
}

// page returns what there is of a page.
func (p *pages) page(pack int32, number int64) []byte {
	if p.bytes == nil {
		p.bytes = make([]byte, pageCount*pageSize)
	}
	slot := number % pageCount
	data, known := p.bytes[slot*pageSize:][:pageSize], &p.known[slot]
	if known.number != number+1 || known.pack != pack {
		n, _ := p.store.packs[pack].file.ReadAt(data, number*pageSize)
		*known = page{pack, int32(n), number + 1}
	}
	return data[:known.size]
}

// direct reads what is more than pages are for.
func (p *pages) direct(file *packFile, offset int64, n int) []byte {
	if cap(p.apart) < n {
		p.apart = slices.Grow(p.apart[:0], n+n/4)
	}
	read, _ := file.file.ReadAt(p.apart[:n], offset)
	return p.apart[:read]
}
