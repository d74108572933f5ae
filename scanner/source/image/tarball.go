package image

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
)

// What the index of an archive may hold in memory. Image archives have some
// entries for each layer.
const (
	maxEntries    = 200_000
	maxEntryName  = 4 << 10
	maxEntryNames = 32 << 20 // bytes of all names
	maxLinks      = 16       // that lead from one to the next
)

// A tarball opens the files of a tar archive, read where they stand.
type tarball struct {
	io.ReaderAt
	io.Closer
	entries map[string]entry
	ended   bool // by two empty blocks, as archives are
}

// An entry is a regular file of an archive, or a link to one.
type entry struct {
	offset, size int64
	link         string // path from the archive's root
	sparse       bool   // what is stored is not what it holds
}

// newTarball reads the headers of an archive of the given size. Of entries of
// one name the last counts, as it does when an archive is unpacked. A
// truncated archive is an error that is io.ErrUnexpectedEOF.
func newTarball(ctx context.Context, r io.ReaderAt, size int64, c io.Closer) (*tarball, error) {
	t := &tarball{ReaderAt: r, Closer: c, entries: map[string]entry{}}
	section := io.NewSectionReader(r, 0, size)
	headers := tar.NewReader(section)
	names := 0
	for n := 0; ; n++ {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		h, err := headers.Next()
		if err == io.EOF {
			t.ended = endsEmpty(section)
			return t, nil
		}
		if err != nil {
			return nil, headerError(n, err)
		}
		names += len(h.Name) + len(h.Linkname)
		if n >= maxEntries || names > maxEntryNames || max(len(h.Name), len(h.Linkname)) > maxEntryName {
			return nil, fmt.Errorf("entry %d: more or longer names than an image archive has", n)
		}
		offset, err := section.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		if h.Size > size-offset {
			return nil, fmt.Errorf("truncated in %.200q: %w", h.Name, io.ErrUnexpectedEOF)
		}
		t.add(h, offset)
	}
}

// endsEmpty reports whether the two blocks before the offset are zero.
func endsEmpty(s *io.SectionReader) bool {
	var blocks [1024]byte
	at, err := s.Seek(0, io.SeekCurrent)
	if err != nil || at < int64(len(blocks)) {
		return false
	}
	_, err = s.ReadAt(blocks[:], at-int64(len(blocks)))
	return err == nil && blocks == [1024]byte{}
}

func headerError(n int, err error) error {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return fmt.Errorf("truncated at entry %d: %w", n, err)
	case n == 0:
		return fmt.Errorf("not a tar archive: %w", err)
	}
	return fmt.Errorf("entry %d: %w", n, err)
}

// add keeps what a header says. Nothing else of the entry's name stays.
func (t *tarball) add(h *tar.Header, offset int64) {
	name := cleanPath(h.Name)
	switch h.Typeflag {
	case tar.TypeReg, tar.TypeGNUSparse:
		t.entries[name] = entry{offset: offset, size: h.Size, sparse: isSparse(h)}
	case tar.TypeSymlink:
		link := h.Linkname
		if !path.IsAbs(link) {
			link = path.Join(path.Dir(name), link)
		}
		t.entries[name] = entry{link: cleanPath(link)}
	case tar.TypeLink:
		t.entries[name] = entry{link: cleanPath(h.Linkname)}
	default:
		delete(t.entries, name)
	}
}

// find returns the regular file of a name, through links.
func (t *tarball) find(name string) (entry, error) {
	at := cleanPath(name)
	for range maxLinks {
		e, ok := t.entries[at]
		switch {
		case !ok:
			return entry{}, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
		case e.link != "":
			at = e.link
		case e.sparse:
			return entry{}, fmt.Errorf("%s: sparse entries are not supported", name)
		default:
			return e, nil
		}
	}
	return entry{}, fmt.Errorf("%s: too many links", name)
}

// has reports whether there is such a file.
func (t *tarball) has(name string) bool {
	_, err := t.find(name)
	return err == nil
}

// open implements opener.
func (t *tarball) open(name string) (io.ReadCloser, int64, error) {
	e, err := t.find(name)
	if err != nil {
		return nil, 0, err
	}
	return io.NopCloser(io.NewSectionReader(t, e.offset, e.size)), e.size, nil
}
