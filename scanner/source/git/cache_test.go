package git_test

import (
	"bytes"
	"compress/zlib"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/cache"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

// TestCache: a second run reads what is new and what had findings, and says the
// same.
func TestCache(t *testing.T) {
	r := newRepository(t)
	for i := range 30 {
		r.write(fmt.Sprintf("f%d.txt", i), fmt.Sprintln("text", i))
		r.commit(fmt.Sprint("commit ", i))
	}
	r.write("secret.txt", line(1))
	r.write("pointer", "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n")
	r.write("allowed.txt", "token = \""+token(2)+"\"\n")
	r.commit("with secrets")
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	run := func() *scanner.Report { return remembered(t, set, folder, r.dir) }
	first, second := run(), run()
	if first.Stats.Blobs != 64 || second.Stats.Blobs != 3 { // 31 commits and 33 files; two have secrets, one is a pointer
		t.Errorf("read %d, then %d", first.Stats.Blobs, second.Stats.Blobs)
	}
	same := func(a, b *scanner.Report) {
		t.Helper()
		for seed := range int64(4) {
			if diff := cmp.Diff(tell(find(a, token(seed))), tell(find(b, token(seed)))); diff != "" {
				t.Errorf("another run says else:\n%s", diff)
			}
		}
		if diff := cmp.Diff(a.Skipped, b.Skipped); diff != "" {
			t.Errorf("another run leaves else out:\n%s", diff)
		}
	}
	same(first, second)
	r.write("f1.txt", line(3))
	r.git("mv", "f2.txt", "moved.txt")
	r.commit("another")
	third := run()
	if third.Stats.Blobs != 6 { // and the commit, the file and the one under another name
		t.Errorf("read %d", third.Stats.Blobs)
	}
	same(third, run())
	if find(third, token(3)) == nil {
		t.Error("what is new is not found")
	}
}

// remembered scans a repository with the cache in a folder.
func remembered(t *testing.T, set *rules.Set, folder, repository string) *scanner.Report {
	t.Helper()
	c, err := cache.Open(folder, []byte("key"))
	if err != nil {
		t.Fatal(err)
	}
	engine, err := scanner.New(scanner.Options{Rules: set, Cache: c})
	if err != nil {
		t.Fatal(err)
	}
	source, err := git.Open(context.Background(), repository, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	report := engine.Scan(context.Background(), source)
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return report
}

// TestCacheOfAnother: a repository that gives an object another content makes
// nobody believe that the object itself is clean.
func TestCacheOfAnother(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", line(1))
	r.commit("with a secret")
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	id := r.git("rev-parse", "HEAD:a.txt")
	file := filepath.Join(r.dir, ".git", "objects", id[:2], id[2:])
	right, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	put := func(text []byte) {
		t.Helper()
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, text, 0o400); err != nil {
			t.Fatal(err)
		}
	}
	var wrong bytes.Buffer
	w := zlib.NewWriter(&wrong)
	fmt.Fprint(w, "blob 6\x00clean\n")
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	folder := t.TempDir()
	put(wrong.Bytes())
	if report := remembered(t, set, folder, r.dir); len(report.Findings) > 0 || report.Stats.Blobs != 2 {
		t.Fatalf("%d findings in %d blobs", len(report.Findings), report.Stats.Blobs)
	}
	put(right)
	if find(remembered(t, set, folder, r.dir), token(1)) == nil {
		t.Error("what another repository made of the object is believed")
	}
}
