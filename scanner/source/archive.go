package source

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// format is how a stream packs others, told by its first bytes.
type format uint8

const (
	plain format = iota
	zipFormat
	tarFormat
	compressedFormat // as codec.Sniff says
	debFormat
	rpmFormat
	cpioFormat
	unreadFormat // known, but nothing reads it here
)

func sniffFormat(start []byte) format {
	switch {
	case bytes.HasPrefix(start, []byte("PK\x03\x04")):
		return zipFormat
	case codec.Sniff(start) != codec.Plain:
		return compressedFormat
	case bytes.HasPrefix(start, []byte("!<arch>\ndebian")):
		return debFormat
	case bytes.HasPrefix(start, []byte("\xed\xab\xee\xdb")):
		return rpmFormat
	case bytes.HasPrefix(start, []byte("070701")), bytes.HasPrefix(start, []byte("070702")):
		return cpioFormat
	case unreadName(start) != "":
		return unreadFormat
	case len(start) >= 262 && string(start[257:262]) == "ustar":
		return tarFormat
	}
	return plain
}

// unreadName names the format of an archive that is not unpacked: no library
// reads it within bounds of memory.
func unreadName(start []byte) string {
	switch {
	case bytes.HasPrefix(start, []byte("7z\xbc\xaf\x27\x1c")):
		return "7z"
	case bytes.HasPrefix(start, []byte("Rar!\x1a\x07")):
		return "rar"
	}
	return ""
}

// errSpent ends the work on an archive of which a limit was reached; the sink
// was told.
var errSpent = errors.New("a limit of the archive was reached")

// An unpacker sends one file and all that is packed in it. It holds what is
// left of the file's limits.
type unpacker struct {
	sink         scanner.Sink
	temp         string
	limits       Limits
	members      int
	bytes, spool int64
	end          time.Time // zero until an archive is met
	spent        bool
	large        bool // it holds the decoder with much memory
	metered      int  // meters that are being read
}

// file sends what r holds, depth archives down. Its error is r's own, the
// context's or errSpent.
func (u *unpacker) file(ctx context.Context, o *scanner.Origin, r io.Reader, depth int) error {
	c := newCutter(u.sink)
	c.peek(ctx, r)
	return u.peeked(ctx, o, c, r, depth)
}

// peeked is file for a stream whose start is in c, which it releases.
func (u *unpacker) peeked(ctx context.Context, o *scanner.Origin, c *cutter, r io.Reader, depth int) error {
	f := sniffFormat(c.buf[:c.n])
	if f != plain && u.end.IsZero() {
		u.end = time.Now().Add(u.limits.Time)
	}
	if f != plain && depth == u.limits.Depth {
		if depth == 0 {
			u.sink.Skip(o, scanner.SkipPacked)
		} else {
			u.sink.Problem(o, fmt.Errorf("an archive within %d others is not unpacked", depth))
		}
		f = plain
	}
	switch f {
	case plain:
		if launches(c.buf[:c.n]) {
			return u.launcher(ctx, o, c, r, depth)
		}
		return u.plain(ctx, o, c, r)
	case unreadFormat:
		u.sink.Problem(o, fmt.Errorf("%s archives are not unpacked: scanned as the bytes it is", unreadName(c.buf[:c.n])))
		return u.plain(ctx, o, c, r)
	case debFormat:
		return u.deb(ctx, o, c.rest(r), depth+1)
	case rpmFormat:
		return u.rpm(ctx, o, c.rest(r), depth+1)
	case cpioFormat:
		return u.cpio(ctx, o, o, c.rest(r), depth+1)
	case zipFormat:
		return u.zip(ctx, o, c, r, depth+1)
	case tarFormat:
		return u.tar(ctx, o, o, c.rest(r), depth+1)
	default: // compressedFormat
		return u.inflate(ctx, o, c, r, depth+1)
	}
}

// plain sends the stream that c began as the bytes it is.
func (u *unpacker) plain(ctx context.Context, o *scanner.Origin, c *cutter, r io.Reader) error {
	defer c.release()
	c.chunk.Origin = o
	if manifestName(o) && c.at == streamStart {
		return u.manifest(ctx, c, r)
	}
	return c.run(ctx, r)
}

// salvage takes the error that ended the reading of a damaged archive. It sends
// what follows the mark as the bytes it is, as far back as the tape has it,
// unless the archive is not to blame: then it returns who is.
func (u *unpacker) salvage(ctx context.Context, o *scanner.Origin, t *tape, mark int64, err error) error {
	if err := u.blame(ctx, t.err); err != nil {
		return err
	}
	at, r := t.since(mark)
	switch {
	case errors.Is(err, codec.ErrMemory):
		u.sink.Problem(o, err)
	case at.offset > mark:
		u.sink.Problem(o, fmt.Errorf("%w: %d bytes are not scanned", err, at.offset-mark))
	default:
		u.sink.Skip(o, scanner.SkipArchive)
	}
	c := newCutter(u.sink)
	c.startAt(at)
	if len(c.peek(ctx, r)) == 0 && c.err == io.EOF {
		c.release()
		return nil
	}
	return u.plain(ctx, o, c, r)
}

// blame returns why the reading of an archive ended, given the error of the
// reader it came from; nil means that the archive itself is damaged.
func (u *unpacker) blame(ctx context.Context, own error) error {
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case u.spent:
		return errSpent
	}
	return own
}

// member counts a member of the archive at o against the limits.
func (u *unpacker) member(o *scanner.Origin) error {
	if u.members == 0 {
		return u.spend(o, "the archive holds more than %d members: the rest is not scanned", u.limits.Members)
	}
	u.members--
	return u.inTime(o)
}

// inTime fails once the file took longer than it may.
func (u *unpacker) inTime(o *scanner.Origin) error {
	if !u.end.IsZero() && time.Now().After(u.end) {
		return u.spend(o, "the archive takes longer than %v to unpack: the rest is not scanned", u.limits.Time)
	}
	return nil
}

func (u *unpacker) spend(o *scanner.Origin, format string, limit any) error {
	if !u.spent {
		u.spent = true
		u.sink.Problem(o, fmt.Errorf(format, limit))
	}
	return errSpent
}

// maxName bounds the name of a member in bytes: reports keep it.
const maxName = 1 << 10

// within returns the origin of the archive's member of that name, which came
// from outside: it is made a plain relative path.
func within(o *scanner.Origin, name string) *scanner.Origin {
	name = strings.ToValidUTF8(name, "\uFFFD")
	name = path.Clean("/" + name)[1:]
	if len(name) > maxName {
		name = name[:runeStart([]byte(name[:maxName]))] + "..."
	}
	if name == "" {
		name = "unnamed"
	}
	m := *o
	m.Member = name
	if o.Member != "" {
		m.Member = o.Member + "!/" + name
	}
	return &m
}
