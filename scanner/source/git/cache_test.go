package git_test

import (
	"context"
	"fmt"
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
	run := func() *scanner.Report {
		c, err := cache.Open(folder, []byte("key"))
		if err != nil {
			t.Fatal(err)
		}
		engine, err := scanner.New(scanner.Options{Rules: set, Cache: c})
		if err != nil {
			t.Fatal(err)
		}
		source, err := git.Open(context.Background(), r.dir, git.Options{})
		if err != nil {
			t.Fatal(err)
		}
		report := engine.Scan(context.Background(), source)
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		return report
	}
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
