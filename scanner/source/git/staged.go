package git

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// indexCommit is the number of the commit that is not made yet.
const indexCommit = 0

// staged scans the index where it differs from HEAD, and from what is being
// merged. To the history it is one commit.
func (s *scan) staged(ctx context.Context) error {
	defer s.packs.close()
	s.log.commits = []commit{{listed: true}}
	s.log.refs = []ref{{commit: indexCommit}}
	var answers []answer
	for _, parent := range append([]string{"HEAD"}, s.repo.git.folder.merging()...) {
		files, err := s.against(ctx, parent)
		if err != nil && parent == "HEAD" { // there may be none: a commit waits for each git, so it is asked last
			if parent, err = s.head(ctx); err == nil {
				files, err = s.against(ctx, parent)
			}
		}
		if err != nil {
			return fmt.Errorf("what is staged: %w", err)
		}
		answers = append(answers, answer{question: question{indexCommit, none}, files: files})
	}
	s.claim(answers)
	s.leave(answers[1:])
	var objects []object
	for _, c := range s.log.claimed() {
		o := s.blob(c)
		o.staged = true
		objects = append(objects, o)
	}
	s.fetch(ctx, slices.Values(objects))
	return ctx.Err()
}

// against returns the files in which the index differs from a tree.
func (s *scan) against(ctx context.Context, tree string) ([]changed, error) {
	d := s.newDiffer()
	var err error
	d.git, err = s.repo.git.start(ctx, "diff-index", "--cached", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
		"--no-textconv", "--ignore-submodules=none", tree, "--")
	if err != nil {
		return nil, err
	}
	files, err := d.files()
	if errors.Is(err, errFiles) { // it would go on
		d.git.kill()
		return nil, err
	}
	return files, cmpErr(d.git.end(), err)
}

// leave notes what the merged commits have where the index has something else:
// a value in there comes from them, and not from whoever resolves a conflict.
func (s *scan) leave(merged []answer) {
	h := s.log
	for _, m := range merged {
		for _, f := range m.files {
			if isBlob(f.oldMode) {
				path := h.pathNumber(f.path)
				h.changes.add(change{indexCommit, path, h.blobNumber(f.old, path), none})
			}
		}
	}
}

// merging returns the commits of a merge that is under way, besides HEAD.
func (f folder) merging() []string {
	text, err := small(filepath.Join(f.git, "MERGE_HEAD"), mostPointer)
	if err != nil {
		return nil
	}
	return slices.DeleteFunc(strings.Fields(text), func(id string) bool {
		_, ok := parseOID(id)
		return !ok
	})
}

// head returns the tree to compare the index with: that of HEAD, or of nothing
// before the first commit.
func (s *scan) head(ctx context.Context) (string, error) {
	if out, err := s.repo.git.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{tree}"); err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if _, err := s.repo.git.output(ctx, "symbolic-ref", "--quiet", "HEAD"); err != nil {
		return "", fmt.Errorf("HEAD: %w", err)
	}
	if out, err := s.repo.git.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD"); err == nil {
		return "", fmt.Errorf("HEAD is %s, of which the tree cannot be read", strings.TrimSpace(string(out)))
	}
	out, err := s.repo.git.output(ctx, "hash-object", "-t", "tree", "--stdin")
	return strings.TrimSpace(string(out)), err
}

// files reads all files that git names.
func (d *differ) files() ([]changed, error) {
	var all []changed
	var told toll
	for {
		if _, err := d.git.out.Peek(1); err != nil {
			return all, nil // whether that was the end is in how git ends
		}
		f, err := d.changed()
		if err != nil {
			return all, err
		}
		d.scan.log.size = f.size
		if f.newMode != noFile && strings.Trim(string(f.new[:]), "\x00") == "" {
			continue // unmerged, or to be added later: no commit holds it
		}
		all = append(all, f)
		if err := told.add(f.path); err != nil {
			return all, err
		}
	}
}

// stagedGroup covers the hits that HEAD has too. What is staged stands at
// its origin.
func (a *attribution) stagedGroup(hits []*scanner.Hit) {
	for _, h := range hits {
		b, ok := a.log.blobOf(h)
		if !ok {
			continue
		}
		var places []scanner.Place
		for _, c := range a.ofBlob[b] {
			if len(a.read(c.path, map[int32][]*scanner.Hit{b: {h}})) == 0 || a.before(c, []*scanner.Hit{h}) {
				continue
			}
			path := valid(a.log.paths[c.path])
			for _, within := range a.within(h, b) {
				places = append(places, scanner.Place{Origin: at(within.Origin, path), State: scanner.Live, At: within.At, Fix: within.Fix})
			}
		}
		h.Places, h.Covered = places, len(places) == 0
	}
}
