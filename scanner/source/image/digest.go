package image

import (
	"context"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// parseDigest reads a digest strictly, as it becomes part of paths and URLs.
// Unlike the library it knows sha512; the empty digest is that of nothing.
func parseDigest(s string) (v1.Hash, error) {
	algorithm, sum, _ := strings.Cut(s, ":")
	h := v1.Hash{Algorithm: algorithm, Hex: sum}
	if h == (v1.Hash{}) {
		return h, nil
	}
	hasher := newHash(h)
	if hasher == nil || len(sum) != 2*hasher.Size() || strings.Trim(sum, "0123456789abcdef") != "" {
		return v1.Hash{}, fmt.Errorf("digest %.100q is neither of sha256 nor of sha512", s)
	}
	return h, nil
}

func newHash(h v1.Hash) hash.Hash {
	switch h.Algorithm {
	case "sha256":
		return sha256.New()
	case "sha512":
		return sha512.New()
	}
	return nil
}

// short is the part of a digest that people go by.
func short(h v1.Hash) string { return h.Hex[:min(len(h.Hex), 12)] }

// errTooLong ends a stream at its bound.
var errTooLong = errors.New("more than the bound")

// A meter passes a stream on, counts and hashes it, and ends it at its bound
// or when the context is done.
type meter struct {
	ctx   context.Context
	r     io.Reader
	hash  hash.Hash // nil: not wanted
	n     int64     // bytes passed
	limit int64
	fixed bool // the bound is the length; what is beyond only sets over
	over  bool // there is more
	tell  func(int64)
}

// Read implements io.Reader. It never asks for more than the bound but one
// byte, which tells whether there is more.
func (m *meter) Read(p []byte) (int, error) {
	if err := m.ctx.Err(); err != nil {
		return 0, err
	}
	room := m.limit - m.n
	if room == 0 {
		return 0, m.beyond()
	}
	n, err := m.r.Read(p[:min(int64(len(p)), room)])
	m.n += int64(n)
	if m.hash != nil {
		m.hash.Write(p[:n])
	}
	if m.tell != nil && n > 0 {
		m.tell(int64(n))
	}
	return n, err
}

// beyond returns the error that ends the stream at its bound.
func (m *meter) beyond() error {
	n, err := io.ReadFull(m.r, make([]byte, 1))
	m.over = n > 0
	switch {
	case m.over && !m.fixed:
		return fmt.Errorf("%w of %d bytes", errTooLong, m.limit)
	case m.over:
		return io.EOF
	}
	return err
}

// check says how what was read differs from the digest that it should have.
func (m *meter) check(want v1.Hash) error {
	if m.hash == nil {
		return nil
	}
	if got := hex.EncodeToString(m.hash.Sum(nil)); got != want.Hex {
		return fmt.Errorf("digest mismatch: the content is %s:%s, not %s", want.Algorithm, got, want)
	}
	return nil
}

// drain reads to the end, so that the digest counts all.
func drain(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
