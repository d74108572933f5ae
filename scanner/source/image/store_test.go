package image

import (
	"archive/tar"
	"bytes"
	"errors"
	"io"
	"math/rand"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
)

// quick are options with which tests need not wait.
func quick() *Remote {
	return &Remote{Keychain: fixed{}, Stall: 5 * time.Second, Backoff: time.Millisecond}
}

// someImage returns an image that is the same for the same seed.
func someImage(t *testing.T, seed int64) v1.Image {
	t.Helper()
	img, err := random.Image(20_000, 3, random.WithSource(rand.NewSource(seed)))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func mustOpen(t *testing.T, ref string, o *Remote) (store, target) {
	t.Helper()
	s, to, err := openStore(t.Context(), ref, o)
	if err != nil {
		t.Fatalf("open %s: %v", ref, err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close %s: %v", ref, err)
		}
	})
	return s, to
}

// mustFail opens what must not open, and returns why.
func mustFail(t *testing.T, ref string, o *Remote) error {
	t.Helper()
	s, _, err := openStore(t.Context(), ref, o)
	if err == nil {
		s.Close()
		t.Fatalf("open %s: no error", ref)
	}
	return err
}

func mustRoot(t *testing.T, s store) []v1.Descriptor {
	t.Helper()
	root, err := s.Root(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return root
}

func readOf(t *testing.T, s store, d v1.Descriptor) ([]byte, error) {
	t.Helper()
	rc, err := s.Open(t.Context(), d)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	return io.ReadAll(rc)
}

func mustRead(t *testing.T, s store, d v1.Descriptor) []byte {
	t.Helper()
	raw, err := readOf(t, s, d)
	if err != nil {
		t.Fatalf("read %s %v: %v", d.Digest, d.URLs, err)
	}
	return raw
}

func manifestOf(t *testing.T, s store, d v1.Descriptor) *v1.Manifest {
	t.Helper()
	m, err := v1.ParseManifest(bytes.NewReader(mustRead(t, s, d)))
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// sameImage checks that the store gives out the bytes of an image, layers as
// they are stored.
func sameImage(t *testing.T, s store, d v1.Descriptor, img v1.Image) {
	t.Helper()
	want, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	raw := mustRead(t, s, d)
	if got, _, _ := v1.SHA256(bytes.NewReader(raw)); got != d.Digest || int64(len(raw)) != d.Size {
		t.Errorf("manifest: %s of %d bytes, descriptor says %s of %d", got, len(raw), d.Digest, d.Size)
	}
	got := manifestOf(t, s, d)
	for i, pair := range pairs(t, append([]v1.Descriptor{got.Config}, got.Layers...), append([]v1.Descriptor{want.Config}, want.Layers...)) {
		if sum, _, _ := v1.SHA256(bytes.NewReader(mustRead(t, s, pair[0]))); sum != pair[1].Digest {
			t.Errorf("blob %d: %s, want %s", i, sum, pair[1].Digest)
		}
	}
}

func pairs(t *testing.T, a, b []v1.Descriptor) (list [][2]v1.Descriptor) {
	t.Helper()
	if len(a) != len(b) {
		t.Fatalf("%d descriptors, want %d", len(a), len(b))
	}
	for i := range a {
		list = append(list, [2]v1.Descriptor{a[i], b[i]})
	}
	return list
}

// asReference checks that an error is about the reference.
func asReference(t *testing.T, err error) *ReferenceError {
	t.Helper()
	var e *ReferenceError
	if !errors.As(err, &e) {
		t.Fatalf("not a reference error: %v", err)
	}
	return e
}

// An item is an entry of an archive that a test writes.
type item struct {
	name, body string
	kind       byte   // default regular
	link       string // of a link
	size       int64  // to declare another size than the body's
}

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, it := range items {
		h := &tar.Header{Name: it.name, Typeflag: it.kind, Linkname: it.link, Size: int64(len(it.body)), Mode: 0o644}
		if it.kind == 0 {
			h.Typeflag = tar.TypeReg
		}
		if it.size > 0 {
			h.Size = it.size
		}
		if err := w.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := io.Copy(w, strings.NewReader(it.body)); err != nil {
			t.Fatal(err)
		}
		if it.size > 0 {
			return b.Bytes() // the archive ends in this entry
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func writeFile(t *testing.T, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func mkdir(t *testing.T, path string) {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
}

func writeAt(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}
