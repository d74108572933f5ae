package image

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// maxWindow bounds the memory that decoding zstd takes: what `zstd --long`
// asks for.
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
		n, err := copyPlain(s.File, r, limit)
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
func copyPlain(w io.Writer, r io.Reader, limit int64) (int64, error) {
	plain, err := uncompressed(bufio.NewReaderSize(r, 64<<10))
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

// compression tells by its first bytes how a file is compressed: "" if it is
// not.
func compression(start []byte) string {
	for _, c := range []struct{ name, magic string }{
		{"gzip", "\x1f\x8b"},
		{"zstd", "\x28\xb5\x2f\xfd"},
		{"bzip2", "BZh"},
		{"xz", "\xfd7zXZ\x00"},
		{"lz4", "\x04\x22\x4d\x18"},
	} {
		if bytes.HasPrefix(start, []byte(c.magic)) {
			return c.name
		}
	}
	return ""
}

// uncompressed returns a reader of what a stream holds.
func uncompressed(r *bufio.Reader) (io.Reader, error) {
	start, err := r.Peek(6)
	if err != nil && err != io.EOF {
		return nil, err
	}
	switch kind := compression(start); kind {
	case "":
		return r, nil
	case "gzip":
		return gzip.NewReader(r)
	case "zstd":
		return zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderLowmem(true), zstd.WithDecoderMaxWindow(maxWindow))
	default:
		return nil, fmt.Errorf("compressed with %s: unpack it first", kind)
	}
}
