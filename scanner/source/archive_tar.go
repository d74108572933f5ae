package source

import (
	"archive/tar"
	"context"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// tar sends the members of a tar archive, and what follows its end. The archive
// itself stands at self, its members in o: they differ where it is compressed.
func (u *unpacker) tar(ctx context.Context, o, self *scanner.Origin, r io.Reader, depth int) error {
	t := newTape(ctx, r)
	archive := tar.NewReader(t)
	for {
		mark := t.pos()
		h, err := archive.Next()
		if err == io.EOF {
			return u.trailer(ctx, self, t)
		}
		if err == nil {
			err = u.tarMember(ctx, o, h, archive, depth)
			mark = t.pos() // what came before was sent with the member
		}
		if err != nil {
			return u.salvage(ctx, self, t, mark, err)
		}
	}
}

func (u *unpacker) tarMember(ctx context.Context, o *scanner.Origin, h *tar.Header, r io.Reader, depth int) error {
	if err := u.member(o); err != nil {
		return err
	}
	switch h.Typeflag {
	case tar.TypeDir, tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo, tar.TypeXGlobalHeader:
		return nil
	}
	m := within(o, h.Name)
	if isSparse(h) {
		r = &meter{u: u, o: m, r: r}
	}
	return u.file(ctx, m, r, depth)
}

// isSparse reports whether a member has more bytes than the archive stores.
func isSparse(h *tar.Header) bool {
	if h.Typeflag == tar.TypeGNUSparse {
		return true
	}
	for k := range h.PAXRecords {
		if strings.HasPrefix(k, "GNU.sparse.") {
			return true
		}
	}
	return false
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
