package files

import (
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// known is an expert of files that end in .known, each of which uses a.txt.
type known struct{ broken error }

func (known) Reads(path string) bool { return strings.HasSuffix(path, ".known") }

func (known) Read(ctx context.Context, sink scanner.Sink, o *scanner.Origin, name string, r io.Reader) error {
	if !filepath.IsAbs(name) {
		return errors.New("not an absolute path")
	}
	return source.Stream(ctx, sink, o, "by the expert", r)
}

func (k known) Attribute(_ string, hits []*scanner.Hit) error {
	for _, h := range hits {
		h.Places = []scanner.Place{{Origin: h.Origin, Fix: "by the expert"}}
	}
	return k.broken
}

func (known) Uses(name string, h *scanner.Hit) []scanner.Place {
	if filepath.Base(name) != "a.txt" {
		return nil
	}
	return []scanner.Place{{Origin: h.Origin, Fix: "used"}}
}

func TestDirExpert(t *testing.T) {
	dir := tree(t, map[string]string{"a.txt": "one\n", "b.txt": "two\n", "sub/x.known": "three\n"})
	d := open(t, Options{Base: dir, Expert: known{}}, dir)
	rec := scan(t, d)
	wantPaths(t, rec, "a.txt", "b.txt", "sub/x.known")
	for path, want := range map[string]scanner.BlobID{"a.txt": "", "sub/x.known": "by the expert"} {
		if got := rec.Stream(t, path).Start.Blob; got != want {
			t.Errorf("%s: read %q", path, got)
		}
	}
	hit := func(path, member string) *scanner.Hit {
		return &scanner.Hit{Origin: &scanner.Origin{Path: path, Member: member}, Span: scanner.Span{Line: 1}}
	}
	hits := []*scanner.Hit{hit("a.txt", ""), hit("a.txt", "x"), hit("b.txt", ""), hit("sub/x.known", "")}
	must(t, d.Attribute(t.Context(), hits))
	for i, want := range []string{",used", ",used", "", "by the expert"} {
		var fixes []string
		for _, p := range hits[i].Places {
			fixes = append(fixes, p.Fix)
		}
		if got := strings.Join(fixes, ","); got != want {
			t.Errorf("hit %d: places %q, want %q", i, got, want)
		}
	}
	if a := hits[0].Places; a[0].LineHash == "" || a[1].LineHash != a[0].LineHash {
		t.Errorf("line hashes %q and %q", a[0].LineHash, a[1].LineHash)
	}
	d = open(t, Options{Base: dir, Expert: known{broken: errors.New("broken")}}, dir)
	scan(t, d)
	if err := d.Attribute(t.Context(), hits[3:]); err == nil || !strings.Contains(err.Error(), "sub/x.known: broken") {
		t.Error(err)
	}
}
