package image

import (
	"bytes"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// longLayer is one that is long enough to be read ahead.
func longLayer(files int) []byte {
	var items []inTar
	for i := range files {
		items = append(items, inTar{fmt.Sprintf("f%d", i), string(sourcetest.Noise(int64(i), 300<<10))})
	}
	return archive(items...)
}

// TestLongLayerDamaged: an error in the middle of a layer that is read ahead
// comes after all that was read before it, and is said of the file after it.
func TestLongLayerDamaged(t *testing.T) {
	content := longLayer(8)
	for name, pack := range map[string]func([]byte) []byte{
		"plain": func(b []byte) []byte { return b },
		"gzip":  gzipOf,
		"zstd":  func(b []byte) []byte { return zstdOf(b) },
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			packed := pack(content)
			layer := f.put(types.OCILayer, packed[:len(packed)*11/16]) // in the middle of f5
			f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{layer}, [][]byte{content})}
			p := record(t, f.source(t, Options{}, "app"))
			files := p.paths(scanner.InLayer)
			for i := range 5 {
				if len(files[fmt.Sprintf("f%d", i)]) != 300<<10 {
					t.Errorf("f%d: %d bytes", i, len(files[fmt.Sprintf("f%d", i)]))
				}
			}
			if n := len(files["f5"]); n == 0 || n >= 300<<10 {
				t.Errorf("f5: %d bytes, want some", n)
			}
			if len(p.problems) == 0 || !strings.HasPrefix(p.problems[0], "0:f4: after this file: ") || !strings.HasSuffix(p.problems[0], "unexpected EOF") {
				t.Errorf("problems %q", p.problems)
			}
		})
	}
}

// TestPlainLayerDigests: what is not packed is hashed once, and compared with
// both of its digests.
func TestPlainLayerDigests(t *testing.T) {
	content := longLayer(3)
	for name, c := range map[string]struct {
		diffID, stored []byte
		problems       int
	}{
		"right":          {content, content, 0},
		"another diffID": {content[1:], content, 1},
		"other bytes":    {content, longLayer(2), 2},
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			layer := f.put(types.OCIUncompressedLayer, content)
			layer.Size = 0
			f.blobs[layer.Digest] = c.stored
			f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{layer}, [][]byte{c.diffID})}
			if p := record(t, f.source(t, Options{}, "app")); len(p.problems) != c.problems {
				t.Errorf("problems %q, want %d", p.problems, c.problems)
			}
		})
	}
}

// TestLongLayerCancelled: no goroutine outlives the scan.
func TestLongLayerCancelled(t *testing.T) {
	content := longLayer(12)
	before := runtime.NumGoroutine()
	for _, layer := range [][]byte{content, gzipOf(content), zstdOf(content)} {
		f := newShelf()
		f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{f.put(types.OCILayer, layer)}, [][]byte{content})}
		ctx, cancel := context.WithCancel(t.Context())
		rec := &sourcetest.Recorder{OnChunk: func(c scanner.Chunk) {
			if c.Origin.Path == "f4" {
				cancel()
			}
		}}
		if err := f.source(t, Options{}, "app").Scan(ctx, rec); !errors.Is(err, context.Canceled) {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// A null sink does nothing: what is left is what reading an image costs.
type null struct{}

func (null) Chunk(scanner.Chunk)                       {}
func (null) Seen(scanner.BlobID, *scanner.Origin) bool { return false }
func (null) Skip(*scanner.Origin, scanner.Reason)      {}
func (null) Problem(*scanner.Origin, error)            {}

// BenchmarkLayers reads an image for nobody, beside what unpacking its layers
// costs with the standard library's gzip, one after the other.
func BenchmarkLayers(b *testing.B) {
	var items []inTar
	for i := range 2000 {
		items = append(items, inTar{fmt.Sprintf("usr/share/f%d", i), string(sourcetest.Text(int64(i), 16<<10))})
	}
	lower, upper, whole := archive(items[:1000]...), archive(items[1000:]...), archive(items...)
	for _, c := range []struct {
		name   string
		layers [][]byte
		pack   func([]byte) []byte
	}{
		{"two", [][]byte{lower, upper}, gzipOf},
		{"one", [][]byte{whole}, gzipOf},
		{"one of zstd", [][]byte{whole}, func(d []byte) []byte { return zstdOf(d) }},
		{"one as it is", [][]byte{whole}, func(d []byte) []byte { return d }},
	} {
		f := newShelf()
		var stored []v1.Descriptor
		var contents [][]byte
		bytes := 0
		for _, l := range c.layers {
			contents = append(contents, l)
			stored = append(stored, f.put(types.OCILayer, c.pack(l)))
			bytes += len(l)
		}
		f.refs["app"] = []v1.Descriptor{f.image(stored, contents)}
		b.Run(c.name, func(b *testing.B) {
			b.SetBytes(int64(bytes))
			for b.Loop() {
				if err := f.source(b, Options{}, "app").Scan(b.Context(), null{}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	packed := gzipOf(whole)
	b.Run("gunzip alone", func(b *testing.B) {
		b.SetBytes(int64(len(whole)))
		for b.Loop() {
			z, err := gzip.NewReader(bytes.NewReader(packed))
			if err == nil {
				_, err = io.Copy(io.Discard, z)
			}
			if err != nil {
				b.Fatal(err)
			}
		}
	})
}
