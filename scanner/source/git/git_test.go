package git_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/source/git"
)

func TestLife(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "one\n")
	r.commit("first")
	r.write("conf/app.yml", line(1))
	r.write("live.txt", "above\n"+line(2))
	added := r.commit("add")
	r.write("live.txt", "more\nabove\n"+line(2))
	r.commit("edit")
	r.write("conf/app.yml", "token: none\n")
	removed := r.commit("clean up")

	report := whole(t, r.dir, git.Options{})
	expect(t, report, token(1), "deleted conf/app.yml:1 in add out clean up")
	expect(t, report, token(2), "live live.txt:3 in add at HEAD")
	o := find(report, token(1)).Occurrences[0]
	if c := o.Origin.Commit; c.ID != added || c.Author != "Ada" || c.Email != "ada@example.com" || c.Date.IsZero() {
		t.Errorf("brought in by %+v", c)
	}
	if o.By.Commit.ID != removed || o.By.Commit.Author != "Ada" {
		t.Errorf("removed by %+v", o.By.Commit)
	}
	if o.Origin.Object != r.git("rev-parse", added+":conf/app.yml") || !strings.HasSuffix(o.Extract, o.Origin.Object) {
		t.Errorf("object %s, extracted by %q", o.Origin.Object, o.Extract)
	}
}

func TestRenamedTenTimes(t *testing.T) {
	r := newRepository(t)
	r.write("file0", line(1)+strings.Repeat("text\n", 30))
	r.commit("add")
	want := "deleted file0:1 in add out move 1"
	for i := 1; i <= 10; i++ {
		from, to := "file"+string(rune('0'+i-1)), "file"+string(rune('0'+i))
		r.git("mv", from, to)
		r.commit("move " + strings.Split("0 1 2 3 4 5 6 7 8 9 10", " ")[i])
		if i < 10 {
			want += "\ndeleted " + to + ":1 in move " + strings.Split("0 1 2 3 4 5 6 7 8 9 10", " ")[i] + " out move " + strings.Split("0 1 2 3 4 5 6 7 8 9 10", " ")[i+1]
		} else {
			want += "\nlive " + to + ":1 in move 10 at HEAD"
		}
	}
	report := whole(t, r.dir, git.Options{})
	expect(t, report, token(1), want)
	if len(report.Findings) != 1 {
		t.Errorf("%d findings, want one", len(report.Findings))
	}
}

func TestMerges(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "one\n")
	r.commit("first")
	r.git("checkout", "-q", "-b", "side")
	r.write("side.txt", line(1))
	r.commit("side")
	r.write("dropped.txt", line(4))
	r.commit("dropped by the merge")
	r.git("checkout", "-q", "main")
	r.write("b.txt", "two\n")
	r.commit("main")
	r.git("merge", "-q", "--no-commit", "--no-ff", "side")
	r.write("a.txt", line(2)) // stands in the merge alone
	r.git("rm", "-q", "-f", "dropped.txt")
	r.commit("merge")
	r.git("branch", "-q", "-D", "side")
	for _, name := range []string{"x", "y"} {
		r.git("checkout", "-q", "-b", name, "main")
		r.write(name+".txt", name+"\n")
		r.commit("on " + name)
	}
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "--no-commit", "--no-ff", "x", "y")
	r.write("octopus.txt", line(3))
	r.commit("octopus")

	report := whole(t, r.dir, git.Options{})
	expect(t, report, token(1), "live side.txt:1 in side at HEAD")
	expect(t, report, token(2), "live a.txt:1 in merge at HEAD")
	expect(t, report, token(3), "live octopus.txt:1 in octopus at HEAD")
	expect(t, report, token(4), "deleted dropped.txt:1 in dropped by the merge out merge")
}

func TestBesideFiles(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "one\n")
	first := r.commit("first")
	message := r.commit("with " + line(1))
	r.git("tag", "-a", "v1", "-m", "release\n\n"+line(2))
	tagged := r.git("rev-parse", "v1")
	r.git("tag", "-a", "nested", "-m", "of a tag: "+line(7), "v1")
	r.git("notes", "add", "-m", line(3), first)
	r.write("a.txt", line(4))
	r.git("stash", "push", "-q", "-m", "newest")
	r.write("b.txt", line(5))
	r.git("stash", "push", "-q", "-u", "-m", "not tracked")
	r.write("c.txt", line(6))
	r.git("tag", "blob", r.git("hash-object", "-w", "c.txt"))
	if err := os.Remove(filepath.Join(r.dir, "c.txt")); err != nil {
		t.Fatal(err)
	}

	report := whole(t, r.dir, git.Options{})
	subject := "with " + strings.TrimSpace(line(1))
	for seed, want := range map[int64]string{
		2: "live tag:v1:8 in release at refs/tags/v1",
		3: "live note:" + first + ":1 in Notes added by 'git notes add' at refs/notes/commits",
		4: "live a.txt:1 in On main: newest at stash@{1}",
		6: "live tag:blob:1 at refs/tags/blob",
	} {
		expect(t, report, token(seed), want)
	}
	subject = strings.ReplaceAll(subject, token(1), "****")
	if got, want := tell(find(report, token(1))), "live commit:"+message+":6 in "+subject; !strings.HasPrefix(got, want) {
		t.Errorf("a message: %s", got) // git writes the subject into the messages of the stash too
	}
	if got := tell(find(report, token(5))); !strings.HasPrefix(got, "live b.txt:1 in untracked files on main") || !strings.HasSuffix(got, "at refs/stash") {
		t.Errorf("untracked in the stash: %s", got)
	}
	if got := tell(find(report, token(7))); !strings.HasPrefix(got, "live tag:nested:6 ") {
		t.Errorf("a tag of a tag: %s", got)
	}
	if c := find(report, token(2)).Occurrences[0].Origin.Commit; c.ID != tagged || c.Author != "Ada" || c.Date.IsZero() {
		t.Errorf("the tag was made by %+v", c)
	}
}

func TestUnreachable(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "one\n")
	r.commit("first")
	r.write("a.txt", line(1))
	r.commit("taken back")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.write("b.txt", line(2))
	r.git("add", "b.txt")
	r.git("rm", "-q", "--cached", "b.txt")
	if err := os.Remove(filepath.Join(r.dir, "b.txt")); err != nil {
		t.Fatal(err)
	}
	r.write("c.txt", line(3))
	r.commit("without a log")
	r.git("reset", "-q", "--hard", "HEAD~1")
	r.git("reflog", "expire", "--expire=now", "--all")

	if report := whole(t, r.dir, git.Options{}); len(report.Findings) != 0 {
		t.Errorf("found what no ref reaches: %s", tell(&report.Findings[0]))
	}
	report := whole(t, r.dir, git.Options{Unreachable: true})
	expect(t, report, token(1), "deleted a.txt:1 in taken back")
	expect(t, report, token(3), "deleted c.txt:1 in without a log")
	if got := tell(find(report, token(2))); !strings.HasPrefix(got, "deleted object:") {
		t.Errorf("a dangling blob: %s", got)
	}
	if e := find(report, token(1)).Occurrences[0].Origin.Exposure(); e != "git objects that no ref reaches" {
		t.Errorf("exposed: %s", e)
	}
}

func TestOddNames(t *testing.T) {
	r := newRepository(t)
	r.write("with\nnewline \"and\" tab\t.txt", line(1))
	r.write("no utf-8 \xff\xfe.txt", line(2))
	r.write("commit:0123", line(3))
	r.write(":(glob)*", line(4))
	r.write("-rf", line(5))
	r.commit("odd")
	report := whole(t, r.dir, git.Options{})
	expect(t, report, token(1), "live with\nnewline \"and\" tab\t.txt:1 in odd at HEAD")
	expect(t, report, token(2), "live no utf-8 \uFFFD.txt:1 in odd at HEAD")
	expect(t, report, token(3), "live commit:0123:1 in odd at HEAD")
	expect(t, report, token(4), "live :(glob)*:1 in odd at HEAD")
	expect(t, report, token(5), "live -rf:1 in odd at HEAD")
}

func TestRange(t *testing.T) {
	r := newRepository(t)
	r.write("old.txt", line(1))
	r.write("renamed.txt", line(2)+strings.Repeat("text\n", 30))
	base := r.commit("base")
	r.write("old.txt", "edited\n"+line(1))
	r.git("mv", "renamed.txt", "new.txt")
	r.commit("edit and rename")
	r.write("added.txt", line(3))
	r.commit("add")
	r.git("rm", "-q", "added.txt")
	r.commit("remove")
	r.git("checkout", "-q", "-b", "other", base)
	r.write("other.txt", line(4))
	r.commit("elsewhere")
	r.git("checkout", "-q", "main")
	r.git("merge", "-q", "--no-ff", "-m", "merge", "other")

	report := whole(t, r.dir, git.Options{Range: []string{base + "..main"}})
	expect(t, report, token(3), "deleted added.txt:1 in add out remove")
	expect(t, report, token(4), "live other.txt:1 in elsewhere at HEAD")
	if len(report.Findings) != 2 {
		t.Errorf("%d findings, want what the range brings in alone", len(report.Findings))
	}
	report = whole(t, r.dir, git.Options{Range: []string{"other..main"}})
	if find(report, token(4)) != nil || find(report, token(3)) == nil {
		t.Error("a merge brings in what its other side had")
	}
	for name, o := range map[string]git.Options{
		"max count": {MaxCount: 1}, "since": {Since: "1.minute"}, "branch": {Branches: []string{"other"}},
	} {
		if found := find(whole(t, r.dir, o), token(3)); found != nil {
			t.Errorf("%s: found %s", name, tell(found))
		}
	}
	if find(whole(t, r.dir, git.Options{FirstParent: true}), token(4)) == nil {
		t.Error("by first parents, the merge brings in what its other side had")
	}
	for _, bad := range []git.Options{{Range: []string{"no..where"}}, {Branches: []string{"nothing"}}} {
		if report := scan(t, r.dir, bad); report.Complete {
			t.Errorf("%+v: complete", bad)
		}
	}
	for _, bad := range []git.Options{{Range: []string{"--output=x"}}, {Branches: []string{"--all"}}, {Since: "-x"}, {Staged: true, MaxCount: 1}} {
		if _, err := git.Open(context.Background(), r.dir, bad); err == nil {
			t.Errorf("%+v: no error", bad)
		}
	}
}

func TestStaged(t *testing.T) {
	r := newRepository(t)
	r.write("first.txt", line(1))
	r.git("add", "-A")
	report := whole(t, r.dir, git.Options{Staged: true})
	expect(t, report, token(1), "live first.txt:1")
	r.commit("first")
	if report := whole(t, r.dir, git.Options{Staged: true}); len(report.Findings) != 0 {
		t.Error("nothing is staged")
	}
	r.git("mv", "first.txt", "moved.txt")
	r.write("partly.txt", "above\n"+line(2))
	r.write("data.bin", "\x00\x01"+line(3))
	r.git("add", "-A")
	r.write("partly.txt", "above\n"+line(4))
	report = whole(t, r.dir, git.Options{Staged: true})
	expect(t, report, token(2), "live partly.txt:2")
	expect(t, report, token(3), "live data.bin:1")
	if len(report.Findings) != 2 {
		t.Errorf("%d findings, want the two that are staged and new", len(report.Findings))
	}
	// As git commit FILE has it: another index.
	index := filepath.Join(t.TempDir(), "index")
	r.env = []string{"GIT_INDEX_FILE=" + index}
	r.git("read-tree", "HEAD")
	r.git("add", "partly.txt")
	r.env = nil
	report = whole(t, r.dir, git.Options{Staged: true, Index: index})
	expect(t, report, token(4), "live partly.txt:2")
}

func TestEmptyAndNone(t *testing.T) {
	r := newRepository(t)
	if report := whole(t, r.dir, git.Options{}); len(report.Findings) != 0 {
		t.Error("found something in nothing")
	}
	if report := whole(t, r.dir, git.Options{Staged: true}); len(report.Findings) != 0 {
		t.Error("found something in nothing")
	}
	if _, err := git.Open(context.Background(), t.TempDir(), git.Options{}); err == nil {
		t.Error("no repository, and no error")
	}
}

func TestLayouts(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		r := newRepository(t, "--object-format="+format)
		r.write("sub/a.txt", line(1))
		r.commit("first")
		r.git("checkout", "-q", "-b", "other")
		r.write("b.txt", line(2))
		r.commit("second")
		r.git("checkout", "-q", "--detach", "main")
		tree, bare, shared, packed := t.TempDir(), t.TempDir(), t.TempDir(), t.TempDir()
		r.git("worktree", "add", "-q", filepath.Join(tree, "w"), "other")
		r.git("clone", "-q", "--mirror", r.dir, filepath.Join(bare, "b.git"))
		r.git("clone", "-q", "--shared", r.dir, filepath.Join(shared, "s"))
		r.git("clone", "-q", "--mirror", r.dir, filepath.Join(packed, "p.git"))
		r.git("-C", filepath.Join(packed, "p.git"), "repack", "-q", "-a", "-d", "--write-bitmap-index")
		r.git("-C", filepath.Join(packed, "p.git"), "multi-pack-index", "write")
		for name, path := range map[string]string{
			"tree": r.dir, "within": filepath.Join(r.dir, "sub"), ".git": filepath.Join(r.dir, ".git"), "worktree": filepath.Join(tree, "w"),
			"bare": filepath.Join(bare, "b.git"), "shared": filepath.Join(shared, "s"), "packed": filepath.Join(packed, "p.git"),
		} {
			report := whole(t, path, git.Options{})
			for _, seed := range []int64{1, 2} {
				if f := find(report, token(seed)); f == nil || f.Occurrences[0].State.String() != "live" {
					t.Errorf("%s %s: %s", format, name, tell(f))
				}
			}
		}
	}
}

func TestShallowSubmoduleLFS(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", line(1))
	r.commit("first")
	r.write("a.txt", line(2))
	r.write("large.bin", "version https://git-lfs.github.com/spec/v1\noid sha256:"+strings.Repeat("0", 64)+"\nsize 12345\n")
	sub := newRepository(t)
	sub.write("x", "x\n")
	sub.commit("x")
	r.git("submodule", "--quiet", "add", sub.dir, "sub")
	r.commit("second")
	clone := filepath.Join(t.TempDir(), "c")
	r.git("clone", "-q", "--depth=1", "file://"+r.dir, clone)
	report := whole(t, clone, git.Options{})
	reasons := map[string]string{}
	for _, s := range report.Skipped {
		reasons[string(s.Reason)] = s.Path
	}
	if reasons[string(git.SkipSubmodule)] != "sub" || reasons[string(git.SkipLFS)] != "large.bin" {
		t.Errorf("left out: %v", reasons)
	}
	if want := "commit:" + r.git("rev-parse", "HEAD"); reasons[string(git.SkipShallow)] != want {
		t.Errorf("left out: %v", reasons)
	}
	if find(report, token(1)) != nil || find(report, token(2)) == nil {
		t.Error("a shallow clone holds the newest alone")
	}
}

// TestWasBinary: of a binary fewer things are secrets than of the text that it
// may be a version of, so that one in which nothing was found tells nothing of the
// other, whichever comes first.
func TestWasBinary(t *testing.T) {
	r := newRepository(t)
	filler := strings.Repeat("some text that says nothing\n", 3000)
	value := strings.TrimPrefix(token(9), "glpat"+"-")
	text := filler + "db_password = \"" + value + "\"\n" + filler
	r.write("app.conf", "\x00\x01"+text)
	r.commit("binary")
	r.write("app.conf", text)
	r.commit("text")
	expect(t, whole(t, r.dir, git.Options{Workers: 1}), value, "live app.conf:3001 in text at HEAD")
	r.write("app.conf", "\x00\x01\x02"+text)
	r.commit("binary again")
	expect(t, whole(t, r.dir, git.Options{Workers: 1}), value, "deleted app.conf:3001 in text out binary again")
}

// TestManyParents: a commit whose parents are more than a line usually holds is one
// like any other.
func TestManyParents(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", line(1))
	first := r.commit("first")
	r.write("b.txt", line(2))
	r.git("add", "-A")
	text := "tree " + r.git("write-tree") + "\n" + strings.Repeat("parent "+first+"\n", 3000) +
		"author n <n@example.com> 1700000000 +0000\ncommitter n <n@example.com> 1700000000 +0000\n\nmany\n"
	r.write("commit", text)
	many := r.git("hash-object", "-t", "commit", "-w", "commit")
	r.git("update-ref", "HEAD", many)
	if n := len(strings.Fields(r.git("rev-list", "--parents", "-n1", "HEAD"))); n != 3001 {
		t.Fatalf("%d parents", n-1)
	}
	report := whole(t, r.dir, git.Options{})
	expect(t, report, token(1), "live a.txt:1 in first at HEAD")
	expect(t, report, token(2), "live b.txt:1 in many at HEAD")
	report = whole(t, r.dir, git.Options{Range: []string{"HEAD^..HEAD"}})
	if find(report, token(1)) != nil || find(report, token(2)) == nil {
		t.Error("a range does not give what the commit brings in")
	}
}
