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
	return u.serial(ctx, o, self, t, depth, func() (packed, error) {
		h, err := archive.Next()
		if err != nil {
			return packed{}, err
		}
		p := packed{name: h.Name, r: archive, grows: isSparse(h)}
		switch h.Typeflag {
		case tar.TypeDir, tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo, tar.TypeXGlobalHeader:
			p.r = nil
		}
		return p, nil
	})
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
