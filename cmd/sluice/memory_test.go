//go:build e2e

package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// mostMemory is what a scan may take, whatever the image.
const mostMemory = 256 << 20

// TestEndToEndMemory scans a layer of 3 GB in large files and one of 300,000
// small files in a process of its own and looks at its peak memory. A secret
// at the very end shows that all was read.
func TestEndToEndMemory(t *testing.T) {
	dir := t.TempDir()
	sluice := filepath.Join(dir, "sluice")
	command(t, ".", "go", "build", "-o", sluice, ".")
	for _, c := range []struct {
		name  string
		files int
		size  int64
	}{
		{"3 GB in large files", 3, 1 << 30},
		{"300,000 small files", 300_000, 1500},
	} {
		t.Run(c.name, func(t *testing.T) {
			layout := filepath.Join(dir, fmt.Sprint(c.files))
			token := "glpat-" + draw(t, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20)
			bigImage(t, layout, c.files, c.size, "token="+token+"\n")
			cmd := exec.Command(sluice, "image", "--report", "json", "--show-secrets", "oci:"+layout)
			out, err := cmd.Output()
			var failed *exec.ExitError
			if !errors.As(err, &failed) || failed.ExitCode() != statusSecrets {
				t.Fatalf("%v: %s", err, failed.Stderr)
			}
			if !strings.Contains(string(out), token) {
				t.Error("the secret at the end was not found")
			}
			peak := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss << 10
			t.Logf("peak memory %d MiB", peak>>20)
			if peak > mostMemory {
				t.Errorf("peak memory %d MiB, want at most %d", peak>>20, mostMemory>>20)
			}
		})
	}
}

// bigImage writes a layout with one image of one gzipped layer that is
// generated on the way.
func bigImage(t *testing.T, layout string, files int, size int64, last string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	blobs := filepath.Join(layout, "blobs", "sha256")
	must(os.MkdirAll(blobs, 0o755))
	f, err := os.Create(filepath.Join(layout, "layer"))
	must(err)
	stored, unpacked := sha256.New(), sha256.New()
	z, err := gzip.NewWriterLevel(io.MultiWriter(f, stored), gzip.BestSpeed)
	must(err)
	w := tar.NewWriter(io.MultiWriter(z, unpacked))
	block := words(16 << 10)
	for i := range files {
		must(w.WriteHeader(&tar.Header{Name: fmt.Sprintf("srv/data/%04d/file-%d.txt", i/1000, i), Mode: 0o644, Size: size}))
		for left := size; left > 0; left -= int64(len(block)) {
			_, err := w.Write(block[:min(left, int64(len(block)))])
			must(err)
		}
	}
	must(w.WriteHeader(&tar.Header{Name: "srv/last", Mode: 0o644, Size: int64(len(last))}))
	_, err = io.WriteString(w, last)
	must(err)
	must(w.Close())
	must(z.Close())
	info, err := f.Stat()
	must(err)
	must(f.Close())
	put := func(content []byte) v1.Hash {
		sum := sha256.Sum256(content)
		name := hex.EncodeToString(sum[:])
		write(t, filepath.Join(blobs, name), string(content))
		return v1.Hash{Algorithm: "sha256", Hex: name}
	}
	layer := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(stored.Sum(nil))}
	must(os.Rename(f.Name(), filepath.Join(blobs, layer.Hex)))
	config, err := json.Marshal(v1.ConfigFile{OS: "linux", Architecture: "amd64",
		RootFS: v1.RootFS{Type: "layers", DiffIDs: []v1.Hash{{Algorithm: "sha256", Hex: hex.EncodeToString(unpacked.Sum(nil))}}}})
	must(err)
	manifest, err := json.Marshal(v1.Manifest{SchemaVersion: 2, MediaType: types.OCIManifestSchema1,
		Config: v1.Descriptor{MediaType: types.OCIConfigJSON, Digest: put(config), Size: int64(len(config))},
		Layers: []v1.Descriptor{{MediaType: types.OCILayer, Digest: layer, Size: info.Size()}}})
	must(err)
	index, err := json.Marshal(v1.IndexManifest{SchemaVersion: 2, MediaType: types.OCIImageIndex,
		Manifests: []v1.Descriptor{{MediaType: types.OCIManifestSchema1, Digest: put(manifest), Size: int64(len(manifest))}}})
	must(err)
	write(t, filepath.Join(layout, "index.json"), string(index))
	write(t, filepath.Join(layout, "oci-layout"), `{"imageLayoutVersion":"1.0.0"}`)
}

// words returns n bytes of lines of lower-case words.
func words(n int) []byte {
	random := rand.New(rand.NewPCG(1, 2))
	var b bytes.Buffer
	for b.Len() < n {
		for range 3 + random.IntN(8) {
			b.WriteByte(byte('a' + random.IntN(26)))
		}
		b.WriteByte(" \n"[min(1, random.IntN(8)/7)])
	}
	return b.Bytes()[:n]
}
