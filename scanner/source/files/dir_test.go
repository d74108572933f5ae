package files

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tree writes files, by slash-separated path, into a new folder.
func tree(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for path, content := range files {
		name := filepath.Join(dir, filepath.FromSlash(path))
		must(t, os.MkdirAll(filepath.Dir(name), 0o755))
		if !strings.HasSuffix(path, "/") {
			must(t, os.WriteFile(name, []byte(content), 0o644))
		}
	}
	return dir
}

func open(t testing.TB, o Options, paths ...string) *Dir {
	t.Helper()
	d, err := Open(paths, o)
	must(t, err)
	return d
}

// scan scans and checks the chunks; what went wrong is the recorder's to tell.
func scan(t testing.TB, s scanner.Source) *sourcetest.Recorder {
	t.Helper()
	var rec sourcetest.Recorder
	must(t, s.Scan(context.Background(), &rec))
	rec.Check(t, false)
	return &rec
}

func wantPaths(t testing.TB, rec *sourcetest.Recorder, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, rec.Paths()); diff != "" {
		t.Errorf("paths: %s", diff)
	}
	for _, p := range rec.Problems() {
		t.Errorf("%s: problem: %v", p.Path, p.Err)
	}
}

func wantSkips(t testing.TB, rec *sourcetest.Recorder, want ...sourcetest.Skip) {
	t.Helper()
	if diff := cmp.Diff(want, rec.Skips()); diff != "" {
		t.Errorf("skipped: %s", diff)
	}
}

func TestDir(t *testing.T) {
	sourcetest.Run(t, func(t *testing.T, files map[string][]byte) scanner.Source {
		texts := map[string]string{}
		for path, content := range files {
			texts[path] = string(content)
		}
		dir := tree(t, texts)
		return open(t, Options{Base: dir, Workers: 3}, dir)
	})
}

func TestDirUnreadable(t *testing.T) {
	good := map[string][]byte{"a": []byte("1"), "z/b": []byte("2")}
	dir := tree(t, map[string]string{"a": "1", "z/b": "2", "bad": "3", "folder/c": "4"})
	for _, bad := range []string{"bad", "folder"} {
		t.Run(bad, func(t *testing.T) {
			d := open(t, Options{Base: dir, Exclude: []string{"bad", "folder", "!" + bad}}, dir)
			denied := &os.PathError{Op: "open", Path: bad, Err: os.ErrPermission}
			d.openFolder = func(p place) (*folder, error) {
				if filepath.Base(p.real) == bad {
					return nil, denied
				}
				return openFolder(p)
			}
			d.openIn = func(in *folder, name string) (*input, error) {
				if filepath.Base(name) == bad {
					return nil, denied
				}
				return openIn(in, name)
			}
			sourcetest.Unreadable(t, d, bad, good)
		})
	}
}

func TestDirPaths(t *testing.T) {
	dir := tree(t, map[string]string{".env": "1", "sub/a.txt": "2", "sub/deep/b.txt": "3"})
	outside := tree(t, map[string]string{"c.txt": "4"})
	must(t, os.Symlink(filepath.Join(dir, "sub"), filepath.Join(outside, "linked")))
	must(t, os.Symlink(filepath.Join(dir, ".env"), filepath.Join(outside, "env")))
	for name, c := range map[string]struct {
		paths []string
		want  []string
	}{
		"base":          {[]string{dir}, []string{".env", "sub/a.txt", "sub/deep/b.txt"}},
		"folder":        {[]string{dir + "/sub/"}, []string{"sub/a.txt", "sub/deep/b.txt"}},
		"file":          {[]string{dir + "/.env"}, []string{".env"}},
		"unclean":       {[]string{dir + "/sub/../sub/deep"}, []string{"sub/deep/b.txt"}},
		"outside":       {[]string{outside + "/c.txt"}, []string{"../" + filepath.Base(outside) + "/c.txt"}},
		"linked folder": {[]string{outside + "/linked"}, []string{"sub/a.txt", "sub/deep/b.txt"}},
		"linked file":   {[]string{outside + "/env"}, []string{".env"}},
		"twice":         {[]string{dir + "/sub", dir + "/sub"}, []string{"sub/a.txt", "sub/deep/b.txt"}},
		"one in another": {[]string{dir + "/sub/deep", dir, dir + "/sub/a.txt"},
			[]string{".env", "sub/a.txt", "sub/deep/b.txt"}},
		"side by side": {[]string{dir + "/sub/deep", dir + "/.env"}, []string{".env", "sub/deep/b.txt"}},
	} {
		t.Run(name, func(t *testing.T) {
			wantPaths(t, scan(t, open(t, Options{Base: dir}, c.paths...)), c.want...)
		})
	}
	t.Run("working directory", func(t *testing.T) {
		t.Chdir(dir)
		wantPaths(t, scan(t, open(t, Options{}, "sub", ".env")), ".env", "sub/a.txt", "sub/deep/b.txt")
	})
	t.Run("missing", func(t *testing.T) {
		var rec sourcetest.Recorder
		err := open(t, Options{Base: dir}, dir+"/none", dir+"/sub/deep").Scan(context.Background(), &rec)
		if !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "none") {
			t.Errorf("error %v", err)
		}
		wantPaths(t, &rec, "sub/deep/b.txt")
	})
	t.Run("device", func(t *testing.T) {
		if err := open(t, Options{}, os.DevNull).Scan(context.Background(), &sourcetest.Recorder{}); err == nil {
			t.Error("no error")
		}
	})
}

func TestDirOrigin(t *testing.T) {
	dir := tree(t, map[string]string{"run.sh": "1"})
	must(t, os.Chmod(filepath.Join(dir, "run.sh"), 0o750))
	got := *scan(t, open(t, Options{Base: dir}, dir)).Stream(t, "run.sh").Origin
	if want := (scanner.Origin{Kind: scanner.File, Target: dir, Path: "run.sh", Mode: 0o750}); got != want {
		t.Errorf("origin %+v, want %+v", got, want)
	}
}

func TestDirSkips(t *testing.T) {
	dir := tree(t, map[string]string{"a": "1", ".git/config": "2", "sub/.hg/x": "3", "sub/.svn/x": "3", ".jj/x": "4", "_darcs/x": "5",
		".bzr/x": "6", "submodule/.git": "gitdir: ../x", ".github/x": "7"})
	must(t, os.Symlink("a", filepath.Join(dir, "link")))
	must(t, os.Symlink("..", filepath.Join(dir, "sub", "loop")))
	must(t, os.Symlink("nowhere", filepath.Join(dir, "broken")))
	rec := scan(t, open(t, Options{Base: dir}, dir))
	wantPaths(t, rec, ".github/x", "a", "submodule/.git")
	vcs := func(path string) sourcetest.Skip { return sourcetest.Skip{Path: path, Reason: scanner.SkipVCS} }
	link := func(path string) sourcetest.Skip { return sourcetest.Skip{Path: path, Reason: scanner.SkipSymlink} }
	wantSkips(t, rec, vcs(".bzr"), vcs(".git"), vcs(".jj"), vcs("_darcs"), link("broken"), link("link"), vcs("sub/.hg"), vcs("sub/.svn"), link("sub/loop"))
}

// Archives on disk are read where they are: not even one that is longer than
// what may be spooled is left out.
func TestDirArchiveInPlace(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	w, err := z.CreateHeader(&zip.FileHeader{Name: "x/y.txt", Method: zip.Store})
	must(t, err)
	content := sourcetest.Text(1, 100<<10)
	_, err = w.Write(content)
	must(t, err)
	must(t, z.Close())
	dir := tree(t, map[string]string{"lib/a.jar": b.String()})
	rec := scan(t, open(t, Options{Base: dir, Limits: source.Limits{Spool: 1000}}, dir))
	wantPaths(t, rec, "lib/a.jar!/x/y.txt")
	if !bytes.Equal(rec.Stream(t, "lib/a.jar!/x/y.txt").Content, content) {
		t.Error("the member is not what was packed")
	}
}

func TestDirExclude(t *testing.T) {
	dir := tree(t, map[string]string{"a.log": "1", "keep.log": "2", "vendor/x": "3", "sub/vendor/y": "4", "sub/b.txt": "5"})
	rec := scan(t, open(t, Options{Base: dir, Exclude: []string{"*.log", "!keep.log", "/vendor/"}}, dir))
	wantPaths(t, rec, "keep.log", "sub/b.txt", "sub/vendor/y")
	wantSkips(t, rec, sourcetest.Skip{Path: "a.log", Reason: scanner.SkipExcluded}, sourcetest.Skip{Path: "vendor", Reason: scanner.SkipExcluded})
	for _, bad := range []string{"", "[a", "/"} {
		if _, err := Open([]string{dir}, Options{Exclude: []string{bad}}); err == nil {
			t.Errorf("pattern %q: no error", bad)
		}
	}
}

func TestDirAttribute(t *testing.T) {
	text := "first\n  Lorem ipsum\nlast\n"
	dir := tree(t, map[string]string{"a.txt": text, "sub/b.txt": text, "c.bin": "a\x00b\n"})
	d := open(t, Options{Base: dir}, filepath.Join(dir, "sub"), dir)
	scan(t, d)
	want := map[int]string{2: ""}
	must(t, source.LineHashes(strings.NewReader(text), want))
	hit := func(path, member string, line int) *scanner.Hit {
		return &scanner.Hit{Origin: &scanner.Origin{Path: path, Member: member}, Span: scanner.Span{Line: line}}
	}
	hits := []*scanner.Hit{hit("a.txt", "", 2), hit("sub/b.txt", "", 2), hit("a.txt", "x", 2), hit("c.bin", "", 1), hit("gone", "", 1), hit("a.txt", "", 99)}
	must(t, d.Attribute(context.Background(), hits))
	for i, h := range hits {
		switch {
		case i < 2 && (len(h.Places) != 1 || h.Places[0].LineHash != want[2] || h.Places[0].State != scanner.Live || h.Places[0].Origin != h.Origin):
			t.Errorf("hit %d: places %+v, want hash %s", i, h.Places, want[2])
		case i >= 2 && len(h.Places) != 0:
			t.Errorf("hit %d: places %+v, want none", i, h.Places)
		}
	}
	if want[2] == "" {
		t.Error("the line has no hash")
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := d.Attribute(ctx, hits); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}
