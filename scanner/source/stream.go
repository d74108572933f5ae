// Package source holds what all sources share: Feed turns a file of any kind
// into chunks, cut so that nothing is missed or found twice, with text in
// UTF-16 decoded and the members of archives in their turn.
package source

import (
	"bytes"
	"context"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// chunkSize is the length of the buffers that streams are read into.
const chunkSize = 1<<20 + scanner.Overlap

var buffers = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// Stream reads r to its end and sends it to the sink as chunks of one stream,
// without looking into archives. What was read before an error is sent, and
// the error returned.
func Stream(ctx context.Context, sink scanner.Sink, o *scanner.Origin, blob scanner.BlobID, r io.Reader) error {
	buffer := buffers.Get().(*[chunkSize]byte)
	defer buffers.Put(buffer)
	c := cutter{sink: sink, buf: buffer[:], chunk: scanner.Chunk{Origin: o, Blob: blob, Line: 1, Column: 1}}
	return c.run(ctx, r)
}

// A cutter holds one stream's buffer and the position of its first byte.
type cutter struct {
	sink  scanner.Sink
	buf   []byte
	n     int // bytes of buf that are filled
	chunk scanner.Chunk
	began bool
}

func (c *cutter) run(ctx context.Context, r io.Reader) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		err := c.fill(r)
		if !c.began {
			c.began = true
			if encoding, mark := sniffUTF16(c.buf[:c.n]); encoding != scanner.Bytes {
				c.chunk.Encoding, c.chunk.Offset = encoding, int64(mark)
				rest := bytes.NewReader(bytes.Clone(c.buf[mark:c.n]))
				c.n = 0
				if err == nil {
					r = newDecoder(io.MultiReader(rest, r), encoding)
					continue
				}
				r = newDecoder(io.MultiReader(rest, failing{err}), encoding)
				continue
			}
			c.chunk.Binary = isBinary(c.buf[:c.n])
		}
		c.send(err != nil)
		switch err {
		case nil:
		case io.EOF:
			return nil
		default:
			return err
		}
	}
}

// fill reads until the buffer is full or the stream ends; its error is nil
// only if the buffer is full.
func (c *cutter) fill(r io.Reader) error {
	for stalls := 0; c.n < len(c.buf); {
		n, err := r.Read(c.buf[c.n:])
		c.n += n
		if err != nil {
			return err
		}
		if n > 0 {
			stalls = 0
		} else if stalls++; stalls > 100 {
			return io.ErrNoProgress
		}
	}
	return nil
}

// send hands out what the buffer holds and keeps its tail for the next chunk.
func (c *cutter) send(last bool) {
	end := c.n
	if !last {
		end = runeStart(c.buf[:c.n])
	}
	c.chunk.Data, c.chunk.Last = c.buf[:end], last
	c.sink.Chunk(c.chunk)
	if last {
		return
	}
	keep := runeStart(c.buf[:max(0, end-scanner.Overlap)])
	c.advance(c.buf[:keep])
	c.chunk.Overlap = end - keep
	c.n = copy(c.buf, c.buf[keep:c.n])
}

// advance moves the chunk's position past data.
func (c *cutter) advance(data []byte) {
	c.chunk.Offset += scanner.StoredLen(data, c.chunk.Encoding)
	if nl := bytes.LastIndexByte(data, '\n'); nl >= 0 {
		c.chunk.Line += bytes.Count(data, []byte{'\n'})
		c.chunk.Column = 1
		data = data[nl+1:]
	}
	c.chunk.Column += utf8.RuneCount(data)
}

// runeStart returns the greatest length at most len(data) at which data can be
// cut without parting a code point; data that is no UTF-8 is cut anywhere.
func runeStart(data []byte) int {
	for i := 1; i <= utf8.UTFMax && i <= len(data); i++ {
		b := data[len(data)-i]
		if utf8.RuneStart(b) {
			if b >= utf8.RuneSelf && !utf8.FullRune(data[len(data)-i:]) {
				return len(data) - i
			}
			break
		}
	}
	return len(data)
}

// failing is a reader that ends with an error.
type failing struct{ err error }

func (f failing) Read([]byte) (int, error) { return 0, f.err }
