package files

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Attribute implements scanner.Attributor: it sets the line hash of hits in
// text files, which it reads once more. What has become unreadable gets none.
func (d *Dir) Attribute(ctx context.Context, hits []*scanner.Hit) error {
	byPath := map[string][]*scanner.Hit{}
	for _, h := range hits {
		if h.Origin.Member == "" {
			byPath[h.Origin.Path] = append(byPath[h.Origin.Path], h)
		}
	}
	for path, hits := range byPath {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if name := d.locate(path); name != "" {
			d.hash(name, hits)
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
