package git

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// refs are the names that a repository has for its objects.
type refs struct {
	commits map[oid][]string // names of commits, the best first
	stash   []oid            // of the log of the stash
	objects []object         // tags and what else stands at a ref
	pushed  []string         // commits that are pushed
}

func (r *refs) name(id oid, name string) { r.commits[id] = append(r.commits[id], name) }

// mostTags bounds the length of a chain of tags of tags.
const mostTags = 16

// refs reads the names: HEAD, the refs, the log of the stash and what other
// working trees have checked out.
func (s *scan) refs(ctx context.Context) (*refs, error) {
	r := &refs{commits: map[oid][]string{}}
	git := s.repo.git
	if head, err := git.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{commit}"); err == nil {
		if id, ok := parseOID(bytes.TrimSpace(head)); ok {
			s.log.size = len(bytes.TrimSpace(head)) / 2
			r.name(id, "HEAD")
		}
	}
	out, err := git.output(ctx, "for-each-ref", "--format=%(objectname) %(objecttype) %(refname)")
	if err != nil {
		s.problem(ctx, err)
	}
	if len(s.repo.opts.Pushed) > 0 {
		return r, s.pushed(ctx, r)
	}
	peel := &peeler{scan: s, refs: r}
	defer peel.end()
	for line := range strings.Lines(string(out)) {
		fields := strings.SplitN(strings.TrimSuffix(line, "\n"), " ", 3)
		if len(fields) != 3 {
			continue
		}
		id, ok := parseOID(fields[0])
		if !ok {
			continue
		}
		s.log.size = len(fields[0]) / 2
		if err := peel.ref(ctx, id, fields[1], fields[2]); err != nil {
			s.problem(ctx, fmt.Errorf("%s: %w", fields[2], err))
		}
	}
	s.stash(r)
	s.otherHeads(r)
	return r, ctx.Err()
}

// pushed reads what is pushed instead of the refs that there are.
func (s *scan) pushed(ctx context.Context, r *refs) error {
	r.commits = map[oid][]string{}
	peel := &peeler{scan: s, refs: r}
	defer peel.end()
	for _, p := range s.repo.opts.Pushed {
		id, _ := parseOID(p.Object)
		s.log.size = len(p.Object) / 2
		kind, err := s.repo.git.output(ctx, "cat-file", "-t", p.Object)
		if err == nil {
			err = peel.ref(ctx, id, strings.TrimSpace(string(kind)), p.Ref)
		}
		if err != nil {
			s.problem(ctx, fmt.Errorf("%s: %w", p.Ref, err))
		}
	}
	for id := range r.commits {
		r.pushed = append(r.pushed, s.log.hex(id))
	}
	slices.Sort(r.pushed)
	return ctx.Err()
}

// stash reads the log of the stash: all entries but the newest have no ref.
func (s *scan) stash(r *refs) {
	text, err := small(filepath.Join(s.repo.git.folder.common, "logs", "refs", "stash"), 64<<20)
	if err != nil {
		return
	}
	lines := strings.Split(strings.TrimSpace(text), "\n")
	for i, line := range lines {
		if fields := strings.Fields(line); len(fields) > 1 {
			if id, ok := parseOID(fields[1]); ok {
				r.name(id, fmt.Sprintf("stash@{%d}", len(lines)-1-i))
				r.stash = append(r.stash, id)
			}
		}
	}
}

// otherHeads reads what other working trees have checked out without a branch.
func (s *scan) otherHeads(r *refs) {
	common := s.repo.git.folder.common
	trees, _ := os.ReadDir(filepath.Join(common, "worktrees"))
	for _, tree := range trees {
		text, err := small(filepath.Join(common, "worktrees", tree.Name(), "HEAD"), mostPointer)
		if id, ok := parseOID(strings.TrimSpace(text)); ok && err == nil {
			r.name(id, "worktrees/"+tree.Name()+"/HEAD")
		}
	}
}

// named are the refs by the number of their commit, those that were listed.
// The index and the untracked files of a stash are commits that stand at it.
func (s *scan) named(r *refs) []ref {
	var all []ref
	for id, names := range r.commits {
		n, known := s.log.number[id]
		if !known || !s.log.commits[n].listed {
			continue
		}
		for _, name := range names {
			all = append(all, ref{name: name, commit: n})
			if strings.HasPrefix(name, "stash@") || name == "refs/stash" {
				parents := s.log.parentsOf(n)
				for _, p := range parents[min(1, len(parents)):] {
					all = append(all, ref{name: name, commit: p})
				}
			}
		}
	}
	return append(all, s.heads()...)
}

// heads are the commits of a limited scan that no other of it follows.
func (s *scan) heads() []ref {
	if !s.repo.opts.limited() {
		return nil
	}
	followed := make([]bool, len(s.log.commits))
	for i := range s.log.commits {
		for _, p := range s.log.parentsOf(int32(i)) {
			followed[p] = true
		}
	}
	var all []ref
	for i := range s.log.commits {
		if c := &s.log.commits[i]; c.listed && !followed[i] {
			all = append(all, ref{name: s.log.hex(c.id), commit: int32(i)})
		}
	}
	return all
}

// precedence orders names by how much they say: the lower the more.
func precedence(name string) int {
	for i, prefix := range []string{"HEAD", "refs/heads/main", "refs/heads/master", "refs/heads/", "refs/remotes/", "refs/tags/", "worktrees/", "refs/notes/", "refs/stash", "stash@", "refs/"} {
		if name == prefix || strings.HasPrefix(name, prefix) && (strings.HasSuffix(prefix, "/") || strings.HasSuffix(prefix, "@")) {
			return i
		}
	}
	return 99
}
