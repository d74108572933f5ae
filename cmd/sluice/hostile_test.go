package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"io"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
)

// tarOf returns a tar of files by name.
func tarOf(t *testing.T, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o644, Size: int64(len(files[name]))}); err != nil {
			t.Fatal(err)
		}
		_, _ = io.WriteString(w, files[name])
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func gzipOf(t *testing.T, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write(content)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// layoutOf writes a layout with one image of one layer.
func layoutOf(t *testing.T, path string, files map[string]string) {
	t.Helper()
	content := tarOf(t, files)
	layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
	if err != nil {
		t.Fatal(err)
	}
	img, err := mutate.AppendLayers(v1.Image(empty.Image), layer)
	if err != nil {
		t.Fatal(err)
	}
	p, err := layout.Write(path, empty.Index)
	if err == nil {
		err = p.AppendImage(img)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestLayersAreNotObeyed: a configuration that comes with what is scanned
// changes nothing, nor does an ignore file.
func TestLayersAreNotObeyed(t *testing.T) {
	t.Chdir(t.TempDir())
	const allow = "[[allow]]\npaths = ['.*']\n"
	write(t, "allow.toml", allow)
	layoutOf(t, "image", map[string]string{
		".sluice.toml": allow, "app/.sluice.toml": allow, "app/.gitignore": "*", "app/.gitleaksignore": "*", "app/.env": "TOKEN=" + aToken(),
	})
	for _, c := range []struct {
		args   []string
		status int
	}{
		{[]string{"image", "oci:image"}, statusSecrets},
		{[]string{"image", "--config", "allow.toml", "oci:image"}, statusClean},
	} {
		var stdout, stderr bytes.Buffer
		if status := run(t.Context(), c.args, strings.NewReader(""), &stdout, &stderr); status != c.status {
			t.Errorf("%v: status %d, want %d\n%s%s", c.args, status, c.status, stdout.String(), stderr.String())
		}
	}
}

// TestHostileConfiguration: a configuration is a file of some size, since that
// of a repository comes with what is scanned.
func TestHostileConfiguration(t *testing.T) {
	for name, make := range map[string]func(path string) error{
		"device": func(path string) error { return os.Symlink("/dev/zero", path) },
		"folder": func(path string) error { return os.Mkdir(path, 0o755) },
		"large":  func(path string) error { return os.WriteFile(path, bytes.Repeat([]byte("#\n"), maxConfig), 0o644) },
		"extends": func(path string) error {
			return os.WriteFile(path, []byte("[extend]\npath = \"/dev/zero\"\n"), 0o644)
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if err := make(".sluice.toml"); err != nil {
				t.Fatal(err)
			}
			var stdout, stderr bytes.Buffer
			status := run(t.Context(), []string{"stdin"}, strings.NewReader("text"), &stdout, &stderr)
			if status != statusIncomplete || !strings.Contains(stderr.String(), "configuration: ") {
				t.Errorf("status %d: %s%s", status, stdout.String(), stderr.String())
			}
		})
	}
}

// TestArchiveLimits: each flag bounds what is unpacked, and what it leaves out
// is a problem with its place.
func TestArchiveLimits(t *testing.T) {
	t.Chdir(t.TempDir())
	token := aToken()
	inner := tarOf(t, map[string]string{"a": "nothing", "b": "token=" + token})
	outer := gzipOf(t, tarOf(t, map[string]string{"inner.tgz": string(gzipOf(t, inner))}))
	write(t, "tree/outer.tgz", string(outer))
	layoutOf(t, "image", map[string]string{"srv/outer.tgz": string(outer)})
	write(t, "context/Dockerfile", "FROM scratch\nCOPY outer.tgz /\n")
	write(t, "context/outer.tgz", string(outer))
	commands := map[string][]string{
		"image": {"oci:image"}, "dir": {"tree"}, "dockerfile": {"context"}, "stdin": nil,
	}
	for _, c := range []struct {
		flag   string
		status int
		told   string
	}{
		{"--max-archive-depth=2", statusSecrets, "inner.tgz!/b:1:7"},
		{"--max-archive-depth=1", statusIncomplete, "an archive within 1 others is not unpacked"},
		{"--max-archive-depth=-1", statusClean, string("archive, not unpacked as asked")},
		{"--max-archive-members=2", statusIncomplete, "more than 2 members"},
		{"--max-archive-bytes=600", statusIncomplete, "more than 600 bytes"},
		{"--archive-timeout=1ns", statusIncomplete, "longer than 1ns"},
	} {
		for command, args := range commands {
			t.Run(command+c.flag, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				stdin := bytes.NewReader(outer)
				status := run(t.Context(), append([]string{command, c.flag}, args...), stdin, &stdout, &stderr)
				if text := strings.Join(strings.Fields(stdout.String()), " "); status != c.status || !strings.Contains(text, c.told) {
					t.Errorf("status %d, want %d that says %q\n%s%s", status, c.status, c.told, stdout.String(), stderr.String())
				}
			})
		}
	}
}
