package image

import (
	"fmt"
	"hash/maphash"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
)

// TestStates looks at a file that the lowest layer has as a/b/f, and at what
// the layers above make of it.
func TestStates(t *testing.T) {
	for name, c := range map[string]struct {
		above [][]inTar
		want  []string
	}{
		"untouched":              {[][]inTar{{{"a/b/g", "2"}}}, []string{"live: 1", "live: 2"}},
		"folder touched":         {[][]inTar{{{"a/", ""}, {"a/b/", ""}}}, []string{"live: 1"}},
		"overwritten":            {[][]inTar{{{"a/b/f", "2"}}}, []string{"overwritten by 1: 1", "live: 2"}},
		"overwritten twice":      {[][]inTar{{{"a/b/f", "2"}}, {{"a/b/f", "3"}}}, []string{"overwritten by 1: 1", "overwritten by 2: 2", "live: 3"}},
		"another spelling":       {[][]inTar{{{"./a//b/../b/f", "2"}}}, []string{"overwritten by 1: 1", "live: 2"}},
		"out of the root":        {[][]inTar{{{"../../a/b/f", "2"}}}, []string{"overwritten by 1: 1", "live: 2"}},
		"whiteout":               {[][]inTar{{{"a/b/.wh.f", ""}}}, []string{"deleted by 1: 1"}},
		"whiteout of parent":     {[][]inTar{{{"a/.wh.b", ""}}}, []string{"deleted by 1: 1"}},
		"whiteout of top":        {[][]inTar{{{".wh.a", ""}}}, []string{"deleted by 1: 1"}},
		"whiteout of other":      {[][]inTar{{{"a/.wh.b2", ""}, {"a/b/.wh.ff", ""}}}, []string{"live: 1"}},
		"whiteout as a link":     {[][]inTar{{{"a/b/.wh.f -> x", ""}}}, []string{"deleted by 1: 1"}},
		"opaque parent":          {[][]inTar{{{"a/b/.wh..wh..opq", ""}}}, []string{"deleted by 1: 1"}},
		"opaque root":            {[][]inTar{{{".wh..wh..opq", ""}}}, []string{"deleted by 1: 1"}},
		"opaque before siblings": {[][]inTar{{{"a/.wh..wh..opq", ""}, {"a/g", "2"}}}, []string{"deleted by 1: 1", "live: 2"}},
		"opaque after siblings":  {[][]inTar{{{"a/g", "2"}, {"a/.wh..wh..opq", ""}}}, []string{"deleted by 1: 1", "live: 2"}},
		"opaque in the file":     {[][]inTar{{{"a/b/f/.wh..wh..opq", ""}}}, []string{"live: 1"}},
		"aufs bookkeeping":       {[][]inTar{{{".wh..wh.plnk/", ""}, {".wh..wh.aufs", ""}, {".wh..wh.orph/", ""}}}, []string{"live: 1"}},
		"replaced by folder":     {[][]inTar{{{"a/b/f/", ""}}}, []string{"overwritten by 1: 1"}},
		"replaced by link":       {[][]inTar{{{"a/b/f -> /etc", ""}}}, []string{"overwritten by 1: 1"}},
		"parent becomes a file":  {[][]inTar{{{"a/b", "2"}}}, []string{"deleted by 1: 1", "live: 2"}},
		"parent becomes a link":  {[][]inTar{{{"a -> c", ""}}}, []string{"deleted by 1: 1"}},
		"recreated":              {[][]inTar{{{"a/b/.wh.f", ""}}, {{"a/b/f", "3"}}}, []string{"deleted by 1: 1", "live: 3"}},
		"replaced in one layer":  {[][]inTar{{{"a/b/.wh.f", ""}, {"a/b/f", "2"}}}, []string{"overwritten by 1: 1", "live: 2"}},
		"deleted later":          {[][]inTar{{}, {}, {{"a/.wh.b", ""}}, {{"a/b/f", "5"}}}, []string{"deleted by 3: 1", "live: 5"}},
		"twice in a layer": {[][]inTar{{{"x", "2"}, {"y", "3"}, {"x", "4"}}},
			[]string{"live: 1", "overwritten by 1: 2", "live: 3", "live: 4"}},
		"thrice in a layer": {[][]inTar{{{"x", "2"}, {"x", "3"}, {"./x", "4"}}, {{".wh.x", ""}}},
			[]string{"live: 1", "overwritten by 1: 2", "overwritten by 1: 3", "deleted by 2: 4"}},
		"file, then folder, in a layer": {[][]inTar{{{"x", "2"}, {"x/", ""}}}, []string{"live: 1", "overwritten by 1: 2"}},
		"folder, then file, in a layer": {[][]inTar{{{"x/", ""}, {"x", "2"}}}, []string{"live: 1", "live: 2"}},
		"whiteout with content":         {[][]inTar{{{"a/b/.wh.f", "2"}}}, []string{"deleted by 1: 1", "live: 2"}},
	} {
		t.Run(name, func(t *testing.T) {
			archives := [][]byte{archive(inTar{"a/b/f", "1"})}
			for _, items := range c.above {
				archives = append(archives, archive(items...))
			}
			f := newShelf()
			f.refs["app"] = []v1.Descriptor{f.plainImage(archives)}
			s := f.source(t, Options{}, "app")
			p := record(t, s)
			var got []string
			for _, line := range p.attribute(t, s, scanner.InLayer) {
				_, state, _ := strings.Cut(line, " @")
				_, state, _ = strings.Cut(state, " ")
				got = append(got, state)
			}
			slices.SortFunc(got, func(a, b string) int { return strings.Compare(a[len(a)-1:], b[len(b)-1:]) })
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
			if len(p.problems) > 0 || p.skipped > 0 {
				t.Errorf("problems %v, %d skipped", p.problems, p.skipped)
			}
		})
	}
}

// TestPaths compares the table with a map.
func TestPaths(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	seed := pathSeed{maphash.MakeSeed()}
	var p paths
	want := map[string]effect{}
	for range 20_000 {
		name := fmt.Sprint(random.IntN(8000))
		e := effect(1) << random.IntN(4)
		before := p.add(seed.hash(name), e)
		if before != want[name] {
			t.Fatalf("add %s: before %b, want %b", name, before, want[name])
		}
		if e&made != 0 {
			want[name] &^= made
		}
		want[name] |= e
	}
	for i := range 8000 {
		name := fmt.Sprint(i)
		if got := p.get(seed.hash(name)); got != want[name] {
			t.Fatalf("get %s: %b, want %b", name, got, want[name])
		}
	}
	if p.n != len(want) {
		t.Errorf("%d paths, want %d", p.n, len(want))
	}
}

func TestCleanPath(t *testing.T) {
	for in, want := range map[string]string{
		"./etc/shadow": "etc/shadow", "/etc//shadow": "etc/shadow", "../../x": "x", "a/../../b": "b", "./": "", "": "",
		"a/./b/": "a/b", "/..": "", `a\b`: `a\b`,
	} {
		if got := cleanPath(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}
