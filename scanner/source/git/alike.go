package git

import (
	"bytes"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// What is kept of the versions of files that were read last. A history is
// mostly the same text again and again, changed in one place.
const (
	mostAlike      = 1 << 20  // bytes of one version
	mostRemembered = 16 << 20 // bytes of all
)

// A memory holds for each path the version that was scanned last, if nothing
// was found in it. It is for one goroutine.
type memory struct {
	last  map[string][]byte
	bytes int
	free  []byte // to read the next into
}

// take reads a blob. It is valid until the next call, unless it is kept.
func (m *memory) take(r io.Reader, size int64) ([]byte, error) {
	if int64(cap(m.free)) < size {
		m.free = make([]byte, size, size+size/4)
	}
	data := m.free[:size]
	_, err := io.ReadFull(r, data)
	return data, unexpected(err)
}

// like compares a blob with the last one at its path.
func (m *memory) like(path string, data []byte) *scanner.Likeness {
	last := m.last[path]
	if last == nil {
		return &scanner.Likeness{}
	}
	head := common(last, data)
	most := min(len(last), len(data)) - head
	return &scanner.Likeness{Head: head, Tail: commonEnd(last, data, most)}
}

// keep remembers a blob for the next at its path, if nothing was found in it.
func (m *memory) keep(path string, data []byte, found bool) {
	last, had := m.last[path]
	switch {
	case found:
		delete(m.last, path)
		m.bytes -= cap(last)
		return
	case m.last == nil:
		m.last = map[string][]byte{}
	}
	m.last[path], m.free = data, nil
	m.bytes += cap(data)
	if had {
		m.bytes -= cap(last)
		m.free = last
	}
	for other, text := range m.last {
		if m.bytes <= mostRemembered {
			break
		}
		if other != path { // any one: what is asked again and again is soon back
			delete(m.last, other)
			m.bytes -= cap(text)
			m.free = text
		}
	}
}

// stride is how many bytes are compared at once.
const stride = 256

// common returns how many bytes a and b begin with alike.
func common(a, b []byte) int {
	n, most := 0, min(len(a), len(b))
	for n+stride <= most && bytes.Equal(a[n:n+stride], b[n:n+stride]) {
		n += stride
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// commonEnd returns how many bytes a and b end with alike, at most so many.
func commonEnd(a, b []byte, most int) int {
	n := 0
	for n+stride <= most && bytes.Equal(a[len(a)-n-stride:len(a)-n], b[len(b)-n-stride:len(b)-n]) {
		n += stride
	}
	for n < most && a[len(a)-n-1] == b[len(b)-n-1] {
		n++
	}
	return n
}
