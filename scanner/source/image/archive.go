package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// openArchive opens an archive in a file: of a docker or an OCI layout, told
// apart by content. It is read where it stands unless it is compressed.
func openArchive(ctx context.Context, ref *reference, o *Remote) (store, error) {
	switch info, err := os.Stat(ref.path); {
	case err != nil:
		return nil, &ReferenceError{Ref: ref.Name, Err: err}
	case info.IsDir():
		return nil, &ReferenceError{Ref: ref.Name, Try: tryPath(ref.path), Err: errors.New("a folder, not an archive")}
	}
	file, err := os.Open(ref.path)
	if err != nil {
		return nil, err
	}
	size, ok := plainFile(file)
	if ok {
		return storeOf(ctx, ref, file, size, file)
	}
	defer file.Close()
	return openPipe(ctx, ref, file, o)
}

// plainFile returns the size of a file that can be read anywhere and is not
// compressed. It does not move the file's offset.
func plainFile(f *os.File) (int64, bool) {
	info, err := f.Stat()
	if err != nil || !info.Mode().IsRegular() {
		return 0, false
	}
	start := make([]byte, codec.SniffLen)
	n, err := f.ReadAt(start, 0)
	return info.Size(), (err == nil || err == io.EOF) && codec.Sniff(start[:n]) == codec.Plain
}

// openPipe opens an archive that can be read once: it is spooled. Standard
// input can be a file all the same.
func openPipe(ctx context.Context, ref *reference, r io.Reader, o *Remote) (store, error) {
	if f, ok := r.(*os.File); ok {
		size, plain := plainFile(f)
		if at, err := f.Seek(0, io.SeekCurrent); plain && err == nil && at == 0 {
			return storeOf(ctx, ref, f, size, io.NopCloser(nil))
		}
	}
	s, err := newSpool(ctx, r, o)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", ref.Name, err)
	}
	return storeOf(ctx, ref, s, s.size, s)
}

// storeOf makes the store of an archive, which then owns c. The layout is
// preferred where there are both, because it has the true manifests, unless
// the name asked for is known to manifest.json alone.
func storeOf(ctx context.Context, ref *reference, r io.ReaderAt, size int64, c io.Closer) (_ store, err error) {
	defer func() {
		if err != nil {
			c.Close()
		}
	}()
	t, err := newTarball(ctx, r, size, c)
	if err != nil {
		return nil, fmt.Errorf("archive %s: %w", ref.Name, err)
	}
	oci, ociErr := newLayout(t, ref)
	if ociErr == nil {
		return oci, nil
	}
	hint := new(ReferenceError)
	if !errors.Is(ociErr, errNoIndex) && !errors.As(ociErr, &hint) {
		return nil, ociErr
	}
	saved, err := newSaved(t, ref)
	switch {
	case err == nil:
		return saved, nil
	case !errors.Is(err, errNoManifest):
		if also := new(ReferenceError); errors.As(err, &also) {
			also.Have = held(append(also.Have, hint.Have...))
		}
		return nil, err
	case errors.Is(ociErr, errNoIndex):
		err := errors.New("not an image archive: it has neither index.json nor manifest.json")
		if !t.ended {
			err = fmt.Errorf("truncated: %w before index.json or manifest.json", io.ErrUnexpectedEOF)
		}
		return nil, &ReferenceError{Ref: ref.Name, Err: err}
	}
	return nil, ociErr
}
