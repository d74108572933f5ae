package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// maxWindow bounds the memory of the one decoder of an archive: what `zstd
// --long` asks for.
const maxWindow = 128 << 20

// A spool is a temporary file that is gone when it is closed.
type spool struct {
	*os.File
	size int64
	kept bool // under its name, where an open file cannot be removed
}

// newSpool reads r to its end into a spool, uncompressed.
func newSpool(ctx context.Context, r io.Reader, o *Remote) (*spool, error) {
	file, err := os.CreateTemp(o.TempDir, "sluice-*.tar")
	if err != nil {
		return nil, err
	}
	s := &spool{File: file, kept: os.Remove(file.Name()) != nil}
	if err := s.fill(ctx, r, o.SpoolLimit); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// fill copies what r holds. A read that does not return, as of an idle
// terminal, must not hold up the end of the context: it is left behind, and
// finds the file closed.
func (s *spool) fill(ctx context.Context, r io.Reader, limit int64) error {
	type result struct {
		n   int64
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := copyPlain(ctx, s.File, r, limit)
		done <- result{n, err}
	}()
	select {
	case <-ctx.Done():
		return ctx.Err()
	case result := <-done:
		s.size = result.n
		return result.err
	}
}

// copyPlain writes what r holds, uncompressed and at most limit bytes.
func copyPlain(ctx context.Context, w io.Writer, r io.Reader, limit int64) (int64, error) {
	packed, free := buffered(r)
	defer free()
	start, err := packed.Peek(codec.StartLen)
	if err != nil && err != io.EOF {
		return 0, err
	}
	plain, release, err := codec.NewDecoders(maxWindow).Open(ctx, codec.Sniff(start), start, packed)
	defer release()
	if err != nil {
		return 0, err
	}
	n, err := io.Copy(struct{ io.Writer }{w}, io.LimitReader(plain, limit))
	if err != nil || n < limit {
		return n, err
	}
	switch _, err := io.ReadFull(plain, make([]byte, 1)); err {
	case nil:
		return n, fmt.Errorf("larger than the spool limit of %d bytes", limit)
	case io.EOF:
		return n, nil
	default:
		return n, err
	}
}

// Close implements io.Closer.
func (s *spool) Close() error {
	err := s.File.Close()
	if s.kept {
		err = errors.Join(err, os.Remove(s.Name()))
	}
	return err
}
