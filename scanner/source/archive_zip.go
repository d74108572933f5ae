package source

import (
	"context"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// zip sends the members of a zip archive, whose start is in c, which it
// releases.
func (u *unpacker) zip(ctx context.Context, o *scanner.Origin, c *cutter, r io.Reader, depth int) error {
	s, ok := inPlace(r, c.n)
	if ok {
		c.release()
	} else {
		var err error
		w := &watched{ctx: ctx, r: c.rest(r)}
		s, err = u.hold(w)
		defer u.drop(s)
		if err != nil {
			return u.unheld(ctx, o, s, w, err)
		}
	}
	whole, err := u.zipMembers(ctx, o, s, depth)
	if err != nil || whole {
		return err
	}
	u.sink.Skip(o, scanner.SkipArchive)
	return u.plain(ctx, o, newCutter(u.sink), s.reader())
}

// unheld sends an archive that could not be held as the bytes it is.
func (u *unpacker) unheld(ctx context.Context, o *scanner.Origin, s *spool, w *watched, err error) error {
	if err := u.blame(ctx, nil); err != nil {
		return err
	}
	if w.err == nil {
		u.sink.Problem(o, err)
	}
	return u.plain(ctx, o, newCutter(u.sink), io.MultiReader(s.reader(), w))
}

// zipMembers sends the members, after what the archive was appended to. It
// reports whether the archive is whole.
func (u *unpacker) zipMembers(ctx context.Context, o *scanner.Origin, s *spool, depth int) (bool, error) {
	directory, err := openZip(s, s.size)
	whole := true
	if err == nil && directory.base > 0 {
		front := *o
		err = u.file(ctx, &front, io.NewSectionReader(s, 0, directory.base), depth)
	}
	for err == nil {
		var e *zipEntry
		if e, err = directory.next(); err != nil {
			break
		}
		if err := u.member(o); err != nil {
			return false, err
		}
		if err := u.zipMember(ctx, within(o, strings.ReplaceAll(e.name, `\`, "/")), s, e, depth); err != nil {
			if err := u.blame(ctx, s.err); err != nil {
				return false, err
			}
			whole = false
		}
	}
	if err != io.EOF {
		return false, u.blame(ctx, s.err)
	}
	return whole, nil
}

// zipMember sends one member. It trusts the directory with where the member
// lies, not with how much it unpacks to.
func (u *unpacker) zipMember(ctx context.Context, o *scanner.Origin, s *spool, e *zipEntry, depth int) error {
	if e.isFolder() {
		return nil
	}
	if e.encrypted {
		u.sink.Skip(o, scanner.SkipEncrypted)
		return nil
	}
	packed, err := e.open(s)
	if err != nil {
		return err
	}
	d, release, err := u.decodeMember(ctx, e.method, packed)
	if err == errMethod {
		u.sink.Problem(o, fmt.Errorf("zip: compression method %d is not supported", e.method))
		return nil
	}
	defer release()
	if err != nil {
		return err
	}
	metered := u.meter(o, d)
	defer metered.release()
	sum := &checksum{r: metered}
	if err := u.file(ctx, o, sum, depth); err != nil {
		return err
	}
	if sum.n != e.size || e.crc != 0 && sum.crc != e.crc {
		return fmt.Errorf("zip: %s is not what the directory says", e.name)
	}
	return nil
}

// A checksum sums up what is read through it.
type checksum struct {
	r   io.Reader
	n   uint64
	crc uint32
}

func (c *checksum) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += uint64(n)
	c.crc = crc32.Update(c.crc, crc32.IEEETable, p[:n])
	return n, err
}
