package source

import (
	"context"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// A packed is a member of an archive whose members follow one another.
type packed struct {
	name  string
	r     io.Reader // nil for what has no content: folders, links, devices
	grows bool      // it has more bytes than the archive stores
}

// serial sends the members that next returns until it says io.EOF, and what
// follows the archive's end. The archive itself stands at self, its members in
// o. Next reads from the tape.
func (u *unpacker) serial(ctx context.Context, o, self *scanner.Origin, t *tape, depth int, next func() (packed, error)) error {
	for {
		mark := t.pos()
		p, err := next()
		if err == io.EOF {
			return u.trailer(ctx, self, t)
		}
		if err == nil {
			err = u.packed(ctx, o, p, depth)
			mark = t.pos() // what came before was sent with the member
		}
		if err != nil {
			return u.salvage(ctx, self, t, mark, err)
		}
	}
}

func (u *unpacker) packed(ctx context.Context, o *scanner.Origin, p packed, depth int) error {
	if err := u.member(o); err != nil || p.r == nil {
		return err
	}
	m := within(o, p.name)
	if p.grows {
		metered := u.meter(m, p.r)
		defer metered.release()
		p.r = metered
	}
	return u.file(ctx, m, p.r, depth)
}

// trailer sends what stands past the end mark of an archive, where no tar
// program looks, unless it is padding.
func (u *unpacker) trailer(ctx context.Context, o *scanner.Origin, t *tape) error {
	var block [4096]byte
	for {
		mark := t.pos()
		n, err := t.Read(block[:])
		for i, b := range block[:n] {
			if b != 0 {
				at, r := t.since(mark + int64(i))
				c := newCutter(u.sink)
				c.startAt(at)
				return u.plain(ctx, o, c, r)
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
