// Package files reads what lies on disk or comes through a pipe. Dir scans
// files and folders, Stdin one stream.
package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Options say what of the files is scanned, and how. The zero value works.
type Options struct {
	// Base is the folder that the paths of origins are relative to; empty
	// means the working directory. A file outside it has a path that starts
	// with "..".
	Base string
	// GitIgnore leaves out what .gitignore and .git/info/exclude files name,
	// from the root of the repository down. What git tracks all the same is
	// left out too.
	GitIgnore bool
	// Exclude are patterns in the syntax of .gitignore, relative to Base, of
	// what is left out.
	Exclude []string
	// Expert, if set, reads the files that it knows better.
	Expert source.Expert
	// Workers is how many files are read side by side; 0 means as many as the
	// program has processors.
	Workers int
	// Limits bound archives; Temp is the folder of spool files, empty the
	// system's.
	Limits source.Limits
	Temp   string
}

// A Dir is a source of files and folders.
type Dir struct {
	paths   []string
	opts    Options
	exclude []pattern
	roots   []root // once scanned

	open       func(name string) (*os.File, error)
	openFolder func(place) (*folder, error)
	openIn     func(in *folder, name string) (*input, error)
}

var (
	_ scanner.Source     = (*Dir)(nil)
	_ scanner.Attributor = (*Dir)(nil)
)

// Open returns a source of what lies at the paths, each a file or a folder. No
// file is read before Scan; an error is an exclude pattern's.
func Open(paths []string, o Options) (*Dir, error) {
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	d := &Dir{paths: paths, opts: o, open: openFile, openFolder: openFolder, openIn: openIn}
	for _, text := range o.Exclude {
		p, ok := parsePattern(text)
		if !ok {
			return nil, fmt.Errorf("exclude pattern %q is not valid", text)
		}
		d.exclude = append(d.exclude, p)
	}
	return d, nil
}

// Name returns the paths as they were given.
func (d *Dir) Name() string { return strings.Join(d.paths, " ") }

// Scan implements scanner.Source: it sends every regular file at or below the
// paths once. A path that is a symbolic link is followed, links below it are
// not. The error names the paths that are not there; the others are scanned.
func (d *Dir) Scan(ctx context.Context, sink scanner.Sink) error {
	base, err := filepath.Abs(d.opts.Base)
	if err != nil {
		return fmt.Errorf("base folder: %w", err)
	}
	var missing error
	d.roots = nil
	for _, path := range d.paths {
		r, err := newRoot(base, path)
		if err != nil {
			missing = errors.Join(missing, err)
			continue
		}
		d.roots = append(d.roots, r)
	}
	w := &walker{
		dir:    d,
		target: d.Name(),
		sink:   sink,
		feed:   &source.Feed{Sink: sink, Limits: d.opts.Limits, Temp: d.opts.Temp},
	}
	if len(d.exclude) > 0 {
		w.exclude = &ignoreFile{within: folderPrefix(base), patterns: d.exclude}
	}
	defer w.close()
	for _, roots := range w.rounds(d.roots) {
		run(ctx, d.opts.Workers, func(l *worklist) {
			w.work = l
			for _, r := range roots {
				w.root(r)
			}
		})
	}
	return cmp.Or(ctx.Err(), missing)
}

// rounds parts the roots into those that are gone through side by side. Where a
// file may lie below two of them it is sent from the first: then that is each
// root alone.
func (w *walker) rounds(roots []root) [][]root {
	if !overlap(roots) {
		return [][]root{roots}
	}
	w.sent = &sync.Map{}
	return slices.Collect(slices.Chunk(roots, 1))
}

// A root is one of the paths to scan.
type root struct {
	path   string // absolute
	real   string // with links resolved
	shown  string // as origins have it; empty for the base folder itself
	folder bool
}

func newRoot(base, path string) (root, error) {
	info, err := os.Stat(path)
	if err != nil {
		return root{}, err
	}
	if !info.IsDir() && !info.Mode().IsRegular() {
		return root{}, fmt.Errorf("%s: neither a file nor a folder", path)
	}
	r := root{folder: info.IsDir()}
	if r.path, err = filepath.Abs(path); err != nil {
		return root{}, err
	}
	if r.real, err = filepath.EvalSymlinks(r.path); err != nil {
		return root{}, err
	}
	r.shown = filepath.ToSlash(relative(base, r))
	return r, nil
}

// relative returns the root's path from base, with ".." where it lies outside.
// Where base or root was named through a link, the resolved paths may know that
// it lies inside. On another volume there is no such path, and it is the
// absolute one without its start.
func relative(base string, r root) string {
	rel, err := filepath.Rel(base, r.path)
	if err != nil || !filepath.IsLocal(rel) {
		if real, e := filepath.EvalSymlinks(base); e == nil {
			if inside, e := filepath.Rel(real, r.real); e == nil && filepath.IsLocal(inside) {
				rel, err = inside, nil
			}
		}
	}
	switch {
	case err != nil:
		return strings.TrimLeft(strings.TrimPrefix(r.path, filepath.VolumeName(r.path)), `/\`)
	case rel == ".":
		return ""
	}
	return rel
}

// Targets returns the paths one by one.
func (d *Dir) Targets() []string { return d.paths }

// overlap reports whether a file may lie below two of the roots.
func overlap(roots []root) bool {
	for i, a := range roots {
		for j, b := range roots {
			if i != j && (a.real == b.real || strings.HasPrefix(b.real, folderPrefix(a.real))) {
				return true
			}
		}
	}
	return false
}

// folderPrefix is what the paths in a folder start with.
func folderPrefix(folder string) string {
	return strings.TrimSuffix(folder, string(filepath.Separator)) + string(filepath.Separator)
}
