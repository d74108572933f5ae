package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/random"

	ocilayout "github.com/google/go-containerregistry/pkg/v1/layout"
)

// someLayout writes a layout of two images and an index, named in different
// ways.
func someLayout(t *testing.T) (dir string, one, two v1.Image, index v1.ImageIndex) {
	t.Helper()
	one, two = someImage(t, 1), someImage(t, 2)
	index, err := random.Index(100, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	l, err := ocilayout.Write(dir, empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	for _, err := range []error{
		l.AppendImage(one, ocilayout.WithAnnotations(map[string]string{refName: "v1"})),
		l.AppendImage(one, ocilayout.WithAnnotations(map[string]string{refName: "stable"})),
		l.AppendImage(two, ocilayout.WithAnnotations(map[string]string{containerName: "docker.io/team/app:v2", refName: "v2"})),
		l.AppendIndex(index, ocilayout.WithAnnotations(map[string]string{refName: "ghcr.io/team/app:multi"})),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return dir, one, two, index
}

func digestOf(t *testing.T, of interface{ Digest() (v1.Hash, error) }) v1.Hash {
	t.Helper()
	h, err := of.Digest()
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestLayout(t *testing.T) {
	dir, one, two, index := someLayout(t)
	d1, d2, di := digestOf(t, one), digestOf(t, two), digestOf(t, index)
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	child := manifest.Manifests[1].Digest
	for _, test := range []struct {
		suffix string
		want   []v1.Hash
	}{
		{"", []v1.Hash{d1, d2, di}},
		{":v1", []v1.Hash{d1}},
		{":stable", []v1.Hash{d1}},
		{":v2", []v1.Hash{d2}},
		{":team/app:v2", []v1.Hash{d2}},
		{":docker.io/team/app:v2", []v1.Hash{d2}},
		{":multi", []v1.Hash{di}},
		{":ghcr.io/team/app:multi", []v1.Hash{di}},
		{"@" + d2.String(), []v1.Hash{d2}},
		{"@" + child.String(), []v1.Hash{child}},
	} {
		t.Run(test.suffix, func(t *testing.T) {
			s, to := mustOpen(t, "oci:"+dir+test.suffix, nil)
			var got []v1.Hash
			for _, d := range mustRoot(t, s) {
				got = append(got, d.Digest)
				if d.MediaType == "" || d.Size != int64(len(mustRead(t, s, d))) {
					t.Errorf("incomplete descriptor: %+v", d)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
			if len(got) == 1 && to.Digest != got[0].String() {
				t.Errorf("target has digest %q", to.Digest)
			}
		})
	}
	s, _ := mustOpen(t, "oci:"+dir+":v1", nil)
	sameImage(t, s, mustRoot(t, s)[0], one)
}

func TestLayoutHints(t *testing.T) {
	dir, _, _, _ := someLayout(t)
	e := asReference(t, mustFail(t, "oci:"+dir+":v3", nil))
	if diff := cmp.Diff([]string{"docker.io/team/app:v2", "ghcr.io/team/app:multi", "stable", "v1"}, e.Have); diff != "" {
		t.Error(diff)
	}
	if e := asReference(t, mustFail(t, "oci:"+dir+"@"+aDigest, nil)); len(e.Have) != 3 {
		t.Errorf("have %v", e.Have)
	}
	file := writeFile(t, "x.tar", nil)
	if e := asReference(t, mustFail(t, "oci:"+file, nil)); len(e.Try) != 1 || e.Try[0] != "oci-archive:"+file {
		t.Errorf("try %v", e.Try)
	}
	asReference(t, mustFail(t, "oci:"+t.TempDir(), nil))
	if err := mustFail(t, "oci:"+filepath.Join(dir, "gone"), nil); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

// TestLayoutEscape: neither digests nor links lead out of the folder.
func TestLayoutEscape(t *testing.T) {
	dir, one, _, _ := someLayout(t)
	outside := writeFile(t, "outside", []byte("not of the image"))
	s, _ := mustOpen(t, "oci:"+dir+":v1", nil)
	m, err := one.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	blob := filepath.Join(dir, blobPath(m.Layers[0].Digest))
	rel, err := filepath.Rel(filepath.Dir(blob), outside)
	if err != nil {
		t.Fatal(err)
	}
	for _, to := range []string{outside, rel, "../../..", "."} {
		if err := os.Remove(blob); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(to, blob); err != nil {
			t.Fatal(err)
		}
		if raw, err := readOf(t, s, m.Layers[0]); err == nil {
			t.Errorf("link to %s: read %q", to, raw)
		}
	}
	for _, h := range []v1.Hash{
		{},
		{Algorithm: "sha256", Hex: "../../index.json"},
		{Algorithm: "..", Hex: "index.json"},
	} {
		if raw, err := readOf(t, s, v1.Descriptor{Digest: h}); err == nil {
			t.Errorf("digest %s: read %q", h, raw)
		}
	}
	if _, err := readOf(t, s, v1.Descriptor{Digest: v1.Hash{Algorithm: "sha256", Hex: aDigest[7:]}}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("missing blob: %v", err)
	}
}

func TestLayoutDamaged(t *testing.T) {
	for name, test := range map[string]struct{ index, layout, want string }{
		"no JSON":    {"x", `{}`, "index.json"},
		"no image":   {`{"schemaVersion":2}`, `{}`, "holds no image"},
		"traversal":  {`{"manifests":[{"digest":"sha256:../../x"}]}`, `{}`, "index.json"},
		"no digest":  {`{"manifests":[{}]}`, `{}`, "no digest"},
		"missing":    {`{"manifests":[{"digest":"` + aDigest + `"}]}`, `{}`, aDigest},
		"version":    {`{}`, `{"imageLayoutVersion":"2.0.0"}`, "unknown version"},
		"large":      {strings.Repeat(" ", maxManifest+1), `{}`, "larger than"},
		"many":       {`{"manifests":[` + strings.Repeat(`{},`, maxObjects) + `{}]}`, `{}`, "objects"},
		"large mark": {`{}`, strings.Repeat(" ", maxManifest+1), "larger than"},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for file, content := range map[string]string{indexFile: test.index, layoutFile: test.layout} {
				if err := os.WriteFile(filepath.Join(dir, file), []byte(content), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			if err := mustFail(t, "oci:"+dir, nil); !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), dir) {
				t.Error(err)
			}
		})
	}
}

// TestLayoutSizes: nothing is made of the size that a descriptor declares, and
// a file that claims to be a manifest is bounded.
func TestLayoutSizes(t *testing.T) {
	dir, one, _, _ := someLayout(t)
	s, _ := mustOpen(t, "oci:"+dir+":v1", nil)
	m, err := one.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	d := m.Layers[0]
	d.Size = 1 << 60
	if raw := mustRead(t, s, d); int64(len(raw)) != m.Layers[0].Size {
		t.Errorf("%d bytes", len(raw))
	}
	if err := os.Truncate(filepath.Join(dir, blobPath(d.Digest)), maxManifest+1); err != nil {
		t.Fatal(err)
	}
	for _, media := range manifestTypes {
		d.MediaType = media
		if _, err := readOf(t, s, d); !errors.Is(err, errLargeManifest) {
			t.Errorf("%s: %v", media, err)
		}
	}
}

func TestDescribe(t *testing.T) {
	img, err := mutate.Annotations(someImage(t, 3), map[string]string{"a": "b"}).(v1.Image).RawManifest()
	if err != nil {
		t.Fatal(err)
	}
	var bare map[string]any
	if err := json.Unmarshal(img, &bare); err != nil {
		t.Fatal(err)
	}
	delete(bare, "mediaType")
	noType, err := json.Marshal(bare)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct{ raw, declared, want string }{
		{string(img), "application/json", "application/vnd.docker.distribution.manifest.v2+json"},
		{string(noType), "application/json; charset=utf-8", "application/vnd.oci.image.manifest.v1+json"},
		{string(noType), "application/vnd.docker.distribution.manifest.v2+json; q=1", "application/vnd.docker.distribution.manifest.v2+json"},
		{`{"manifests":[]}`, "", "application/vnd.oci.image.index.v1+json"},
		{`{"schemaVersion":1,"fsLayers":[]}`, "", "error schema 1"},
		{`{}`, "application/vnd.docker.distribution.manifest.v1+prettyjws", "error schema 1"},
		{`{"errors":[]}`, "application/json", "error not a manifest"},
		{`<html>`, "text/html", "error not a manifest"},
	} {
		d, err := describe([]byte(test.raw), test.declared)
		got := string(d.MediaType)
		if err != nil {
			got = fmt.Sprint("error ", err)
		}
		if !strings.HasPrefix(got, test.want) {
			t.Errorf("%.40s declared %s: %s, want %s", test.raw, test.declared, got, test.want)
		}
	}
}
