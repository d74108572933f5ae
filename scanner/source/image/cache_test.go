package image_test

import (
	"archive/tar"
	"bytes"
	"context"
	"io"
	"math/rand"
	"path/filepath"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/cache"
	"github.com/sluice-sec/sluice/scanner/source/image"
)

// TestCache: a layer that is known to be clean is not read again, but for what
// it removes, and the report says the same.
func TestCache(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	text := []byte("glpat" + "-")
	for range 20 {
		text = append(text, byte('a'+random.Intn(26)))
	}
	secret := string(text)
	base := layerOf(t, "etc/motd", "welcome\n", "usr/bin/tool", "#!/bin/sh\n")
	withSecret := layerOf(t, "app/token", "token: "+secret+"\n")
	removes := layerOf(t, "app/.wh.token", "", "app/readme", "read me\n")
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	run := func(layers ...v1.Layer) *scanner.Report {
		c, err := cache.Open(folder, []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		engine, err := scanner.New(scanner.Options{Rules: set, Cache: c})
		if err != nil {
			t.Fatal(err)
		}
		source, err := image.Open([]string{"oci:" + layoutOf(t, layers...)}, image.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report := engine.Scan(context.Background(), source)
		if err := c.Close(); err != nil || !report.Complete {
			t.Fatal(err, report.Problems)
		}
		return report
	}
	first, second := run(base), run(base)
	if first.Stats.Blobs-second.Stats.Blobs != 2 {
		t.Errorf("read %d streams, then %d", first.Stats.Blobs, second.Stats.Blobs)
	}
	first, second = run(base, withSecret, removes), run(base, withSecret, removes)
	if first.Stats.Blobs-second.Stats.Blobs != 1 { // app/readme
		t.Errorf("read %d streams, then %d", first.Stats.Blobs, second.Stats.Blobs)
	}
	for _, r := range []*scanner.Report{first, second} {
		if len(r.Findings) != 1 || r.Findings[0].Secret.Reveal() != secret {
			t.Fatalf("%d findings", len(r.Findings))
		}
		if o := r.Findings[0].Occurrences[0]; o.State != scanner.Deleted || o.By.Layer.Index != 2 {
			t.Errorf("the token is %s", o.State)
		}
	}
}

// layerOf is a layer of files, given as names and contents.
func layerOf(t *testing.T, files ...string) v1.Layer {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := 0; i < len(files); i += 2 {
		if err := w.WriteHeader(&tar.Header{Name: files[i], Mode: 0o644, Size: int64(len(files[i+1])), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(w, files[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b.Bytes())), nil })
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func layoutOf(t *testing.T, layers ...v1.Layer) string {
	t.Helper()
	img, err := mutate.AppendLayers(empty.Image, layers...)
	if err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "layout")
	path, err := layout.Write(dir, empty.Index)
	if err == nil {
		err = path.AppendImage(img)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
