package image

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	library "github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/klauspost/compress/zstd"
)

// pack writes a folder into an archive, as oci-archives are made.
func pack(t *testing.T, dir, prefix string) []byte {
	t.Helper()
	var items []item
	err := fs.WalkDir(os.DirFS(dir), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		body, err := os.ReadFile(filepath.Join(dir, path))
		items = append(items, item{name: prefix + path, body: string(body)})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return tarOf(t, items...)
}

func gzipped(t testing.TB, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func zstded(t *testing.T, data []byte) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	return w.EncodeAll(data, nil)
}

// oldSave is an archive as docker wrote it before version 25: layers in
// folders of their own, one of them a link to another's. One layer is
// compressed, which other tools do.
func oldSave(t testing.TB) (archive []byte, config string, layers []string) {
	t.Helper()
	config = `{"architecture":"amd64","os":"linux"}`
	layers = []string{
		string(tarOf(t, item{name: "etc/one", body: "1"})),
		string(gzipped(t, tarOf(t, item{name: "etc/two", body: "2"}))),
		string(tarOf(t, item{name: "etc/one", body: "1"})),
		string(tarOf(t, item{name: "etc/one", body: "1"})),
	}
	return tarOf(t,
		item{name: "aa/", kind: tar.TypeDir},
		item{name: "aa/json", body: "{}"},
		item{name: "aa/layer.tar", body: layers[0]},
		item{name: "./bb/layer.tar", body: layers[1]},
		item{name: "cc/layer.tar", kind: tar.TypeSymlink, link: "../aa/layer.tar"},
		item{name: "dd/layer.tar", kind: tar.TypeLink, link: "aa/layer.tar"},
		item{name: "config.json", body: "overwritten"},
		item{name: "config.json", body: config},
		item{name: "manifest.json", body: `[
			{"Config":"config.json","RepoTags":["team/app:v1","team/app:stable"],
			 "Layers":["aa/layer.tar","bb/layer.tar","cc/layer.tar","dd/layer.tar"]},
			{"Config":"config.json","RepoTags":null,"Layers":["aa/layer.tar"]}]`},
	), config, layers
}

func TestOldSave(t *testing.T) {
	archive, config, layers := oldSave(t)
	path := writeFile(t, "save.tar", archive)
	for _, suffix := range []string{":v1", ":team/app:stable", ":docker.io/team/app:v1"} {
		s, to := mustOpen(t, "docker-archive:"+path+suffix, nil)
		root := mustRoot(t, s)
		if len(root) != 1 || to.Digest != "" || imageName(root[0]) != "team/app:v1" {
			t.Fatalf("%s: %+v, %+v", suffix, to, root)
		}
		if at, ok := archiveEntry(root[0]); !ok || at != "manifest.json" {
			t.Errorf("entry %q", at)
		}
		m := manifestOf(t, s, root[0])
		if got := string(mustRead(t, s, m.Config)); got != config || m.Config.Digest != sum(config) {
			t.Errorf("configuration %q, %s", got, m.Config.Digest)
		}
		for i, d := range m.Layers {
			if got := string(mustRead(t, s, d)); got != layers[i] || d.Size != int64(len(got)) || d.Digest != (v1.Hash{}) {
				t.Errorf("layer %d: %d bytes, %+v", i, len(got), d)
			}
		}
		if len(m.Layers) != len(layers) {
			t.Errorf("%d layers", len(m.Layers))
		}
	}
	s, _ := mustOpen(t, "docker-archive:"+path, nil)
	if root := mustRoot(t, s); len(root) != 2 || root[0].Digest == root[1].Digest || imageName(root[1]) != "" {
		t.Errorf("%+v", root)
	}
	if e := asReference(t, mustFail(t, "docker-archive:"+path+":v2", nil)); !cmp.Equal(e.Have, []string{"team/app:stable", "team/app:v1"}) {
		t.Errorf("have %v", e.Have)
	}
	s, _ = mustOpen(t, "docker-archive:"+path+"@"+sum(config).String(), nil)
	if root := mustRoot(t, s); len(root) != 2 {
		t.Errorf("by image id: %d", len(root))
	}
	asReference(t, mustFail(t, "docker-archive:"+path+"@"+aDigest, nil))
}

func sum(s string) v1.Hash {
	h := sha256.Sum256([]byte(s))
	return v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(h[:])}
}

// TestSavedByLibrary reads what go-containerregistry writes: layers that are
// compressed, named by digest.
func TestSavedByLibrary(t *testing.T) {
	img := someImage(t, 1)
	var b bytes.Buffer
	tag, err := name.NewTag("team/app:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := library.Write(tag, img, &b); err != nil {
		t.Fatal(err)
	}
	s, _ := mustOpen(t, "docker-archive:"+writeFile(t, "save.tar", b.Bytes()), nil)
	sameImage(t, s, mustRoot(t, s)[0], img)
}

// newSave is an archive as docker writes it from version 25 on: a layout, with
// a manifest.json that names one more image.
func newSave(t *testing.T, prefix string) ([]byte, v1.Image) {
	t.Helper()
	dir, _, two, _ := someLayout(t)
	m, err := two.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	writeAt(t, filepath.Join(dir, "manifest.json"), fmt.Sprintf(`[{"Config":%q,"RepoTags":["team/extra:v9"],"Layers":[%q]}]`,
		blobPath(m.Config.Digest), blobPath(m.Layers[0].Digest)))
	return pack(t, dir, prefix), two
}

func TestNewSave(t *testing.T) {
	for _, prefix := range []string{"", "./"} {
		archive, two := newSave(t, prefix)
		path := writeFile(t, "save.tar", archive)
		for _, via := range []string{"docker-archive:", "oci-archive:"} {
			s, to := mustOpen(t, via+path+":v2", nil)
			sameImage(t, s, mustRoot(t, s)[0], two)
			if _, madeUp := archiveEntry(mustRoot(t, s)[0]); madeUp || to.Digest != digestOf(t, two).String() {
				t.Errorf("%+v", to)
			}
			s, _ = mustOpen(t, via+path, nil)
			if root := mustRoot(t, s); len(root) != 3 {
				t.Errorf("%d images", len(root))
			}
			s, _ = mustOpen(t, via+path+":v9", nil)
			m := manifestOf(t, s, mustRoot(t, s)[0])
			if raw := mustRead(t, s, m.Layers[0]); sum(string(raw)) != m.Layers[0].Digest {
				t.Errorf("the digest that the path gives: %s", m.Layers[0].Digest)
			}
			want := []string{"docker.io/team/app:v2", "ghcr.io/team/app:multi", "stable", "team/extra:v9", "v1"}
			if diff := cmp.Diff(want, asReference(t, mustFail(t, via+path+":v3", nil)).Have); diff != "" {
				t.Error(diff)
			}
		}
	}
}

// TestPipe: archives that can be read once, or are compressed, are spooled, and
// the spool is gone when the store is closed.
func TestPipe(t *testing.T) {
	archive, _, _ := oldSave(t)
	layout, _ := newSave(t, "")
	for name, raw := range map[string][]byte{
		"old": archive, "new": layout,
		"old, gzip": gzipped(t, archive), "old, zstd": zstded(t, archive), "new, zstd": zstded(t, layout),
	} {
		t.Run(name, func(t *testing.T) {
			check := func(ref string, o *Remote) {
				t.Helper()
				o.TempDir = t.TempDir()
				s, _, err := openStore(t.Context(), ref, o)
				if err != nil {
					t.Fatal(err)
				}
				for _, d := range mustRoot(t, s) {
					if _, err := readOf(t, s, d); err != nil {
						t.Error(err)
					}
				}
				if err := s.Close(); err != nil {
					t.Error(err)
				}
				if left, err := os.ReadDir(o.TempDir); err != nil || len(left) != 0 {
					t.Errorf("left over: %v %v", left, err)
				}
			}
			check("-", &Remote{Stdin: bytes.NewReader(raw)})
			check("-", &Remote{Stdin: bytes.NewReader(raw), SpoolLimit: 1 << 20})
			path := writeFile(t, "save.tar.any", raw)
			check("docker-archive:"+path, &Remote{})
			file, err := os.Open(path)
			if err != nil {
				t.Fatal(err)
			}
			defer file.Close()
			check("-", &Remote{Stdin: file})
			if _, err := file.Stat(); err != nil {
				t.Errorf("standard input is not ours to close: %v", err)
			}
		})
	}
}

func TestSpool(t *testing.T) {
	archive, _, _ := oldSave(t)
	bomb := gzipped(t, make([]byte, 10<<20))
	for name, test := range map[string]struct {
		raw   []byte
		limit int64
		want  string // the error says
	}{
		"fits":           {archive, int64(len(archive)), ""},
		"does not":       {archive, int64(len(archive)) - 1, "spool limit"},
		"bomb":           {bomb, 1 << 20, "spool limit"},
		"empty":          {nil, 0, "truncated"},
		"bzip2":          {[]byte("BZh91AY&SY"), 0, "unexpected EOF"},
		"xz":             {[]byte("\xfd7zXZ\x00\x00"), 0, "xz: data is truncated"},
		"truncated gzip": {gzipped(t, archive)[:200], 0, "unexpected EOF"},
		"truncated zstd": {zstded(t, archive)[:200], 0, "unexpected EOF"},
		"no archive":     {bytes.Repeat([]byte("text "), 1000), 0, "not a tar archive"},
	} {
		t.Run(name, func(t *testing.T) {
			o := &Remote{Stdin: bytes.NewReader(test.raw), SpoolLimit: test.limit, TempDir: t.TempDir()}
			if test.want == "" {
				mustOpen(t, "-", o)
				return
			}
			if err := mustFail(t, "-", o); !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
			if left, err := os.ReadDir(o.TempDir); err != nil || len(left) != 0 {
				t.Errorf("left over: %v %v", left, err)
			}
		})
	}
	asReference(t, mustFail(t, "-", nil))
}

// TestSpoolCancel: a pipe on which nothing comes does not hold up the end.
func TestSpoolCancel(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		_, _ = w.Write(make([]byte, 1024))
		cancel()
	}()
	if _, _, err := openStore(ctx, "-", &Remote{Stdin: r, TempDir: t.TempDir()}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestArchiveHints(t *testing.T) {
	dir, _, _, _ := someLayout(t)
	if e := asReference(t, mustFail(t, "docker-archive:"+dir, nil)); len(e.Try) != 1 || e.Try[0] != "oci:"+dir {
		t.Errorf("try %v", e.Try)
	}
	gone := filepath.Join(dir, "gone.tar")
	if err := mustFail(t, "docker-archive:"+gone, nil); !errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), gone) {
		t.Error(err)
	}
	asReference(t, mustFail(t, "docker-archive:"+writeFile(t, "a.tar", tarOf(t, item{name: "x", body: "y"})), nil))
	if err := mustFail(t, "docker-archive:"+writeFile(t, "a.tar", tarOf(t, item{name: "repositories", body: "{}"})), nil); !strings.Contains(err.Error(), "1.10") {
		t.Error(err)
	}
}

// TestArchiveHostile: what is wrong is an error that names the archive, and
// nothing outside of it can be named.
func TestArchiveHostile(t *testing.T) {
	manifest := func(layer string) item {
		return item{name: "manifest.json", body: fmt.Sprintf(`[{"Config":"c","Layers":[%q]}]`, layer)}
	}
	config := item{name: "c", body: "{}"}
	for name, test := range map[string]struct {
		items []item
		want  string // the error of opening the archive, else of the layer
	}{
		"loop":            {[]item{config, {name: "a", kind: tar.TypeSymlink, link: "b"}, {name: "b", kind: tar.TypeSymlink, link: "a"}, manifest("a")}, "too many links"},
		"itself":          {[]item{config, {name: "a", kind: tar.TypeLink, link: "a"}, manifest("a")}, "too many links"},
		"link outside":    {[]item{config, {name: "a", kind: tar.TypeSymlink, link: "/etc/passwd"}, manifest("a")}, "not exist"},
		"link far up":     {[]item{config, {name: "x/a", kind: tar.TypeSymlink, link: "../../../../etc/passwd"}, manifest("x/a")}, "not exist"},
		"path outside":    {[]item{config, manifest("../../../etc/passwd")}, "not exist"},
		"missing layer":   {[]item{config, manifest("a")}, "not exist"},
		"a folder":        {[]item{config, {name: "a", body: "x"}, {name: "a", kind: tar.TypeDir}, manifest("a")}, "not exist"},
		"a device":        {[]item{config, {name: "a", kind: tar.TypeChar}, manifest("a")}, "not exist"},
		"missing config":  {[]item{manifest("a")}, "configuration"},
		"large config":    {[]item{{name: "c", body: strings.Repeat(" ", maxManifest+1)}, manifest("a")}, "larger than"},
		"large manifest":  {[]item{{name: "manifest.json", body: strings.Repeat(" ", maxManifest+1)}}, "larger than"},
		"broken manifest": {[]item{{name: "manifest.json", body: "["}}, "manifest.json"},
		"many objects":    {[]item{{name: "manifest.json", body: "[" + strings.Repeat("{},", maxObjects) + "{}]"}}, "objects"},
		"many layers": {[]item{config, {name: "manifest.json",
			body: `[{"Config":"c","Layers":["` + strings.Repeat(`a","`, 100_000) + `a"]}]`}}, "larger than"},
		"huge entry":  {[]item{config, {name: "a", size: 1 << 50}}, "truncated"},
		"long name":   {[]item{{name: strings.Repeat("n", maxEntryName+1)}}, "longer names"},
		"broken oci":  {[]item{config, {name: "index.json", body: "["}, manifest("a")}, "index.json"},
		"other index": {[]item{{name: "index.json", body: "{}"}}, "holds no image"},
	} {
		t.Run(name, func(t *testing.T) {
			path := writeFile(t, "hostile.tar", tarOf(t, test.items...))
			s, _, err := openStore(t.Context(), "docker-archive:"+path, nil)
			if err == nil {
				defer s.Close()
				m := manifestOf(t, s, mustRoot(t, s)[0])
				_, err = readOf(t, s, m.Layers[0])
			} else if !strings.Contains(err.Error(), path) {
				t.Errorf("which archive? %v", err)
			}
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Error(err)
			}
		})
	}
}

// TestArchiveTruncated cuts an archive everywhere: unless everything that the
// image needs is there, there is an error that names the archive.
func TestArchiveTruncated(t *testing.T) {
	archive, _, _ := oldSave(t)
	path := filepath.Join(t.TempDir(), "cut.tar")
	for cut := 0; cut < len(archive)-1024-512; cut += 177 {
		if err := os.WriteFile(path, archive[:cut], 0o600); err != nil {
			t.Fatal(err)
		}
		if err := mustFail(t, "docker-archive:"+path, nil); !strings.Contains(err.Error(), path) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Fatalf("cut at %d of %d: %v", cut, len(archive), err)
		}
	}
}

// FuzzTarball: whatever the headers say, entries are parts of the archive.
func FuzzTarball(f *testing.F) {
	archive, _, _ := oldSave(f)
	f.Add(archive)
	f.Add(archive[:len(archive)/2])
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		b, err := newTarball(t.Context(), bytes.NewReader(data), int64(len(data)), io.NopCloser(nil))
		if err != nil {
			return
		}
		for name := range b.entries {
			rc, size, err := b.open(name)
			if err != nil {
				continue
			}
			if n, err := io.Copy(io.Discard, rc); err != nil || n != size || n > int64(len(data)) {
				t.Errorf("%q: %d of %d bytes: %v", name, n, size, err)
			}
		}
		s, err := storeOf(t.Context(), &reference{target: target{Name: "fuzz"}}, bytes.NewReader(data), int64(len(data)), io.NopCloser(nil))
		if err == nil {
			s.Close()
		}
	})
}
