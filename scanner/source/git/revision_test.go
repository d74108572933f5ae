package git_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/source/git"
)

func open(t *testing.T, path string) *git.Repo {
	t.Helper()
	repo, err := git.Open(context.Background(), path, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	return repo
}

func TestCommit(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", "1")
	first := r.commit("first")
	r.write("a.txt", "2")
	second := r.commit("second")
	r.git("tag", "-a", "-m", "v1", "v1", first)
	// Branches that are called what an id, a revision or an option is called.
	r.git("update-ref", "refs/heads/"+second[:12], first)
	r.git("update-ref", "refs/heads/HEAD", first)
	r.git("update-ref", "refs/heads/-x", first)
	repo := open(t, r.dir)
	for revision, want := range map[string]string{
		first: first, second[:12]: second, second[:7]: second, "HEAD": second, "HEAD^1": first,
		"refs/heads/main": second, "refs/tags/v1": first, "refs/heads/-x": first,
		"": "", "main": "", "v1": "", "-x": "", "--all": "", "HEAD:a.txt": "", "refs/heads/none": "", "refs/heads/main:a.txt": "",
		"refs/heads/main~1": "", "refs/heads/main@{0}": "", "refs/heads/main..refs/tags/v1": "", "refs/heads/main refs/tags/v1": "",
		"0000000000000000000000000000000000000000": "", "HEAD^2": "", ":/first": "", "HEAD^{/first}": "",
		r.git("rev-parse", "HEAD:a.txt"): "",
	} {
		got, err := repo.Commit(context.Background(), revision)
		if got != want || (want == "") != errors.Is(err, git.ErrNoCommit) {
			t.Errorf("%q: %q, %v, want %q", revision, got, err, want)
		}
	}
}

func TestFile(t *testing.T) {
	r := newRepository(t)
	r.write("conf/a.txt", "of the base")
	r.write("b*.txt", "starred")
	for name, target := range map[string]string{
		"link": "conf/a.txt", "conf/up": "../link", "nowhere": "none", "out": "../x", "root": "/etc/passwd", "self": "self", "folder": "conf", "file x 1": "none",
	} {
		if err := os.Symlink(target, filepath.Join(r.dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	base := r.commit("first")
	r.write("conf/a.txt", "changed")
	r.write("none", "of the working tree")
	r.commit("second")
	repo := open(t, r.dir)
	for path, want := range map[string]string{"conf/a.txt": "of the base", "b*.txt": "starred", "link": "of the base", "conf/up": "of the base"} {
		if text, err := repo.File(context.Background(), base, path); err != nil || string(text) != want {
			t.Errorf("%s: %q, %v, want %q", path, text, err, want)
		}
	}
	for _, path := range []string{"none", "conf", "link/x", "conf/*", "*"} {
		if text, err := repo.File(context.Background(), base, path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%s: %q, %v, want that it is not there", path, text, err)
		}
	}
	for _, path := range []string{"nowhere", "out", "root", "self", "folder", "file x 1"} {
		text, err := repo.File(context.Background(), base, path)
		if err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "leads to no file of the commit") {
			t.Errorf("%s: %q, %v, want that the link leads nowhere", path, text, err)
		}
	}
	for _, path := range []string{"", "../x", "/etc/passwd", ":(top)conf/a.txt", "conf/../conf/a.txt"} {
		if text, err := repo.File(context.Background(), base, path); !errors.Is(err, fs.ErrInvalid) {
			t.Errorf("%s: %q, %v, want that it is invalid", path, text, err)
		}
	}
	if _, err := repo.File(context.Background(), "HEAD", "conf/a.txt"); !errors.Is(err, fs.ErrInvalid) {
		t.Errorf("a name instead of an id: %v", err)
	}
}

func TestHidden(t *testing.T) {
	r := newRepository(t)
	var ids []string
	for _, message := range []string{"1", "2", "3", "4"} {
		ids = append(ids, r.commit(message))
	}
	clone := filepath.Join(t.TempDir(), "c")
	r.git("clone", "-q", "--depth=3", "file://"+r.dir, clone)
	whole, cut := open(t, r.dir), open(t, clone)
	if whole.Shallow() || !cut.Shallow() {
		t.Errorf("shallow: %v and %v, want no and yes", whole.Shallow(), cut.Shallow())
	}
	for _, c := range []struct {
		repo   *git.Repo
		others []string
		want   bool
	}{
		{whole, nil, false}, {cut, nil, true}, {cut, ids[1:2], false}, {cut, ids[2:3], false},
	} {
		if hidden, err := c.repo.Hidden(context.Background(), ids[3], c.others...); err != nil || hidden != c.want {
			t.Errorf("%v: %v, %v, want %v", c.others, hidden, err, c.want)
		}
	}
	if _, err := cut.Hidden(context.Background(), ids[3], "--all"); !errors.Is(err, git.ErrNoCommit) {
		t.Errorf("an option: %v", err)
	}
	parents, err := whole.Parents(context.Background(), ids[3])
	if err != nil || len(parents) != 1 || parents[0] != ids[2] {
		t.Errorf("parents %v, %v", parents, err)
	}
}
