package git

import (
	"context"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"strings"
	"testing"
)

// TestTrees: what trees tell of two commits is what git tells, whatever became
// a file, a folder, a link or a submodule.
func TestTrees(t *testing.T) {
	for _, format := range []string{"sha1", "sha256"} {
		run, dir := repositoryOf(t, "--object-format="+format)
		random := rand.New(rand.NewSource(1))
		var blobs, commits []string
		for i := range 5 {
			blobs = append(blobs, run(fmt.Sprint("blob ", i), "hash-object", "-w", "--stdin"))
		}
		for range 40 {
			var index strings.Builder
			taken := map[string]bool{}
			for range 1 + random.Intn(25) {
				parts := make([]string, 1+random.Intn(3))
				for i := range parts {
					parts[i] = []string{"a", "a.b", "a0", "a-b", "ab", "\xff", "b"}[random.Intn(7)]
				}
				path := strings.Join(parts, "/")
				clash := func(other string) bool {
					return other == path || strings.HasPrefix(other, path+"/") || strings.HasPrefix(path, other+"/")
				}
				if slices.ContainsFunc(slices.Collect(maps.Keys(taken)), clash) {
					continue
				}
				taken[path] = true
				mode, id := []string{"100644", "100644", "100755", "120000"}[random.Intn(4)], blobs[random.Intn(len(blobs))]
				if len(commits) > 0 && random.Intn(8) == 0 {
					mode, id = submoduleMode, commits[random.Intn(len(commits))]
				}
				fmt.Fprintf(&index, "%s %s\t%s\x00", mode, id, path)
			}
			run("", "read-tree", "--empty")
			run(index.String(), "update-index", "-z", "--index-info")
			args := []string{"commit-tree", "-m", "m", run("", "write-tree")}
			for n := min(len(commits), random.Intn(3)); n > 0; n-- {
				args = append(args, "-p", commits[len(commits)-n])
			}
			commits = append(commits, run("", args...))
		}
		run("", "update-ref", "refs/heads/all", run("", append([]string{"commit-tree", "-m", "m", commits[0] + "^{tree}"}, each("-p", commits)...)...))
		if format == "sha1" {
			run("", "repack", "-q", "-a", "-d")
		}
		sameTrees(t, dir)
	}
}

// sameTrees compares both ways of telling what changed, for every parent of every
// commit.
func sameTrees(t *testing.T, dir string) {
	t.Helper()
	repo, err := Open(context.Background(), dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := &scan{repo: repo, log: newHistory(), everyParent: true}
	defer s.packs.close()
	told := 0
	err = s.list(context.Background(), &refs{}, func(commits []int32) error {
		d := s.newDiffer()
		defer func() { _ = d.end() }()
		var questions []question
		for _, c := range commits {
			questions = append(questions, s.questions(c)...)
		}
		var answers []answer
		err := d.ask(context.Background(), questions, func(some []answer) { answers = append(answers, some...) })
		if err != nil || len(answers) != len(questions) {
			return fmt.Errorf("%d answers to %d questions: %w", len(answers), len(questions), err)
		}
		trees := &comparer{scan: s, packs: s.treeReader()}
		for i, q := range questions {
			files, err := trees.compare(q)
			if err != nil {
				return err
			}
			byPath := func(a, b changed) int { return strings.Compare(a.path+a.newMode, b.path+b.newMode) }
			slices.SortFunc(files, byPath)
			slices.SortFunc(answers[i].files, byPath)
			if !slices.Equal(files, answers[i].files) {
				t.Errorf("%v:\ntrees %+v\ngit   %+v", q, files, answers[i].files)
			}
			told += len(files)
		}
		return nil
	})
	if err != nil || told < 500 {
		t.Errorf("%d files changed: %v", told, err)
	}
}

func each(flag string, values []string) (all []string) {
	for _, v := range values {
		all = append(all, flag, v)
	}
	return all
}

// FuzzTree: whatever a tree holds, it is gone through to its end or is damaged.
func FuzzTree(f *testing.F) {
	f.Add([]byte("100644 a\x0001234567890123456789"), []byte("40000 a\x0001234567890123456789"))
	f.Add([]byte("100644 \x00"), []byte(" "))
	f.Fuzz(func(t *testing.T, a, b []byte) {
		c := &comparer{scan: &scan{log: newHistory()}}
		old, tree := &entries{rest: a, width: 20}, &entries{rest: b, width: 20}
		for _, e := range []*entries{{rest: a, width: 20}, {rest: b, width: 20}} {
			for e.next() == nil && e.more {
				if e.isTree() {
					return // there are no objects to read
				}
			}
		}
		err := c.merge(old, tree, 0)
		if err == nil && len(old.rest)+len(tree.rest) > 0 {
			t.Errorf("%d and %d bytes are left", len(old.rest), len(tree.rest))
		}
	})
}
