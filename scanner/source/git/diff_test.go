package git

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestManyFiles: commits that each change many files, in a repository that takes no
// room, are told of a part at a time, all of them and in their order, by their trees
// as by git.
func TestManyFiles(t *testing.T) {
	const width, commits = 21, 24 // 9261 files come and go with each commit
	run, dir := repositoryOf(t)
	entry := "100644 blob " + run("text", "hash-object", "-w", "--stdin")
	tree := ""
	for range 3 {
		var of strings.Builder
		for i := range width {
			fmt.Fprintf(&of, "%s\t%02d\n", entry, i)
		}
		tree = run(of.String(), "mktree")
		entry = "040000 tree " + tree
	}
	none := run("", "mktree")
	head := ""
	for i := range commits {
		args := []string{"commit-tree", "-m", "m", []string{tree, none}[i%2]}
		if head != "" {
			args = append(args, "-p", head)
		}
		head = run("", args...)
	}
	run("", "update-ref", "HEAD", head)
	if asked := emitted(t, dir, width*width*width, commits); asked {
		t.Error("git was asked for what is in the trees")
	}
	run("", "repack", "-q", "-a", "-d")
	packs, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(packs) != 1 {
		t.Fatalf("packs %v: %v", packs, err)
	}
	run("", "index-pack", "--index-version=1", packs[0]) // which is not read here
	if asked := emitted(t, dir, width*width*width, commits); !asked {
		t.Error("git was not asked")
	}
}

// emitted checks that all commits are told of, each with so many files, and reports
// whether git was asked for them.
func emitted(t *testing.T, dir string, files, commits int) (asked bool) {
	t.Helper()
	repo, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scan{repo: repo, log: newHistory()}
	defer s.packs.close()
	d := s.newDiffer()
	defer func() { _ = d.end() }()
	var want, got []int32
	parts := 0
	err = s.list(context.Background(), &refs{}, func(batch []int32) error {
		want = append(want, batch...)
		return d.tell(context.Background(), batch, func(some []answer) {
			parts++
			var told, one toll
			for _, a := range some {
				one = toll{}
				for i := range a.files {
					_, _ = told.add(a.files[i].path), one.add(a.files[i].path)
				}
				if got = append(got, a.commit); one.files != files {
					t.Errorf("%d files change, not %d", one.files, files)
				}
			}
			if told.bytes > mostAnswered+one.bytes {
				t.Errorf("%d bytes are told of at once", told.bytes)
			}
		})
	})
	if err != nil || len(got) != commits || !slices.Equal(got, want) {
		t.Errorf("told of commits %v, want %v: %v", got, want, err)
	}
	if parts < 2 {
		t.Errorf("all is told at once")
	}
	return d.git != nil
}

// TestLongPaths: files whose paths are longer than the repository are told of until
// that is too much.
func TestLongPaths(t *testing.T) {
	run, dir := repositoryOf(t)
	blob := run("text", "hash-object", "-w", "--stdin")
	var of strings.Builder
	for i := range 3000 {
		fmt.Fprintf(&of, "100644 blob %s\t%04d\n", blob, i)
	}
	tree := run(of.String(), "mktree")
	for range 300 {
		tree = run("040000 tree "+tree+"\t"+strings.Repeat("d", 250)+"\n", "mktree")
	}
	run("", "update-ref", "HEAD", run("", "commit-tree", "-m", "m", tree))
	repo, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scan{repo: repo, log: newHistory()}
	defer s.packs.close()
	if err := s.list(context.Background(), &refs{}, func([]int32) error { return nil }); err != nil {
		t.Fatal(err)
	}
	c := &comparer{scan: s, packs: s.treeReader()}
	files, err := c.compare(question{0, -1})
	if !errors.Is(err, errFiles) || len(files) == 0 || len(files)*300*250 > mostTold+300*250 {
		t.Errorf("%d files are told of: %v", len(files), err)
	}
}

// repositoryOf makes an empty repository, and what runs git in it.
func repositoryOf(t *testing.T, args ...string) (run func(input string, args ...string) string, dir string) {
	t.Helper()
	dir = t.TempDir()
	run = func(input string, args ...string) string {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.com"}, args...)...)
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("git %v: %v", args, err)
		}
		return strings.TrimSpace(string(out))
	}
	run("", append([]string{"init", "-q"}, args...)...)
	return run, dir
}
