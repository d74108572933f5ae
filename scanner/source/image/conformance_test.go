package image

import (
	"archive/tar"
	"bytes"
	"maps"
	"slices"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// TestConformance spreads the files over two layers.
func TestConformance(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T, files map[string][]byte) scanner.Source {
		f := newShelf()
		var layers [2]bytes.Buffer
		writers := [2]*tar.Writer{tar.NewWriter(&layers[0]), tar.NewWriter(&layers[1])}
		for i, name := range slices.Sorted(maps.Keys(files)) {
			w := writers[i%2]
			if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
				t.Fatal(err)
			}
			if _, err := w.Write(files[name]); err != nil {
				t.Fatal(err)
			}
		}
		var stored []v1.Descriptor
		var contents [][]byte
		for i, w := range writers {
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			contents = append(contents, layers[i].Bytes())
			stored = append(stored, f.put(types.OCILayer, gzipOf(layers[i].Bytes())))
		}
		f.refs["app"] = []v1.Descriptor{f.image(stored, contents)}
		return f.source(t, Options{}, "app")
	})
}
