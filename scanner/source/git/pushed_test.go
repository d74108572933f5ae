package git_test

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/source/git"
)

// TestPushed: what a push brings in is what its receiver has not, by refs or by
// ids, of which some may not be here.
func TestPushed(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepository(t, "--object-format="+format)
		r.write("a.txt", line(1))
		first := r.commit("first")
		r.write("b.txt", line(2))
		second := r.commit("second")
		r.git("tag", "-a", "-m", "of a tag "+line(3), "inner")
		r.git("tag", "-a", "-m", "outer", "outer", "inner")
		r.write("loose.txt", line(4))
		blob := r.git("hash-object", "-w", "loose.txt")
		gone := strings.Repeat("7", len(first))

		main := []git.Pushed{{Object: second, Ref: "refs/heads/main"}}
		report := whole(t, r.dir, git.Options{Pushed: main})
		expect(t, report, token(1), "live a.txt:1 in first at refs/heads/main")
		expect(t, report, token(2), "live b.txt:1 in second at refs/heads/main")

		report = whole(t, r.dir, git.Options{Pushed: main, Had: []string{first, gone}})
		expect(t, report, token(1), "not found")
		expect(t, report, token(2), "live b.txt:1 in second at refs/heads/main")

		r.git("update-ref", "refs/remotes/there/x", first)
		report = whole(t, r.dir, git.Options{Pushed: main, Beyond: []string{"refs/remotes/there/*"}})
		expect(t, report, token(1), "not found")
		expect(t, report, token(2), "live b.txt:1 in second at refs/heads/main")

		report = whole(t, r.dir, git.Options{
			Pushed: []git.Pushed{{Object: r.git("rev-parse", "outer"), Ref: "refs/tags/outer"}, {Object: blob, Ref: "refs/blobs/x"}},
			Beyond: []string{"refs/heads/*"},
		})
		expect(t, report, token(2), "not found")
		expect(t, report, token(3), "live tag:inner:6 in of a tag token: **** at refs/tags/outer")
		expect(t, report, token(4), "live ref:refs/blobs/x:1 at refs/blobs/x")

		if report := scan(t, r.dir, git.Options{Pushed: []git.Pushed{{Object: gone, Ref: "refs/heads/x"}}}); report.Complete {
			t.Error("what is pushed is not here, and the scan is complete")
		}
	}
}

// TestManyPushed: a push of more refs than a command line holds.
func TestManyPushed(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", line(1))
	first := r.commit("first")
	var o git.Options
	for i := range 60_000 {
		o.Pushed = append(o.Pushed, git.Pushed{Object: first, Ref: fmt.Sprintf("refs/tags/%d", i)})
		o.Had = append(o.Had, fmt.Sprintf("%040x", i+1))
	}
	if find(whole(t, r.dir, o), token(1)) == nil {
		t.Error("not found")
	}
}

// TestStagedMerge: a merge adds what none of its parents has, and to resolve a
// conflict in a file is not to bring in what stands beside it.
func TestStagedMerge(t *testing.T) {
	r := newRepository(t)
	r.write("both.txt", "1\n2\n3\n4\n5\n")
	r.commit("first")
	r.git("checkout", "-q", "-b", "side")
	r.write("theirs.txt", line(1))
	r.write("both.txt", line(2)+"theirs\n2\n3\n4\n5\n")
	r.commit("theirs")
	r.git("checkout", "-q", "main")
	r.write("both.txt", "ours\n2\n3\n4\n5\n")
	r.commit("ours")
	if _, err := r.try("merge", "-q", "side"); err == nil {
		t.Fatal("no conflict")
	}
	r.write("both.txt", line(2)+"both\n2\n3\n4\n5\n"+line(3))
	r.write("new.txt", line(4))
	r.git("add", "-A")
	report := whole(t, r.dir, git.Options{Staged: true})
	expect(t, report, token(1), "not found")
	expect(t, report, token(2), "not found")
	expect(t, report, token(3), "live both.txt:7")
	expect(t, report, token(4), "live new.txt:1")
}

// TestStagedPartial: an object that is staged and not here is a problem, and not
// a reason to fetch it.
func TestStagedPartial(t *testing.T) {
	r := newRepository(t)
	r.write("left.txt", line(2)+strings.Repeat("text\n", 1000))
	r.commit("first")
	r.git("config", "uploadpack.allowFilter", "true")
	clone := filepath.Join(t.TempDir(), "c")
	r.git("clone", "-q", "--bare", "--filter=blob:limit=100", "file://"+r.dir, clone)
	mark := filepath.Join(t.TempDir(), "ran")
	r.git("-C", clone, "config", "remote.origin.uploadpack", "touch "+mark+"; git-upload-pack")
	r.git("-C", clone, "config", "protocol.allow", "always")
	r.git("-C", clone, "read-tree", "HEAD")
	left := r.git("rev-parse", "HEAD:left.txt")
	r.write("here.txt", line(1))
	here := r.git("-C", clone, "hash-object", "-w", filepath.Join(r.dir, "here.txt"))
	r.git("-C", clone, "update-index", "--add", "--cacheinfo", "100644,"+left+",a-copy.txt", "--cacheinfo", "100644,"+here+",here.txt")
	report := scan(t, clone, git.Options{Staged: true})
	if report.Complete || !strings.Contains(report.Problems[0].Where, "a-copy.txt") {
		t.Errorf("problems %v", report.Problems)
	}
	expect(t, report, token(1), "live here.txt:1")
	if left, err := filepath.Glob(mark); err != nil || len(left) > 0 {
		t.Error("the upload-pack of the repository was run")
	}
}

// TestStagedGits: a commit waits for every git that is started.
func TestStagedGits(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "clean\n")
	r.commit("first")
	r.write("a.txt", "changed\n")
	r.git("add", "-A")
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	log, counting := filepath.Join(t.TempDir(), "log"), filepath.Join(t.TempDir(), "git")
	script := fmt.Sprintf("#!/bin/sh\necho \"$*\" >>'%s'\nexec '%s' \"$@\"\n", log, real)
	if err := os.WriteFile(counting, []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	whole(t, r.dir, git.Options{Staged: true, Git: counting})
	started, err := os.ReadFile(log)
	if n := strings.Count(string(started), "\n"); err != nil || n != 1 {
		t.Errorf("%d gits, want one that compares, %v:\n%s", n, err, started)
	}
}
