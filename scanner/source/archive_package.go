package source

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/blakesmith/ar"
	"github.com/cavaliergopher/cpio"

	"github.com/sluice-sec/sluice/scanner"
)

// deb sends the members of a Debian package, an ar archive of two compressed
// tars: https://manpages.debian.org/deb.5
func (u *unpacker) deb(ctx context.Context, o *scanner.Origin, r io.Reader, depth int) error {
	t := newTape(ctx, r)
	archive := ar.NewReader(t)
	return u.serial(ctx, o, o, t, depth, func() (_ packed, err error) {
		defer func() { // the library slices past the end of a malformed mode
			if recover() != nil {
				err = errors.New("ar: malformed header")
			}
		}()
		h, err := archive.Next()
		switch {
		case err != nil:
			return packed{}, err
		case h.Size < 0:
			return packed{}, errors.New("ar: a member of negative size")
		}
		return packed{name: strings.TrimSuffix(h.Name, "/"), r: archive}, nil
	})
}

// cpio sends the members of a cpio archive of the new portable format, as the
// kernel's initramfs and packages of RPM have it; the archive itself stands at
// self, its members in o.
func (u *unpacker) cpio(ctx context.Context, o, self *scanner.Origin, r io.Reader, depth int) error {
	t := newTape(ctx, r)
	archive := cpio.NewReader(t)
	return u.serial(ctx, o, self, t, depth, func() (packed, error) {
		h, err := archive.Next()
		if err != nil {
			return packed{}, err
		}
		p := packed{name: h.Name}
		if h.Mode.IsRegular() {
			p.r = archive
		}
		return p, nil
	})
}

// What stands in front of the payload of an RPM package: a lead of 96 bytes,
// and two headers, each an intro of 16 that says how much follows.
// https://rpm.org/docs/latest/manual/format_v4.html
const (
	rpmLead     = 96
	rpmIntro    = 16
	rpmMagic    = "\x8e\xad\xe8\x01"
	maxRPMFront = 32 << 20
)

var errRPM = errors.New("rpm: not a valid package")

// rpm sends the headers of an RPM package, which hold its scripts, and the
// files of its payload.
func (u *unpacker) rpm(ctx context.Context, o *scanner.Origin, r io.Reader, depth int) error {
	t := newTape(ctx, r)
	var front bytes.Buffer
	if err := rpmFront(&front, t); err != nil {
		if own := u.blame(ctx, t.err); own != nil {
			return own
		}
		u.sink.Skip(o, scanner.SkipArchive)
		return u.plain(ctx, o, newCutter(u.sink), io.MultiReader(&front, &t.watched))
	}
	if err := u.member(o); err != nil {
		return err
	}
	if err := u.plain(ctx, within(o, "header"), newCutter(u.sink), &front); err != nil {
		return err
	}
	c := newCutter(u.sink)
	c.peek(ctx, &t.watched)
	if sniffFormat(c.buf[:c.n]) == compressedFormat {
		return u.inflate(ctx, o, c, &t.watched, depth)
	}
	return u.peeked(ctx, within(o, "payload"), c, &t.watched, depth)
}

// rpmFront reads all that stands before the payload.
func rpmFront(front *bytes.Buffer, r io.Reader) error {
	read := func(n int64) error {
		if n < 0 || int64(front.Len())+n > maxRPMFront {
			return errRPM
		}
		_, err := io.CopyN(front, r, n)
		return err
	}
	if err := read(rpmLead); err != nil {
		return err
	}
	for range 2 {
		at := front.Len()
		if err := read(rpmIntro); err != nil {
			return err
		}
		intro := front.Bytes()[at:]
		if string(intro[:4]) != rpmMagic {
			return errRPM
		}
		entries, store := binary.BigEndian.Uint32(intro[8:]), binary.BigEndian.Uint32(intro[12:])
		length := 16*int64(entries) + int64(store)
		if at == rpmLead { // the signature's is padded
			length += -length & 7
		}
		if err := read(length); err != nil {
			return err
		}
	}
	return nil
}
