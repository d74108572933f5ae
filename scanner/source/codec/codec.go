// Package codec unpacks compressed streams within a bound of memory, with
// decoders that are used again and again, and ahead of who reads them.
package codec

import (
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xi2/xz"
)

// A Codec is how a stream is compressed, as its first bytes say.
type Codec uint8

// What is known. Plain stands for everything else.
const (
	Plain Codec = iota
	Gzip
	Zstd
	Bzip2
	XZ
)

// SniffLen is how many of the first bytes Sniff looks at, StartLen how many
// Memory does.
const (
	SniffLen = 10
	StartLen = 64
)

// Sniff tells the codec of what begins so, given SniffLen bytes where there
// are as many.
//
//	gzip   https://www.rfc-editor.org/rfc/rfc1952
//	zstd   https://www.rfc-editor.org/rfc/rfc8878, a skippable frame first or not
//	xz     https://tukaani.org/xz/xz-file-format.txt
//	bzip2  the mark of a block, or of the end of an empty stream
func Sniff(start []byte) Codec {
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b, 8}):
		return Gzip
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}),
		len(start) >= 4 && start[0]&0xf0 == 0x50 && bytes.HasPrefix(start[1:], []byte{0x2a, 0x4d, 0x18}):
		return Zstd
	case len(start) >= 10 && bytes.HasPrefix(start, []byte("BZh")) &&
		(bytes.Equal(start[4:10], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) || bytes.Equal(start[4:10], []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})):
		return Bzip2
	case bytes.HasPrefix(start, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return XZ
	}
	return Plain
}

// Small is the most memory of the decoders that may run side by side, in
// bytes: what all levels of zstd up to 19 and of xz up to 6 stay within.
const Small = 8 << 20

// Memory returns how much of its output the decoder of a stream that starts so
// has to keep, in bytes; 0 if that is little or cannot be told.
func (c Codec) Memory(start []byte) int64 {
	switch c {
	case Zstd:
		var h zstd.Header
		if h.Decode(start) != nil {
			return 0
		}
		if h.SingleSegment {
			return int64(min(h.FrameContentSize, 1<<62))
		}
		return int64(min(h.WindowSize, 1<<62))
	case XZ:
		return dictionary(start)
	}
	return 0
}

// dictionary returns the size of the dictionary that the first block of an xz
// stream asks for: 2 or 3 times a power of two.
func dictionary(start []byte) int64 {
	const streamHeader, lzma2 = 12, 0x21
	if len(start) < streamHeader+2 {
		return 0
	}
	size, flags, rest := int(start[streamHeader]), start[streamHeader+1], start[streamHeader+2:]
	if size == 0 { // an index follows: there is no block
		return 0
	}
	for _, sized := range []byte{0x40, 0x80} { // the sizes of the block, as numbers of 7 bits a byte
		for flags&sized != 0 && len(rest) > 0 {
			more := rest[0]&0x80 != 0
			if rest = rest[1:]; !more {
				break
			}
		}
	}
	for range flags&3 + 1 { // filters: id, size of the properties, properties
		if len(rest) < 3 || len(rest) < 2+int(rest[1]) {
			return 0
		}
		if rest[0] == lzma2 {
			bits := rest[2] & 63
			return int64(2|bits&1) << (bits/2 + 11)
		}
		rest = rest[2+int(rest[1]):]
	}
	return 0
}

// ErrMemory says that a stream cannot be unpacked with the memory it may have.
var ErrMemory = errors.New("too much memory needed to unpack it")

// Decoders keeps decoders for further use. It is safe for concurrent use.
type Decoders struct {
	max   int64
	pools [XZ + 1]sync.Pool // of decoders with up to Small bytes of memory
	large chan struct{}     // held by the one decoder that may have more
}

// NewDecoders returns decoders that keep up to max bytes of what they unpack.
func NewDecoders(max int64) *Decoders {
	return &Decoders{max: max, large: make(chan struct{}, 1)}
}

// Open returns what the stream r, which begins with start, holds, and what
// gives the decoder back, to be called after an error too. At most one decoder
// with more than Small bytes of memory is open at a time: Open waits for it, so
// who holds one must not open another. Every member of a stream is unpacked.
// Reading fails with ErrMemory, among others.
func (d *Decoders) Open(ctx context.Context, c Codec, start []byte, r io.Reader) (io.Reader, func(), error) {
	memory := c.Memory(start)
	switch {
	case c == Plain:
		return r, func() {}, nil
	case c == Bzip2:
		return bzip2.NewReader(r), func() {}, nil
	case memory > d.max:
		return nil, func() {}, fmt.Errorf("%w: %d bytes, and not the allowed %d", ErrMemory, memory, d.max)
	case memory > Small:
		return d.openLarge(ctx, c, r)
	}
	z, _ := d.pools[c].Get().(decoder)
	if z == nil {
		var err error
		if z, err = newDecoder(c, min(Small, d.max)); err != nil {
			return nil, func() {}, err
		}
	}
	return bounded{z}, func() { z.letGo(); d.pools[c].Put(z) }, z.Reset(r)
}

func (d *Decoders) openLarge(ctx context.Context, c Codec, r io.Reader) (io.Reader, func(), error) {
	select {
	case d.large <- struct{}{}:
	case <-ctx.Done():
		return nil, func() {}, ctx.Err()
	}
	z, err := newDecoder(c, d.max)
	if err != nil {
		return nil, func() { <-d.large }, err
	}
	return bounded{z}, func() { z.letGo(); <-d.large }, z.Reset(r)
}

// A decoder unpacks one stream after another.
type decoder interface {
	io.Reader
	Reset(r io.Reader) error
	letGo() // of the stream, and of goroutines
}

type (
	gzipDecoder struct{ *gzip.Reader }
	zstdDecoder struct{ *zstd.Decoder }
	xzDecoder   struct{ *xz.Reader }
)

func (gzipDecoder) letGo()   {}
func (z zstdDecoder) letGo() { _ = z.Reset(nil) } // never fails without a reader
func (xzDecoder) letGo()     {}

// newDecoder makes a decoder that needs little more than its memory: zstd with
// twice as much is a fifth faster at 8 MiB, and at 64 MiB five times, but what
// memory there is belongs to all streams.
func newDecoder(c Codec, memory int64) (decoder, error) {
	switch c {
	case Gzip:
		return gzipDecoder{new(gzip.Reader)}, nil
	case Zstd:
		z, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(uint64(max(memory, 1<<10))))
		return zstdDecoder{z}, err
	default:
		z, err := xz.NewReader(nil, uint32(max(memory, 1<<12)))
		return xzDecoder{z}, err
	}
}

// bounded says of a decoder that gave up at its memory that it was that.
type bounded struct{ decoder }

func (b bounded) Read(p []byte) (int, error) {
	n, err := b.decoder.Read(p)
	if errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, xz.ErrMemlimit) {
		err = fmt.Errorf("%w: %w", ErrMemory, err)
	}
	return n, err
}
