package source

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"sync"

	"github.com/klauspost/compress/flate"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// maxMemory bounds what a decoder keeps of what it unpacks: all levels of zstd
// up to 20 and of xz need no more.
const maxMemory = 64 << 20

var (
	decoders      = codec.NewDecoders(maxMemory)
	flateDecoders = sync.Pool{New: func() any { return flate.NewReader(nil) }}
)

// decode returns a reader of what r, which begins with start, is compressed
// of, and what to call when it was read. One decoder with much memory is all
// that a file may have at a time.
func (u *unpacker) decode(ctx context.Context, c codec.Codec, start []byte, r io.Reader) (io.Reader, func(), error) {
	if c.Memory(start) <= codec.Small {
		return decoders.Open(ctx, c, start, r)
	}
	if u.large {
		return nil, func() {}, fmt.Errorf("%w: %d bytes, within an archive that needs as much", codec.ErrMemory, c.Memory(start))
	}
	u.large = true
	d, release, err := decoders.Open(ctx, c, start, r)
	return d, func() { release(); u.large = false }, err
}

// decodeMember is decode for the compression methods of zip.
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT, 4.4.5
func (u *unpacker) decodeMember(ctx context.Context, method uint16, r io.Reader) (io.Reader, func(), error) {
	c, ok := map[uint16]codec.Codec{0: codec.Plain, 12: codec.Bzip2, 93: codec.Zstd, 95: codec.XZ}[method]
	switch {
	case method == 8:
		d := flateDecoders.Get().(io.ReadCloser)
		return d, func() { flateDecoders.Put(d) }, d.(flate.Resetter).Reset(r, nil)
	case !ok:
		return nil, nil, errMethod
	}
	packed := bufio.NewReader(r)
	start, _ := packed.Peek(codec.StartLen)
	return u.decode(ctx, c, start, packed)
}

var errMethod = errors.New("unknown compression method")

// inflate sends what a compressed stream holds, whose start is in c, which it
// releases: the members of a tar as members of the stream itself, anything
// else as its one member.
func (u *unpacker) inflate(ctx context.Context, o *scanner.Origin, c *cutter, r io.Reader, depth int) error {
	start := bytes.Clone(c.buf[:min(c.n, codec.StartLen)])
	t := newTape(ctx, c.rest(r))
	d, release, err := u.decode(ctx, codec.Sniff(start), start, t)
	defer release()
	if err == nil {
		err = u.ahead(ctx, o, d, depth)
	}
	if err == nil {
		return nil
	}
	return u.salvage(ctx, o, t, t.at.offset, err)
}

// ahead is inflated with the decoder on a goroutine of its own, unless what it
// reads is metered: then it would count while the unpacker does.
func (u *unpacker) ahead(ctx context.Context, o *scanner.Origin, d io.Reader, depth int) error {
	if u.metered == 0 {
		ahead := codec.ReadAhead(d)
		defer ahead.Close()
		d = ahead
	}
	m := u.meter(o, d)
	defer m.release()
	return u.inflated(ctx, o, m, depth)
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
