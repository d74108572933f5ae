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
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// mostMemory is what a scan may take, whatever the image.
const mostMemory = 256 << 20

// TestEndToEndMemory scans what is large and what is hostile in a process of
// its own and looks at its peak memory. A secret at the very end of what can be
// read shows that all was read; of what cannot, something is said.
func TestEndToEndMemory(t *testing.T) {
	dir := t.TempDir()
	sluice := filepath.Join(dir, "sluice")
	command(t, ".", "go", "build", "-o", sluice, ".")
	text, zeros := words(16<<10), make([]byte, 16<<10)
	token := aToken()
	last := "token=" + token + "\n"
	image := func(files int, size int64, block []byte, flags ...string) func(t *testing.T, path string) ([]string, io.Reader) {
		return func(t *testing.T, path string) ([]string, io.Reader) {
			bigImage(t, path, files, size, block, last)
			return append(append([]string{"image"}, flags...), "oci:"+path), nil
		}
	}
	for _, c := range []struct {
		name string
		make func(t *testing.T, path string) (args []string, stdin io.Reader)
		told string // what is said of it; empty: all is read
	}{
		{"3 GB in large files", image(3, 1<<30, text), ""},
		{"1,000,000 small files", image(1_000_000, 200, text), ""},
		{"a layer of 3 GB of zeros", image(3, 1<<30, zeros, "--max-layer-bytes=1000000000"), "more than the bound of 1000000000 bytes"},
		{"a line of 1 GB", func(t *testing.T, path string) ([]string, io.Reader) {
			line := bytes.ReplaceAll(text, []byte("\n"), []byte(" "))
			return []string{"stdin"}, io.MultiReader(repeated(line, 1<<30), strings.NewReader(" "+last))
		}, ""},
		{"a gzip bomb", func(t *testing.T, path string) ([]string, io.Reader) {
			writeGzip(t, path, repeated(zeros, 2<<30))
			return []string{"dir", "--max-archive-bytes=1000000000", path}, nil
		}, "unpacks to more than 1000000000 bytes"},
		{"many large windows", func(t *testing.T, path string) ([]string, io.Reader) {
			for i := range 4 {
				write(t, filepath.Join(path, fmt.Sprint(i)), string(largeWindows(t, []byte(last))))
			}
			return []string{"dir", path}, nil
		}, "within an archive that needs as much"},
		{"500,000 secrets", func(t *testing.T, path string) ([]string, io.Reader) {
			var b strings.Builder
			for range 500_000 {
				b.WriteString("token=" + aToken() + "\n")
			}
			return []string{"stdin"}, strings.NewReader(b.String())
		}, "more matches than the bound of 200000"},
		{"a Dockerfile of 40,000 secrets", func(t *testing.T, path string) ([]string, io.Reader) {
			var b strings.Builder
			b.WriteString("FROM scratch\n")
			for i := range 40_000 {
				fmt.Fprintf(&b, "ARG TOKEN_%d=%s\n", i, aToken())
			}
			write(t, filepath.Join(path, "Dockerfile"), b.String()+"ENV LAST="+token+"\n")
			return []string{"dockerfile", path}, nil
		}, ""},
		{"a repository with a blob of 200 MB", func(t *testing.T, path string) ([]string, io.Reader) {
			bigRepository(t, path, io.MultiReader(repeated(text, 200<<20), strings.NewReader(last)))
			return []string{"git", path}, nil
		}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "it")
			args, stdin := c.make(t, path)
			cmd := exec.Command(sluice, append(args, "--report", "jsonl", "--show-secrets")...)
			cmd.Stdin = stdin
			out, stderr, peak, err := watch(t, cmd)
			status, want := statusSecrets, token
			if c.told != "" {
				status, want = statusIncomplete, c.told
			}
			var failed *exec.ExitError
			if !errors.As(err, &failed) || failed.ExitCode() != status {
				t.Fatalf("%v, want status %d: %s", err, status, stderr)
			}
			if !bytes.Contains(out, []byte(want)) {
				t.Errorf("the report of %d bytes lacks %q", len(out), want)
			}
			t.Logf("peak memory %d MiB", peak>>20)
			if peak == 0 || peak > mostMemory {
				t.Errorf("peak memory %d MiB, want at most %d", peak>>20, mostMemory>>20)
			}
		})
	}
}

// bigRepository makes a repository of one commit with one file.
func bigRepository(t *testing.T, path string, content io.Reader) {
	t.Helper()
	command(t, ".", "git", "init", "-q", path)
	f, err := os.Create(filepath.Join(path, "large.txt"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = io.Copy(f, content)
	if err := errors.Join(err, f.Close()); err != nil {
		t.Fatal(err)
	}
	command(t, path, "git", "add", "-A")
	command(t, path, "git", "-c", "user.name=Ada", "-c", "user.email=ada@example.com", "commit", "-q", "-m", "large")
}

// watch runs a command and returns its peak memory in bytes. What wait4 says of
// it would count this process too, out of which the command was started.
func watch(t *testing.T, cmd *exec.Cmd) (stdout, stderr []byte, peak int64, err error) {
	t.Helper()
	var out, errors bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errors
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	for {
		select {
		case err := <-done:
			return out.Bytes(), errors.Bytes(), peak, err
		case <-time.After(20 * time.Millisecond):
			status, _ := os.ReadFile(fmt.Sprintf("/proc/%d/status", cmd.Process.Pid))
			if _, after, ok := strings.Cut(string(status), "VmHWM:"); ok {
				var kib int64
				_, _ = fmt.Sscan(after, &kib)
				peak = max(peak, kib<<10)
			}
		}
	}
}

// repeated is a reader of n bytes, the block again and again.
func repeated(block []byte, n int64) io.Reader {
	return io.LimitReader(readerFunc(func(p []byte) (int, error) { return copy(p, block), nil }), n)
}

type readerFunc func([]byte) (int, error)

func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

func writeGzip(t *testing.T, path string, r io.Reader) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewWriterLevel(f, gzip.BestSpeed)
	if err == nil {
		_, err = io.Copy(z, r)
	}
	if err = errors.Join(err, z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// largeWindows packs content four times over as a tar in a frame of zstd that
// asks for 64 MiB, behind a file that fills them. The frames are made by hand,
// of blocks that are raw or repeat a byte (RFC 8878, 3.1.1): what this process
// takes at its peak would count for the one that it starts.
func largeWindows(t *testing.T, content []byte) []byte {
	t.Helper()
	const fill, raw, repeat, mostInBlock = 65 << 20, 0, 1, 128 << 10
	block := func(frame []byte, kind, size int) []byte {
		h := size<<3 | kind<<1
		return append(frame, byte(h), byte(h>>8), byte(h>>16))
	}
	for range 4 {
		var header bytes.Buffer
		if err := tar.NewWriter(&header).WriteHeader(&tar.Header{Name: "fill", Mode: 0o644, Size: fill}); err != nil {
			t.Fatal(err)
		}
		frame := []byte{0x28, 0xb5, 0x2f, 0xfd, 0, 16 << 3} // the window is of 1 KiB, 16 times doubled
		frame = append(block(frame, raw, header.Len()), header.Bytes()...)
		for range fill / mostInBlock {
			frame = append(block(frame, repeat, mostInBlock), 'f')
		}
		rest := tarOf(t, map[string]string{"inner": string(content)})
		frame = append(block(frame, raw, len(rest)), rest...)
		content = append(frame, 1, 0, 0) // the last block, raw and empty
	}
	return content
}

// bigImage writes a layout with one image of one gzipped layer that is
// generated on the way.
func bigImage(t *testing.T, layout string, files int, size int64, block []byte, last string) {
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
