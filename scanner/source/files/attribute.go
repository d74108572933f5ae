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

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Attribute implements scanner.Attributor: it sets the line hash of hits in
// text files, which it reads once more, and what the expert knows. What has
// become unreadable gets none.
func (d *Dir) Attribute(ctx context.Context, hits []*scanner.Hit) error {
	byPath := map[string][]*scanner.Hit{}
	for _, h := range hits {
		byPath[h.Origin.Path] = append(byPath[h.Origin.Path], h)
	}
	var failed error
	for path, hits := range byPath {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		failed = errors.Join(failed, d.attribute(path, hits))
	}
	return failed
}

// attribute sets the places of the hits in one file.
func (d *Dir) attribute(path string, hits []*scanner.Hit) error {
	e := d.opts.Expert
	if e != nil && e.Reads(path) {
		if err := e.Attribute(path, hits); err != nil {
			return fmt.Errorf("%s: %w", path, err)
		}
		return nil
	}
	name := d.locate(path)
	if name == "" {
		return nil
	}
	d.hash(name, slices.DeleteFunc(slices.Clone(hits), func(h *scanner.Hit) bool { return h.Origin.Member != "" }))
	if e == nil {
		return nil
	}
	for _, h := range hits {
		uses := e.Uses(name, h)
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

func (d *Dir) hash(name string, hits []*scanner.Hit) {
	f, err := d.open(name)
	if err != nil {
		return
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Mode().IsRegular() {
		hashLines(f, hits)
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
