package image

import (
	"bufio"
	"io"
	"sync"
)

// bufferSize is that of the buffers on both sides of a decoder.
const bufferSize = 64 << 10

var buffers = sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferSize) }}

// buffered returns a buffer over r, and what gives it back.
func buffered(r io.Reader) (*bufio.Reader, func()) {
	b := buffers.Get().(*bufio.Reader)
	b.Reset(r)
	return b, func() {
		b.Reset(nil)
		buffers.Put(b)
	}
}
