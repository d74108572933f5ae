package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sourcegraph/conc/pool"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Attribute implements scanner.Attributor: it sets the line hash of hits in
// text files, which it reads once more, and what the expert knows. What has
// become unreadable gets none.
func (d *Dir) Attribute(ctx context.Context, hits []*scanner.Hit) error {
	byPath := map[string]*hitFile{}
	var all []*hitFile
	for _, h := range hits {
		f := byPath[h.Origin.Path]
		if f == nil {
			f = &hitFile{path: h.Origin.Path}
			byPath[f.path], all = f, append(all, f)
		}
		f.hits = append(f.hits, h)
	}
	slices.SortFunc(all, func(a, b *hitFile) int { return strings.Compare(a.path, b.path) })
	// To hash the lines of a file takes longer than to scan it.
	p := pool.New().WithMaxGoroutines(d.opts.Workers)
	for _, f := range all {
		if e := d.opts.Expert; e == nil || !e.Reads(f.path) {
			p.Go(func() {
				if ctx.Err() == nil {
					d.hash(f)
				}
			})
		}
	}
	p.Wait()
	var failed error
	for _, f := range all {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = errors.Join(failed, d.ask(f))
	}
	return failed
}

// A hitFile is a file that hits are in.
type hitFile struct {
	path string // as origins have it
	name string // where it is, empty if that is not certain
	hits []*scanner.Hit
}

// ask sets the places that the expert knows of the hits in one file.
func (d *Dir) ask(f *hitFile) error {
	e := d.opts.Expert
	switch {
	case e == nil:
		return nil
	case e.Reads(f.path):
		if err := e.Attribute(f.path, f.hits); err != nil {
			return fmt.Errorf("%s: %w", f.path, err)
		}
		return nil
	case f.name == "":
		return nil
	}
	for _, h := range f.hits {
		uses := e.Uses(f.name, h)
		if len(uses) == 0 {
			continue
		}
		if len(h.Places) == 0 {
			h.Places = []scanner.Place{{Origin: h.Origin, State: scanner.Live}}
		}
		for _, u := range uses {
			u.LineHash = h.Places[0].LineHash
			h.Places = append(h.Places, u)
		}
	}
	return nil
}

// locate returns the file that an origin's path stands for, empty if that is
// not certain: a file outside the base folder may be shown by the same path as
// one inside.
func (d *Dir) locate(shown string) string {
	found := ""
	for _, r := range d.roots {
		rest, ok := strings.CutPrefix(shown, r.shown)
		if !ok || r.shown != "" && rest != "" && rest[0] != '/' {
			continue
		}
		name := filepath.Join(r.real, filepath.FromSlash(rest))
		if _, err := os.Lstat(name); err != nil || name == found {
			continue
		}
		if found != "" {
			return ""
		}
		found = name
	}
	return found
}

// hash sets where a file is and the line hash of the hits in it, but for those
// in its members.
func (d *Dir) hash(f *hitFile) {
	if f.name = d.locate(f.path); f.name == "" {
		return
	}
	hits := slices.DeleteFunc(slices.Clone(f.hits), func(h *scanner.Hit) bool { return h.Origin.Member != "" })
	if len(hits) == 0 {
		return
	}
	r, err := d.open(f.name)
	if err != nil {
		return
	}
	defer r.Close()
	if info, err := r.Stat(); err == nil && info.Mode().IsRegular() {
		hashLines(r, hits)
	}
}

// hashLines sets the line hash of hits in the text that r holds.
func hashLines(r io.ReadSeeker, hits []*scanner.Hit) {
	lines := map[int]string{}
	for _, h := range hits {
		lines[h.Span.Line] = ""
	}
	if source.LineHashes(r, lines) != nil {
		return
	}
	for _, h := range hits {
		if hash := lines[h.Span.Line]; hash != "" {
			h.Places = []scanner.Place{{Origin: h.Origin, State: scanner.Live, LineHash: hash}}
		}
	}
}
