package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// launches reports whether a stream that starts so may have a zip archive at
// its end: a script or an executable that starts what is in it.
func launches(start []byte) bool { return bytes.HasPrefix(start, []byte("#!")) || executable(start) }

func executable(start []byte) bool {
	for _, magic := range []string{"\x7fELF", "MZ", "\xcf\xfa\xed\xfe", "\xca\xfe\xba\xbe"} {
		if bytes.HasPrefix(start, []byte(magic)) {
			return true
		}
	}
	return false
}

// launcher sends a stream that launches reports, with the members of an archive
// at its end. A script is held for that, an executable looked at where it can
// be read in place: in a stream there are too many of them, and few that have
// one, which is a problem. Most have none, and go on from where they were looked
// at.
func (u *unpacker) launcher(ctx context.Context, o *scanner.Origin, c *cutter, r io.Reader, depth int) error {
	may := c.err != io.EOF || bytes.Contains(c.buf[:c.n], []byte(zipEndSig)) // else all of it is at hand, and has no archive
	if may && depth < u.limits.Depth {
		if s, ok := inPlace(r, c.n); ok {
			if _, err := openZip(s, s.size); err != nil && s.back(r, c.n) {
				return u.plain(ctx, o, c, r)
			}
			c.release()
			return u.launched(ctx, o, s, depth)
		}
		if !executable(c.buf[:c.n]) && (c.err == nil || zipEnds(c.buf[:c.n])) {
			w := &watched{ctx: ctx, r: c.rest(r)}
			s, err := u.hold(w)
			defer u.drop(s)
			if err != nil {
				return u.unheld(ctx, o, s, w, err)
			}
			return u.launched(ctx, o, s, depth)
		}
	}
	appended := false
	if u.limits.Depth > 0 {
		c.ended = func(tail []byte) { appended = zipEnds(tail) }
	}
	if err := u.plain(ctx, o, c, r); err != nil {
		return err
	}
	if appended {
		u.sink.Problem(o, errors.New("a zip archive follows the program, and is not unpacked"))
	}
	return nil
}

// launched sends what is held, with the archive at its end if there is one.
func (u *unpacker) launched(ctx context.Context, o *scanner.Origin, s *spool, depth int) error {
	d, err := openZip(s, s.size)
	if err == nil {
		var first *zipEntry
		if first, err = d.next(); err == nil && !hasSig(s, int64(first.offset), zipLocalSig) {
			err = errZip
		}
	}
	// Where the archive counts from the start of the program, its end does not
	// say where the program ends, and all is sent as the bytes it is.
	inFront := err == nil && d.base > 0
	if !inFront {
		if sent := u.plain(ctx, o, newCutter(u.sink), s.reader()); sent != nil || err != nil {
			return sent
		}
	}
	whole, err := u.zipMembers(ctx, o, s, depth+1)
	if err != nil || whole {
		return err
	}
	u.sink.Skip(o, scanner.SkipArchive)
	return nil
}

// zipEnds reports whether a stream that ends so ends as a zip archive does.
func zipEnds(tail []byte) bool {
	tail = tail[max(0, len(tail)-zipEndLen-zipMaxComment):]
	for at := 0; ; at++ {
		next := bytes.Index(tail[at:], []byte(zipEndSig))
		if next < 0 {
			return false
		}
		at += next
		if at+zipEndLen <= len(tail) && at+zipEndLen+int(binary.LittleEndian.Uint16(tail[at+zipEndLen-2:])) == len(tail) {
			return true
		}
	}
}
