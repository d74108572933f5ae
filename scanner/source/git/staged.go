package git

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// indexCommit is the number of the commit that is not made yet.
const indexCommit = 0

// staged scans the index where it differs from HEAD. To the history it is one
// commit.
func (s *scan) staged(ctx context.Context) error {
	if err := s.takeStock(ctx); err != nil {
		return err
	}
	tree, err := s.head(ctx)
	if err != nil {
		return err
	}
	s.log.commits = []commit{{listed: true}}
	s.log.refs = []ref{{commit: indexCommit}}
	d := s.newDiffer()
	d.git, err = s.repo.git.start(ctx, "diff-index", "--cached", "-r", "--raw", "-z", "--no-renames", "--no-abbrev", "--no-ext-diff",
		"--no-textconv", "--ignore-submodules=none", tree)
	if err != nil {
		return err
	}
	files, err := d.files()
	if err = cmpErr(d.git.end(), err); err != nil {
		return fmt.Errorf("what is staged: %w", err)
	}
	s.claim([]answer{{question{indexCommit, none}, files}})
	var objects []object
	for _, n := range s.log.claimed() {
		o := s.blob(n)
		o.staged = true
		objects = append(objects, o)
	}
	s.fetch(ctx, slices.Chunk(objects, objectsAtOnce))
	return ctx.Err()
}

// head returns the tree to compare the index with: that of HEAD, or of nothing
// before the first commit.
func (s *scan) head(ctx context.Context) (string, error) {
	if out, err := s.repo.git.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD^{tree}"); err == nil {
		id := strings.TrimSpace(string(out))
		s.log.size = len(id) / 2
		return id, nil
	}
	if _, err := s.repo.git.output(ctx, "symbolic-ref", "--quiet", "HEAD"); err != nil {
		return "", fmt.Errorf("HEAD: %w", err)
	}
	if out, err := s.repo.git.output(ctx, "rev-parse", "--verify", "--quiet", "HEAD"); err == nil {
		return "", fmt.Errorf("HEAD is %s, of which the tree cannot be read", strings.TrimSpace(string(out)))
	}
	out, err := s.repo.git.output(ctx, "hash-object", "-t", "tree", "--stdin")
	id := strings.TrimSpace(string(out))
	s.log.size = len(id) / 2
	return id, err
}

// files reads all files that git names.
func (d *differ) files() ([]changed, error) {
	var all []changed
	for {
		if _, err := d.git.out.Peek(1); err != nil {
			return all, nil // whether that was the end is in how git ends
		}
		f, err := d.changed()
		if err != nil {
			return all, err
		}
		if f.newMode != noFile && strings.Trim(string(f.new[:]), "\x00") == "" {
			continue // unmerged, or to be added later: no commit holds it
		}
		all = append(all, f)
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
		fresh := false
		for _, c := range a.ofBlob[b] {
			if a.before(c, []*scanner.Hit{h}) {
				continue
			}
			fresh = true
			o, span := *h.Origin, h.Span
			o.Path = valid(a.log.paths[c.path])
			h.Places = append(h.Places, scanner.Place{Origin: &o, State: scanner.Live, At: &span})
		}
		h.Covered = !fresh
	}
}
