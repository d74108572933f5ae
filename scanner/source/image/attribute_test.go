package image

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// twoTags stores two images that share their lowest layer.
func twoTags() *shelf {
	f := newShelf()
	base := archive(inTar{"a", "1"}, inTar{"b", "2"})
	f.refs["v1"] = []v1.Descriptor{f.plainImage([][]byte{base, archive(inTar{"c", "3"})})}
	f.refs["v2"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"d", "4"}), base, archive(inTar{".wh.a", ""})})}
	return f
}

// TestShared reads a layer of two images once and reports it for both.
func TestShared(t *testing.T) {
	f := twoTags()
	var events []Event
	s := f.source(t, Options{Workers: 1, Progress: func(e Event) { events = append(events, e) }}, "v1", "v2")
	p := record(t, s)
	want := []string{
		"v1 a @0 live: 1", "v1 b @0 live: 2", "v1 c @1 live: 3",
		"v2 a @1 deleted by 2: 1", "v2 b @1 live: 2", "v2 d @0 live: 4",
	}
	if diff := cmp.Diff(want, p.attribute(t, s, scanner.InLayer)); diff != "" {
		t.Error(diff)
	}
	if len(p.paths(scanner.InLayer)) != 4 {
		t.Errorf("read %v", p.paths(scanner.InLayer))
	}
	if planned := events[0]; planned.Stage != Planned || planned.Blobs != 4 {
		t.Errorf("first event %+v", planned)
	}
	var read int64
	for _, e := range events {
		if e.Stage == Read {
			read += e.Bytes
		}
	}
	if read != events[0].Bytes {
		t.Errorf("%d bytes read, %d planned", read, events[0].Bytes)
	}
}

// TestMissingReference reads the others.
func TestMissingReference(t *testing.T) {
	f := twoTags()
	p := &tape{}
	err := f.source(t, Options{}, "v1", "nowhere", "v2").Scan(t.Context(), p)
	if err != nil || len(p.problems) != 1 || !strings.Contains(p.problems[0], "nowhere") || len(p.paths(scanner.InLayer)) != 4 {
		t.Errorf("error %v, problems %v, read %v", err, p.problems, p.paths(scanner.InLayer))
	}
	s := f.source(t, Options{}, "nowhere")
	if err := s.Scan(t.Context(), p); !errors.Is(err, fs.ErrNotExist) || len(s.Failed()) != 1 {
		t.Errorf("error %v, failed %v", err, s.Failed())
	}
}

// TestDeterminism attributes alike however the work falls.
func TestDeterminism(t *testing.T) {
	f := twoTags()
	var first []string
	for i := range 20 {
		s := f.source(t, Options{Workers: 1 + i%4}, "v2", "v1")
		p := record(t, s)
		got := p.attribute(t, s, scanner.InLayer, scanner.Config, scanner.History)
		for _, st := range p.streams {
			got = append(got, st.origin.Target+" "+st.origin.FullPath())
		}
		slices.Sort(got)
		if first == nil {
			first = got
		}
		if diff := cmp.Diff(first, got); diff != "" {
			t.Fatalf("run %d: %s", i, diff)
		}
	}
}

// TestMembers keeps what is in an archive in a layer with that layer.
func TestMembers(t *testing.T) {
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"x", "1"}), archive(inTar{"x", "2"}, inTar{"x", "3"})})}
	s := f.source(t, Options{}, "app")
	p := record(t, s)
	var got []string
	for _, st := range p.streams {
		if st.origin.Kind == scanner.InLayer {
			o := *st.origin // as an archive's members get theirs
			o.Member = "m"
			h := &scanner.Hit{Origin: &o}
			if err := s.Attribute(t.Context(), []*scanner.Hit{h}); err != nil || len(h.Places) != 1 {
				t.Fatalf("%v %v", err, h.Places)
			}
			got = append(got, h.Places[0].Origin.FullPath()+" "+st.text+" "+h.Places[0].State.String())
		}
	}
	slices.Sort(got)
	if want := []string{"x!/m 1 overwritten", "x!/m 2 overwritten", "x!/m 3 live"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestExtract(t *testing.T) {
	hash := v1.Hash{Algorithm: "sha256", Hex: strings.Repeat("ab", 32)}
	stored := v1.Descriptor{Digest: hash}
	saved := v1.Descriptor{URLs: []string{entryScheme + "1f/layer.tar"}}
	blob := "blobs/sha256/" + hash.Hex
	for want, c := range map[string]struct {
		t target
		d v1.Descriptor
		c codec.Codec
		p string
	}{
		"crane blob r.test/app@" + hash.String() + " | tar -xzO -f - ./etc/key": {
			target{Name: "r.test/app:v1", Transport: viaRegistry, Registry: "r.test", Repository: "app", Tag: "v1"}, stored, codec.Gzip, "etc/key"},
		"cat dir/" + blob + " | zstd -dc | tar -xO -f - './it'\\''s $HOME'": {
			target{Name: "oci:dir:v1", Transport: viaLayout, Tag: "v1"}, stored, codec.Zstd, "it's $HOME"},
		"tar -xO -f a.tar " + blob + " | tar -xO -f - ./k": {target{Name: "oci-archive:a.tar", Transport: viaOCIArchive}, stored, codec.Plain, "k"},
		"tar -xO -f a.tar 1f/layer.tar | tar -xO -f - ./k": {
			target{Name: "docker-archive:a.tar:app:v1", Transport: viaDockerArchive, Tag: "app:v1"}, saved, codec.Plain, "k"},
		"docker save app:v1 | tar -xO -f - 1f/layer.tar | tar -xO -f - ./k": {
			target{Name: "docker-daemon:app:v1", Transport: viaDaemon, Repository: "app", Tag: "v1"}, saved, codec.Plain, "k"},
	} {
		p := &part{image: &image{target: c.t}, desc: c.d, unit: &unit{codec: c.c, prefix: "./"}}
		if got := p.extract(c.p); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if got := member("-rf"); got != "-- -rf" {
		t.Error(got)
	}
}

// TestInherited marks what came with a base, however it is named.
func TestInherited(t *testing.T) {
	f := newShelf()
	low, mid, top := archive(inTar{"low", "1"}), archive(inTar{"mid", "2"}), archive(inTar{"top", "3"})
	env := func(vars ...string) object { return object{"config": object{"Env": vars}} }
	history := func(by ...string) object {
		var list []object
		for _, b := range by {
			list = append(list, object{"created_by": b})
		}
		return object{"history": list}
	}
	base := f.plainImage([][]byte{low, mid}, env("A=1", "B=2"), history("ADD low", "ADD mid"))
	app := f.plainImage([][]byte{low, mid, top}, env("A=1", "B=3"), history("ADD low", "ADD mid", "ADD top"))
	layers := func(n int) string {
		return f.put(types.OCIUncompressedLayer, [][]byte{low, mid, top}[n-1]).Digest.String()
	}
	f.refs["base"], f.refs["app"] = []v1.Descriptor{base}, []v1.Descriptor{app}
	f.refs["other"] = []v1.Descriptor{f.plainImage([][]byte{mid, low})}
	f.refs["registry.test/app@"+base.Digest.String()] = f.refs["base"]
	chained := (&image{parts: []*part{{layer: &scanner.Layer{DiffID: layers(1)}}, {layer: &scanner.Layer{DiffID: layers(2)}}}})
	chain := chainOf(layers(1), layers(2))
	if chained.upTo(chain) != 2 {
		t.Fatal("chain not found")
	}
	files := []string{"low", "mid"}
	steps := []string{"history[0]", "history[1]"}
	for ref, want := range map[string][]string{
		"base":               slices.Concat([]string{"config.Env[A]"}, steps, files),
		base.Digest.String(): slices.Concat([]string{"config.Env[A]"}, steps, files),
		layers(1):            {"history[0]", "low"},
		chain:                slices.Concat(steps, files),
		"other":              nil,
		"missing":            nil,
	} {
		t.Run(ref, func(t *testing.T) {
			s := f.source(t, Options{Base: ref}, "app")
			p := record(t, s)
			var got []string
			for _, st := range p.streams {
				h := &scanner.Hit{Origin: st.origin}
				if err := s.Attribute(t.Context(), []*scanner.Hit{h}); err != nil {
					t.Fatal(err)
				}
				if o := h.Places[0].Origin; o.Inherited == ref && len(o.FullPath()) > 0 && !strings.HasPrefix(o.Path, "config.os") && o.Path != "config.architecture" {
					got = append(got, o.Path)
				}
			}
			slices.Sort(got)
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
			}
			if failed := ref == "missing"; (len(p.problems) > 0) != failed {
				t.Errorf("problems %v", p.problems)
			}
		})
	}
}
