package source

import (
	"compress/bzip2"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/xi2/xz"

	"github.com/sluice-sec/sluice/scanner"
)

// maxWindow bounds the memory of a zstd decoder: levels up to 20 need no more.
const maxWindow = 32 << 20

// maxDictionary bounds that of an xz decoder: all levels need no more.
const maxDictionary = 64 << 20

var (
	gzipDecoders  = sync.Pool{New: func() any { return new(gzip.Reader) }}
	flateDecoders = sync.Pool{New: func() any { return flate.NewReader(nil) }}
	zstdDecoders  = sync.Pool{New: func() any {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
		if err != nil {
			panic(err) // the options are constants
		}
		return d
	}}
)

// decode returns a reader of what r, in the format, is compressed of, and what
// to call when it was read.
func decode(f format, r io.Reader) (io.Reader, func(), error) {
	switch f {
	case gzipFormat:
		d := gzipDecoders.Get().(*gzip.Reader)
		return d, func() { gzipDecoders.Put(d) }, d.Reset(r)
	case zstdFormat:
		d := zstdDecoders.Get().(*zstd.Decoder)
		release := func() {
			_ = d.Reset(nil) // lets go of r; never fails without a reader
			zstdDecoders.Put(d)
		}
		return d, release, d.Reset(r)
	case xzFormat:
		d, err := xz.NewReader(r, maxDictionary)
		return d, func() {}, err
	default:
		return bzip2.NewReader(r), func() {}, nil
	}
}

// decodeMember is decode for the compression methods of zip.
func decodeMember(method uint16, r io.Reader) (io.Reader, func(), error) {
	switch method {
	case 0:
		return r, func() {}, nil
	case 8:
		d := flateDecoders.Get().(io.ReadCloser)
		return d, func() { flateDecoders.Put(d) }, d.(flate.Resetter).Reset(r, nil)
	case 12:
		return decode(bzip2Format, r)
	case 93:
		return decode(zstdFormat, r)
	}
	return nil, nil, errMethod
}

var errMethod = errors.New("unknown compression method")

// tooMuch reports whether a decoder gave up at a limit of ours.
func tooMuch(err error) bool {
	return errors.Is(err, zstd.ErrWindowSizeExceeded) || errors.Is(err, zstd.ErrDecoderSizeExceeded) || errors.Is(err, xz.ErrMemlimit)
}

// inflate sends what a compressed stream holds: the members of a tar as
// members of the stream itself, anything else as its one member.
func (u *unpacker) inflate(ctx context.Context, o *scanner.Origin, f format, r io.Reader, depth int) error {
	t := newTape(ctx, r)
	d, release, err := decode(f, t)
	defer release()
	if err == nil {
		err = u.inflated(ctx, o, &meter{u: u, o: o, r: d}, depth)
	}
	if err == nil {
		return nil
	}
	if limit := maxWindow; tooMuch(err) {
		if f == xzFormat {
			limit = maxDictionary
		}
		err = fmt.Errorf("more than %d bytes of memory are needed to unpack it: %w", limit, err)
	}
	return u.salvage(ctx, o, t, 0, err)
}

func (u *unpacker) inflated(ctx context.Context, o *scanner.Origin, r io.Reader, depth int) error {
	c := newCutter(u.sink)
	start := c.peek(ctx, r)
	if len(start) == 0 && c.err != io.EOF {
		c.release()
		return c.err
	}
	self := within(o, unpackedName(o))
	switch sniffFormat(start) {
	case tarFormat:
		return u.tar(ctx, o, self, c.rest(r), depth)
	case cpioFormat:
		return u.cpio(ctx, o, self, c.rest(r), depth)
	}
	if err := u.member(o); err != nil {
		c.release()
		return err
	}
	return u.peeked(ctx, self, c, r, depth)
}

// unpackedName is the name of a compressed file without the suffix that says so.
func unpackedName(o *scanner.Origin) string {
	name := path.Base(o.FullPath())
	switch ext := path.Ext(name); strings.ToLower(ext) {
	case ".gz", ".zst", ".zstd", ".bz2", ".xz":
		return strings.TrimSuffix(name, ext)
	case ".tgz", ".tzst", ".tbz2", ".txz":
		return strings.TrimSuffix(name, ext) + ".tar"
	}
	return name
}
