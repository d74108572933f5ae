package image

import (
	"bufio"
	"bytes"
	"compress/bzip2"
	"context"
	"errors"
	"io"
	"sync"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// A codec is how a blob is compressed, as its first bytes say. Media types are
// not asked: they are often wrong, and archives have none.
type codec uint8

const (
	plainCodec codec = iota
	gzipCodec
	zstdCodec
	bzip2Codec
	xzCodec
)

// smallWindow is the most that zstd decoders use which run side by side. All
// levels up to 19 stay within it.
const smallWindow = 8 << 20

// sniffCodec tells the codec of what begins so, given at least 10 bytes where
// there are as many.
func sniffCodec(start []byte) codec {
	switch {
	case bytes.HasPrefix(start, []byte{0x1f, 0x8b, 8}):
		return gzipCodec
	case bytes.HasPrefix(start, []byte{0x28, 0xb5, 0x2f, 0xfd}),
		len(start) >= 4 && start[0]&0xf0 == 0x50 && bytes.HasPrefix(start[1:], []byte{0x2a, 0x4d, 0x18}):
		return zstdCodec
	case len(start) >= 10 && bytes.HasPrefix(start, []byte("BZh")) &&
		(bytes.Equal(start[4:10], []byte{0x31, 0x41, 0x59, 0x26, 0x53, 0x59}) || bytes.Equal(start[4:10], []byte{0x17, 0x72, 0x45, 0x38, 0x50, 0x90})):
		return bzip2Codec
	case bytes.HasPrefix(start, []byte{0xfd, '7', 'z', 'X', 'Z', 0}):
		return xzCodec
	}
	return plainCodec
}

// bufferSize is that of the buffers on both sides of a decoder.
const bufferSize = 64 << 10

// decoders keeps decoders for further use. It is safe for concurrent use.
type decoders struct {
	buffers   sync.Pool
	gzip      sync.Pool
	zstd      sync.Pool // with windows up to smallWindow
	maxWindow uint64
	large     chan struct{} // held by the one decoder with a larger window
}

func newDecoders(maxWindow int64) *decoders {
	return &decoders{
		buffers:   sync.Pool{New: func() any { return bufio.NewReaderSize(nil, bufferSize) }},
		gzip:      sync.Pool{New: func() any { return new(gzip.Reader) }},
		maxWindow: uint64(max(maxWindow, 1<<10)),
		large:     make(chan struct{}, 1),
	}
}

// buffered returns a buffer over r, and what gives it back.
func (d *decoders) buffered(r io.Reader) (*bufio.Reader, func()) {
	b := d.buffers.Get().(*bufio.Reader)
	b.Reset(r)
	return b, func() {
		b.Reset(nil)
		d.buffers.Put(b)
	}
}

// unpack returns the content of a compressed stream, and what gives the
// decoder back, to be called after an error too. Every member of the stream is
// read, and what is behind the last is an error, so that nothing is hidden
// there.
func (d *decoders) unpack(ctx context.Context, c codec, r *bufio.Reader) (io.Reader, func(), error) {
	switch c {
	case gzipCodec:
		z := d.gzip.Get().(*gzip.Reader)
		return z, func() { d.gzip.Put(z) }, z.Reset(r)
	case zstdCodec:
		return d.unpackZstd(ctx, r)
	case bzip2Codec:
		return bzip2.NewReader(r), func() {}, nil
	case xzCodec:
		return nil, func() {}, errors.New("compressed with xz, which is not read")
	}
	return r, func() {}, nil
}

func (d *decoders) unpackZstd(ctx context.Context, r *bufio.Reader) (io.Reader, func(), error) {
	var header zstd.Header
	start, _ := r.Peek(zstd.HeaderMaxSize)
	if err := header.Decode(start); err == nil && windowOf(&header) > smallWindow {
		return d.unpackLarge(ctx, r)
	}
	z, _ := d.zstd.Get().(*zstd.Decoder)
	if z == nil {
		var err error
		if z, err = newZstd(min(smallWindow, d.maxWindow)); err != nil {
			return nil, func() {}, err
		}
	}
	release := func() {
		_ = z.Reset(nil)
		d.zstd.Put(z)
	}
	return z, release, z.Reset(r)
}

// windowOf returns how much of its output a frame's decoder has to keep.
func windowOf(h *zstd.Header) uint64 {
	if h.SingleSegment {
		return h.FrameContentSize
	}
	return h.WindowSize
}

// unpackLarge waits until no other decoder with a large window is at work.
func (d *decoders) unpackLarge(ctx context.Context, r io.Reader) (io.Reader, func(), error) {
	select {
	case d.large <- struct{}{}:
	case <-ctx.Done():
		return nil, func() {}, ctx.Err()
	}
	z, err := newZstd(d.maxWindow)
	if err != nil {
		return nil, func() { <-d.large }, err
	}
	return z, func() { z.Close(); <-d.large }, z.Reset(r)
}

// newZstd makes a decoder that needs little more than the window: with twice
// as much it is a fifth faster at 8 MiB, and at 64 MiB five times, but what
// memory there is belongs to all layers.
func newZstd(window uint64) (*zstd.Decoder, error) {
	return zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(window))
}
