// Package source holds what all sources share: Feed turns a file of any kind
// into chunks, cut so that nothing is missed or found twice, with text in
// UTF-16 decoded and the members of archives in their turn.
package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"sync"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// chunkSize is the length of the buffers that streams are read into.
const chunkSize = 1<<20 + scanner.Overlap

var buffers = sync.Pool{New: func() any { return new([chunkSize]byte) }}

// Stream reads r to its end and sends it to the sink as chunks of one stream,
// without looking into archives. What was read before an error is sent, its
// last chunk without the blob's id, as the blob was not read whole; then the
// error is returned. Once ctx is done nothing more is sent.
func Stream(ctx context.Context, sink scanner.Sink, o *scanner.Origin, blob scanner.BlobID, r io.Reader) error {
	c := newCutter(sink)
	defer c.release()
	c.chunk.Origin, c.chunk.Blob = o, blob
	return c.run(ctx, r)
}

// A position is where a byte stands in a stream.
type position struct {
	offset       int64 // in bytes as stored
	line, column int   // from 1, columns in code points
}

var streamStart = position{line: 1, column: 1}

// advance moves the position past data, decoded from e.
func (p *position) advance(data []byte, e scanner.Encoding) {
	p.offset += scanner.StoredLen(data, e)
	if scanner.Hollow(data) {
		p.column += len(data)
		return
	}
	if lines := bytes.Count(data, []byte{'\n'}); lines > 0 {
		p.line += lines
		p.column = 1
		data = data[bytes.LastIndexByte(data, '\n')+1:]
	}
	p.column += codePoints(data)
}

// codePoints is utf8.RuneCount, which looks at each byte of what is ASCII; a
// line can be as long as a file.
func codePoints(data []byte) int {
	n := 0
	for len(data) > 0 {
		ascii := asciiPrefix(data)
		n, data = n+ascii, data[ascii:]
		other := 0 // up to the next word that is ASCII, where a code point ends at the latest
		for len(data)-other >= 8 && binary.LittleEndian.Uint64(data[other:])&notASCII != 0 {
			other += 8
		}
		if len(data)-other < 8 {
			return n + utf8.RuneCount(data)
		}
		n, data = n+utf8.RuneCount(data[:other]), data[other:]
	}
	return n
}

const notASCII = 0x8080808080808080

// asciiPrefix returns how many bytes data certainly begins with that are ASCII:
// whole words of eight.
func asciiPrefix(data []byte) int {
	n := 0
	for ; len(data)-n >= 32; n += 32 {
		w := data[n : n+32]
		if (binary.LittleEndian.Uint64(w)|binary.LittleEndian.Uint64(w[8:])|binary.LittleEndian.Uint64(w[16:])|binary.LittleEndian.Uint64(w[24:]))&notASCII != 0 {
			break
		}
	}
	for len(data)-n >= 8 && binary.LittleEndian.Uint64(data[n:])&notASCII == 0 {
		n += 8
	}
	return n
}

// A cutter cuts one stream into chunks that overlap.
type cutter struct {
	sink    scanner.Sink
	pooled  *[chunkSize]byte
	buf     []byte // longer than overlap and a code point
	overlap int
	n       int      // bytes of buf that are filled
	at      position // of buf[0]
	err     error    // what ended the stream
	chunk   scanner.Chunk
	ended   func(tail []byte) // called with the last bytes, if it is set
}

// newCutter returns a cutter with a buffer of the pool; release gives it back.
func newCutter(sink scanner.Sink) *cutter {
	pooled := buffers.Get().(*[chunkSize]byte)
	return &cutter{sink: sink, pooled: pooled, buf: pooled[:], overlap: scanner.Overlap, at: streamStart}
}

func (c *cutter) release() {
	buffers.Put(c.pooled)
	c.pooled, c.buf = nil, nil
}

// startAt makes the stream one that begins in the middle of its origin.
func (c *cutter) startAt(p position) { c.at, c.chunk.Pos = p, p.offset }

// peek reads and returns the start of the stream, enough to tell what it is.
// The bytes stay the first that run sends.
func (c *cutter) peek(ctx context.Context, r io.Reader) []byte {
	least := min(sniffed, len(c.buf))
	if _, again := r.(io.Seeker); again { // more costs nothing: what needs the start once more goes back to it
		c.fill(ctx, r, least, len(c.buf))
	} else {
		c.fill(ctx, r, least, least)
	}
	return c.buf[:c.n]
}

// run sends what was peeked and the rest of r.
func (c *cutter) run(ctx context.Context, r io.Reader) error {
	r = c.begin(ctx, r)
	for {
		c.fill(ctx, r, len(c.buf), len(c.buf))
		if err := ctx.Err(); err != nil {
			return err
		}
		c.send()
		switch c.err {
		case nil:
		case io.EOF:
			return nil
		default:
			return c.err
		}
	}
}

// begin looks at the start of the stream, drops its byte order mark and
// returns the reader of what run has still to read: text.
func (c *cutter) begin(ctx context.Context, r io.Reader) io.Reader {
	start := c.peek(ctx, r)
	encoding, mark := sniffEncoding(start)
	c.at.offset += int64(mark)
	if encoding == scanner.Bytes {
		c.buf, c.n = c.buf[mark:], c.n-mark
		c.chunk.Binary = isBinary(c.buf[:c.n])
		return r
	}
	if c.err != nil {
		r = failing{c.err}
	}
	c.chunk.Encoding = encoding
	head := bytes.NewReader(bytes.Clone(start[mark:]))
	c.n, c.err = 0, nil
	return newDecoder(io.MultiReader(head, r), encoding)
}

// rest returns a reader of all that was peeked and what comes after it, and
// releases the cutter.
func (c *cutter) rest(r io.Reader) io.Reader {
	if s, ok := r.(io.Seeker); ok && (c.err == nil || c.err == io.EOF) {
		if _, err := s.Seek(-int64(c.n), io.SeekCurrent); err == nil {
			c.release()
			return r
		}
	}
	if c.err != nil {
		r = failing{c.err}
	}
	head := bytes.NewReader(bytes.Clone(c.buf[:c.n]))
	c.release()
	return io.MultiReader(head, r)
}

// fill reads until least bytes of the buffer are filled, and at most the given
// number, or the stream ends.
func (c *cutter) fill(ctx context.Context, r io.Reader, least, most int) {
	for stalls := 0; c.n < least && c.err == nil; {
		if c.err = ctx.Err(); c.err != nil {
			return
		}
		var k int
		k, c.err = r.Read(c.buf[c.n:most])
		c.n += k
		if k > 0 {
			stalls = 0
		} else if stalls++; stalls > 100 && c.err == nil {
			c.err = io.ErrNoProgress
		}
	}
}

// send hands out what the buffer holds and keeps its tail for the next chunk.
func (c *cutter) send() {
	last := c.err != nil
	end := c.n
	if !last {
		end = runeStart(c.buf[:c.n])
	} else if c.err != io.EOF {
		c.chunk.Blob = ""
	}
	c.chunk.Data, c.chunk.Last = c.buf[:end], last
	c.chunk.Offset, c.chunk.Line, c.chunk.Column = c.at.offset, c.at.line, c.at.column
	c.sink.Chunk(c.chunk)
	if last {
		if c.ended != nil {
			c.ended(c.buf[:c.n])
		}
		return
	}
	keep := runeStart(c.buf[:max(0, end-c.overlap)])
	c.at.advance(c.buf[:keep], c.chunk.Encoding)
	c.chunk.Pos += int64(keep)
	c.chunk.Overlap = end - keep
	c.n = copy(c.buf, c.buf[keep:c.n])
}

// runeStart returns the greatest length at most len(data) at which data can be
// cut without parting a code point; data that is no UTF-8 is cut anywhere.
func runeStart(data []byte) int {
	for i := 1; i <= utf8.UTFMax && i <= len(data); i++ {
		tail := data[len(data)-i:]
		if utf8.RuneStart(tail[0]) {
			if !utf8.FullRune(tail) {
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
