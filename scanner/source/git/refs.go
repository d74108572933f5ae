package git

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
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
	pushed  bool             // these are what a push sends
	had     []oid            // what its receiver has
}

// starts are lines for rev-list: where it starts from besides the refs that its
// arguments name, and where it stops.
func (r *refs) starts(h *history) string {
	var lines strings.Builder
	if r.pushed {
		for _, id := range slices.SortedFunc(maps.Keys(r.commits), compareOIDs) {
			lines.WriteString(h.hex(id) + "\n")
		}
	}
	for _, id := range r.stash {
		lines.WriteString(h.hex(id) + "\n")
	}
	for _, id := range r.had {
		lines.WriteString("^" + h.hex(id) + "\n")
	}
	return lines.String()
}

func (r *refs) name(id oid, name string) { r.commits[id] = append(r.commits[id], name) }

// mostTags bounds the length of a chain of tags of tags.
const mostTags = 16

// refs reads the names: HEAD, the refs, the log of the stash and what other
// working trees have checked out.
func (s *scan) refs(ctx context.Context) (*refs, error) {
	if len(s.repo.opts.Pushed) > 0 {
		return s.pushed(ctx)
	}
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
	s.problem(ctx, s.stash(r))
	s.otherHeads(r)
	return r, ctx.Err()
}

// pushed reads what is pushed instead of the refs that there are.
func (s *scan) pushed(ctx context.Context) (*refs, error) {
	r := &refs{commits: map[oid][]string{}, pushed: true}
	o := &s.repo.opts
	s.log.size = len(o.Pushed[0].Object) / 2
	kinds, err := s.kinds(ctx)
	if err != nil {
		return r, err
	}
	peel := &peeler{scan: s, refs: r}
	defer peel.end()
	for i, p := range o.Pushed {
		id, _ := parseOID(p.Object)
		if err := peel.ref(ctx, id, kinds[i], p.Ref); err != nil {
			s.problem(ctx, fmt.Errorf("%s: %w", p.Ref, err))
		}
	}
	for i, text := range o.Had {
		if kind := kinds[len(o.Pushed)+i]; kind == "commit" || kind == "tag" {
			id, _ := parseOID(text)
			r.had = append(r.had, id)
		}
	}
	return r, ctx.Err()
}

// kinds returns the types of the objects that are pushed, and then of those that
// the receiver has: "missing" of one that is not here.
func (s *scan) kinds(ctx context.Context) ([]string, error) {
	p, err := s.repo.git.start(ctx, "cat-file", "--batch-check=%(objecttype)")
	if err != nil {
		return nil, err
	}
	o := &s.repo.opts
	var lines strings.Builder
	for _, pushed := range o.Pushed {
		lines.WriteString(pushed.Object + "\n")
	}
	for _, id := range o.Had {
		lines.WriteString(id + "\n")
	}
	go func() { // it may have to wait for us to read
		_, _ = io.WriteString(p.in, lines.String())
		_ = p.in.Close()
	}()
	var kinds []string
	for answers := bufio.NewScanner(p.out); answers.Scan(); {
		fields := strings.Fields(answers.Text())
		kinds = append(kinds, fields[len(fields)-1])
	}
	err = p.end()
	if err == nil && len(kinds) != len(o.Pushed)+len(o.Had) {
		err = errors.New("git cat-file answered too little")
	}
	return kinds, err
}

// stash reads the log of the stash: all entries but the newest have no ref.
func (s *scan) stash(r *refs) error {
	text, err := small(filepath.Join(s.repo.git.folder.common, "logs", "refs", "stash"), 64<<20)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("the log of the stash: %w", err)
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
	return nil
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
		n, known := s.log.commit.find(id)
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
		if s.log.commits[i].listed && !followed[i] {
			all = append(all, ref{name: s.log.hex(s.log.commit.at(int32(i))), commit: int32(i)})
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
