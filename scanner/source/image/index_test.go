package image

import (
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/scanner"
)

// platformImage stores an image for a platform, with a file that says so.
func (f *shelf) platformImage(arch string) v1.Descriptor {
	d := f.plainImage([][]byte{archive(inTar{"shared", "base"}), archive(inTar{"arch", arch})}, object{"architecture": arch})
	d.Platform = &v1.Platform{OS: "linux", Architecture: arch}
	return d
}

// attest stores an attestation of an image.
func (f *shelf) attest(image v1.Descriptor, statement string) v1.Descriptor {
	layer := f.put("application/vnd.in-toto+json", []byte(statement))
	layer.Annotations = map[string]string{predicateAnnotation: "https://slsa.dev/provenance/v0.2"}
	d := f.image([]v1.Descriptor{layer}, [][]byte{[]byte(statement)}, object{"os": "unknown", "architecture": "unknown"})
	d.Platform = &v1.Platform{OS: "unknown", Architecture: "unknown"}
	d.Annotations = map[string]string{referenceType: attestation, referenceDigest: image.Digest.String()}
	return d
}

func (f *shelf) index(children ...v1.Descriptor) v1.Descriptor {
	return f.putJSON(types.OCIImageIndex, object{"schemaVersion": 2, "manifests": children})
}

// platforms lists the platform and the path of all that was read but texts.
func (p *tape) platforms() []string {
	var lines []string
	for _, s := range p.streams {
		if s.origin.Kind == scanner.InLayer || s.origin.Kind == scanner.Blob {
			lines = append(lines, fmt.Sprintf("%s %s: %s", s.origin.Platform, s.origin.FullPath(), s.text))
		}
	}
	slices.Sort(lines)
	return lines
}

func TestPlatforms(t *testing.T) {
	f := newShelf()
	amd, arm, s390 := f.platformImage("amd64"), f.platformImage("arm64"), f.platformImage("s390x")
	about := f.attest(arm, "of arm64")
	artifact := f.putJSON(types.OCIManifestSchema1, object{
		"schemaVersion": 2, "artifactType": "application/x.thing",
		"config": f.put(emptyType, []byte("{}")), "layers": []v1.Descriptor{f.put("application/x.thing", []byte("thing"))},
	})
	text := f.put("text/plain", []byte("plain"))
	f.refs["app"] = []v1.Descriptor{f.index(s390, f.index(arm, about, artifact), f.attest(amd, "of amd64"), amd, text)}
	thing := fmt.Sprintf(" artifact[%s]/blob[%s]: thing", short(artifact.Digest), short(f.put("", []byte("thing")).Digest))
	loose := fmt.Sprintf(" index/blob[%s]: plain", short(text.Digest))
	ofARM := fmt.Sprintf("linux/arm64 attestation[%s]/provenance.json: of arm64", short(about.Digest))
	for platform, want := range map[string][]string{
		"linux/arm64":    {thing, loose, "linux/arm64 arch: arm64", ofARM, "linux/arm64 shared: base"},
		"linux/arm64/v8": {thing, loose, "linux/arm64 arch: arm64", ofARM, "linux/arm64 shared: base"},
		"linux/s390x":    {thing, loose, "linux/s390x arch: s390x", "linux/s390x shared: base"},
	} {
		t.Run(platform, func(t *testing.T) {
			p := record(t, f.source(t, Options{Platform: platform}, "app"))
			slices.Sort(want)
			if diff := cmp.Diff(want, p.platforms()); diff != "" || len(p.problems) > 0 {
				t.Errorf("%s %v", diff, p.problems)
			}
		})
	}
	t.Run("all", func(t *testing.T) {
		clear(f.opened)
		s := f.source(t, Options{Platform: "all"}, "app")
		p := record(t, s)
		if got := p.platforms(); len(got) != 8 || len(p.problems) > 0 { // one shared, three arch, four blobs
			t.Errorf("%q %v", got, p.problems)
		}
		if got := p.attribute(t, s, scanner.InLayer); len(got) != 6 {
			t.Errorf("places %q", got)
		}
		for digest, n := range f.opened {
			if n > 1 {
				t.Errorf("%s read %d times", digest, n)
			}
		}
	})
	t.Run("none", func(t *testing.T) {
		err := f.source(t, Options{Platform: "windows/amd64"}, "app").Scan(t.Context(), &tape{})
		var ref *ReferenceError
		if !errors.As(err, &ref) || !slices.Equal(ref.Have, []string{"linux/amd64", "linux/arm64", "linux/s390x"}) {
			t.Errorf("error %v, has %v", err, ref)
		}
	})
	for _, bad := range []string{"linux", "a/b/c/d", "linux/"} {
		if _, err := Open([]string{"app"}, Options{Platform: bad}); err == nil {
			t.Errorf("platform %q taken", bad)
		}
	}
}

// TestDefaultPlatform goes by what there is.
func TestDefaultPlatform(t *testing.T) {
	other := "riscv64"
	for _, archs := range [][]string{ // of which the last is wanted
		{other, "amd64", runtime.GOARCH},
		{other, "s390x", "amd64"},
		{other},
	} {
		want := archs[len(archs)-1]
		f := newShelf()
		var children []v1.Descriptor
		for _, a := range archs {
			children = append(children, f.platformImage(a))
		}
		f.refs["app"] = []v1.Descriptor{f.index(children...)}
		s := f.source(t, Options{}, "app")
		record(t, s)
		if got := s.Images(); len(got) != 1 || got[0].Platform != "linux/"+want {
			t.Errorf("of %v: %v, want %s", archs, got, want)
		}
	}
}

// TestUnlabelled has an index that does not say for which platforms its images
// are: their configurations do.
func TestUnlabelled(t *testing.T) {
	f := newShelf()
	amd, arm := f.platformImage("amd64"), f.platformImage("arm64")
	amd.Platform, arm.Platform = nil, nil
	f.refs["app"] = []v1.Descriptor{f.index(amd, arm)}
	f.refs["one"] = []v1.Descriptor{arm}
	for _, ref := range []string{"app", "one"} {
		s := f.source(t, Options{Platform: "linux/arm64"}, ref)
		p := record(t, s)
		if got := p.paths(scanner.InLayer)["arch"]; got != "arm64" || len(s.Images()) != 1 || s.Images()[0].Digest != arm.Digest.String() {
			t.Errorf("%s: read %q, images %v", ref, got, s.Images())
		}
	}
	if err := f.source(t, Options{Platform: "linux/amd64"}, "one").Scan(t.Context(), &tape{}); err == nil {
		t.Error("an image for another platform was read")
	}
}

// TestHostileIndexes ends, with a problem.
func TestHostileIndexes(t *testing.T) {
	f := newShelf()
	image := f.platformImage("amd64")
	many := make([]v1.Descriptor, 10_000)
	for i := range many {
		many[i] = f.put(types.OCIManifestSchema1, fmt.Appendf(nil, "{%d", i))
		many[i].Platform = image.Platform
	}
	many[0] = image
	cycle := f.put(types.OCIImageIndex, []byte("cycle"))
	f.blobs[cycle.Digest] = f.blobs[f.index(image, cycle).Digest]
	cycle.Size = 0
	deep := image
	for range 20 {
		deep = f.index(deep)
	}
	wide := f.put(types.OCIManifestSchema1, []byte(`{"layers":[`+strings.Repeat("{},", 100_000)+`{}]}`))
	for name, c := range map[string]struct {
		root    v1.Descriptor
		images  int
		problem string
	}{
		"cycle":        {cycle, 1, "digest mismatch"},
		"ten thousand": {f.index(many...), 1, "more than 1000"},
		"deep":         {deep, 0, "more than 8 deep"},
		"no JSON":      {f.put(types.OCIImageIndex, []byte("<html>")), 0, "not a manifest"},
		"other JSON":   {f.put(types.OCIImageIndex, []byte("{}")), 1, "neither layers nor manifests"},
		"old":          {f.put(types.DockerManifestSchema1, []byte(`{"fsLayers":[]}`)), 1, "schema 1"},
		"many layers":  {wide, 1, "more than 4096 members in a JSON value, and 4096 more faults"},
		"large":        {f.put(types.OCIImageIndex, make([]byte, maxManifest+1)), 0, "more than the bound of"},
		"strange digest": {f.put(types.OCIImageIndex, []byte(`{"manifests":[{"digest":"sha256:../../../etc/passwd"}]}`)), 0,
			"neither of sha256 nor of sha512"},
		"index as manifest": {v1.Descriptor{MediaType: types.OCIManifestSchema1, Digest: f.index(image).Digest, Platform: image.Platform}, 1,
			"listed as a manifest"},
	} {
		t.Run(name, func(t *testing.T) {
			f.refs["app"] = []v1.Descriptor{c.root}
			s := f.source(t, Options{}, "app")
			p := record(t, s)
			if len(s.Images()) != c.images || !strings.Contains(strings.Join(p.problems, "\n"), c.problem) {
				t.Errorf("images %v, problems %.1000q", s.Images(), p.problems)
			}
		})
	}
}

// TestSeveralRoots tells the images of an archive apart.
func TestSeveralRoots(t *testing.T) {
	f := newShelf()
	one, two := f.plainImage([][]byte{archive(inTar{"a", "1"})}), f.plainImage([][]byte{archive(inTar{"a", "2"})})
	one.Annotations = map[string]string{refName: "v1"}
	f.refs["oci:x"] = []v1.Descriptor{one, two}
	s := f.source(t, Options{}, "oci:x")
	record(t, s)
	got := []string{s.Images()[0].Name, s.Images()[1].Name}
	if want := []string{"oci:x:v1", "oci:x@" + two.Digest.String()}; !slices.Equal(got, want) {
		t.Errorf("names %q, want %q", got, want)
	}
}

// TestSHA512 reads what go-containerregistry's own types do not take.
func TestSHA512(t *testing.T) {
	f := newShelf()
	layer := archive(inTar{"a", "1"})
	h := newHash(v1.Hash{Algorithm: "sha512"})
	h.Write(layer)
	d := v1.Descriptor{MediaType: types.OCIUncompressedLayer, Digest: v1.Hash{Algorithm: "sha512", Hex: fmt.Sprintf("%x", h.Sum(nil))}}
	f.blobs[d.Digest] = layer
	f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{d}, [][]byte{layer})}
	p := record(t, f.source(t, Options{}, "app"))
	if p.paths(scanner.InLayer)["a"] != "1" || len(p.problems) > 0 {
		t.Errorf("problems %v", p.problems)
	}
	f.blobs[d.Digest] = archive(inTar{"a", "2"})
	if p := record(t, f.source(t, Options{}, "app")); len(p.problems) != 2 { // its own digest and the diffID
		t.Errorf("problems %v", p.problems)
	}
}
