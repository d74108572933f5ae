package git

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
)

// check refuses options that git would take for something else.
func (o *Options) check() error {
	words := slices.Concat([]string{o.Since}, o.Range, o.Branches, o.Beyond)
	ids := slices.Clone(o.Had)
	for _, p := range o.Pushed {
		ids, words = append(ids, p.Object), append(words, p.Ref)
	}
	for _, id := range ids {
		if _, ok := parseOID(id); !ok {
			return fmt.Errorf("%q is no id of an object", id)
		}
	}
	for _, text := range words {
		for _, word := range strings.Fields(text) {
			if strings.HasPrefix(word, "-") {
				return fmt.Errorf("%q is no revision", word)
			}
		}
	}
	if len(o.Pushed) > 0 && len(o.Range)+len(o.Branches) > 0 {
		return fmt.Errorf("what is pushed goes with no other choice of commits")
	}
	if o.Staged && (o.limited() || len(o.Branches) > 0 || o.Unreachable) {
		return fmt.Errorf("what is staged is in no history: --staged goes with no other choice of commits")
	}
	return nil
}

// revisions are the arguments of rev-list that choose the commits.
func (o *Options) revisions() []string {
	args := []string{"rev-list", "--parents", "--format=%T"}
	if o.Since != "" {
		args = append(args, "--since="+o.Since)
	}
	if o.MaxCount > 0 {
		args = append(args, fmt.Sprintf("--max-count=%d", o.MaxCount))
	}
	if o.FirstParent {
		args = append(args, "--first-parent")
	}
	if o.Unreachable {
		args = append(args, "--reflog")
	}
	if len(o.Beyond) > 0 {
		args = append(args, "--not")
		for _, glob := range o.Beyond {
			args = append(args, "--glob="+glob)
		}
		args = append(args, "--not")
	}
	var starts []string
	for _, r := range o.Range {
		starts = append(starts, strings.Fields(r)...)
	}
	starts = append(starts, o.Branches...)
	switch {
	case len(o.Pushed) > 0:
		return append(args, "--stdin") // there may be more than a command line holds
	case len(starts) == 0:
		return append(args, "--all", "--stdin")
	}
	return append(append(append(args, "--end-of-options"), starts...), "--")
}

// list reads the commits in batches, each for emit, which must not keep it.
// More are the commits to start from that no ref names.
func (s *scan) list(ctx context.Context, r *refs, emit func([]int32) error) error {
	if len(s.repo.opts.Pushed) > 0 && len(r.commits) == 0 {
		return nil // no commit is
	}
	args := s.repo.opts.revisions()
	p, err := s.repo.git.start(ctx, args...)
	if err != nil {
		return err
	}
	if args[len(args)-1] == "--stdin" {
		_, _ = io.WriteString(p.in, r.starts(s.log)) // git reads it all before it writes
	}
	_ = p.in.Close()
	if err := s.read(p, emit); err != nil {
		p.kill()
		return err
	}
	return p.end()
}

// read reads the commits that a rev-list names: a line with "commit" before it
// and its parents, and one with its tree.
func (s *scan) read(p *process, emit func([]int32) error) error {
	var batch []int32
	last := int32(none)
	for {
		line, err := p.line()
		if err != nil && err != io.EOF {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		ids, isCommit := bytes.CutPrefix(line, []byte("commit "))
		if tree, ok := parseOID(bytes.TrimSpace(line)); ok && last != none {
			s.log.hasTree(last, tree)
		}
		if last != none && (isCommit || err == io.EOF) { // all is known of it
			batch, last = append(batch, last), none
		}
		if isCommit {
			if n, ok := s.log.add(ids); ok {
				last = n
			}
		}
		if len(batch) == commitsAtOnce || err == io.EOF && len(batch) > 0 {
			if err := emit(batch); err != nil {
				return err
			}
			batch = nil
		}
		if err == io.EOF {
			return nil
		}
	}
}

// add takes what rev-list says of a commit: its id and those of its parents. It reports whether
// that is one that was not listed before.
func (h *history) add(line []byte) (int32, bool) {
	fields := bytes.Fields(line)
	if len(fields) == 0 {
		return none, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	numbers := make([]int32, len(fields))
	for i, text := range fields {
		id, ok := parseOID(text)
		if !ok {
			return none, false
		}
		if n := len(text) / 2; n != h.size { // said of the first, before anybody reads it
			h.size = n
		}
		numbers[i] = h.commitNumber(id)
	}
	c := &h.commits[numbers[0]]
	if c.listed {
		return none, false
	}
	c.from, c.count, c.listed = int32(len(h.parents)), int32(len(numbers)-1), true
	h.parents = append(h.parents, numbers[1:]...)
	return numbers[0], true
}
