package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"github.com/sourcegraph/conc/pool"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A walker goes through folders on one goroutine and gives the files it meets
// to a pool.
type walker struct {
	dir     *Dir
	sink    scanner.Sink
	feed    *source.Feed
	files   *pool.ContextPool
	exclude *ignoreFile
	sent    map[string]bool // resolved paths, where roots overlap
}

// A place is a file or folder that the walker met.
type place struct {
	path  string // absolute, as the patterns see it
	real  string // with the links in the root resolved, to open it by
	shown string // as its origin has it
}

func (p place) in(name string) place {
	return place{filepath.Join(p.path, name), filepath.Join(p.real, name), path.Join(p.shown, name)}
}

// vcs are the folders that version control keeps for itself.
func vcs(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".bzr", ".jj", "_darcs":
		return true
	}
	return false
}

func (w *walker) root(ctx context.Context, r root) {
	p := place{r.path, r.real, r.shown}
	if !r.folder {
		// The link that the user named may be followed, and was.
		p.path = r.real
		w.file(p)
		return
	}
	var ignores *ignoreFile
	if w.dir.opts.GitIgnore {
		ignores = w.ignoresAbove(p)
	}
	w.folder(ctx, p, ignores)
}

// folder sends what is in a folder, which the rules do not ignore.
func (w *walker) folder(ctx context.Context, p place, ignores *ignoreFile) {
	if w.dir.opts.GitIgnore {
		ignores = w.ignoresOf(p, ignores)
	}
	folders, err := w.entries(ctx, p, ignores)
	if err != nil {
		w.sink.Problem(w.origin(p), plainly(err))
	}
	for _, name := range folders {
		if ctx.Err() != nil {
			return
		}
		w.folder(ctx, p.in(name), ignores)
	}
}

// entries sends the files of a folder and returns its folders, which are gone
// into once it is closed: the depth of a tree costs no open files.
func (w *walker) entries(ctx context.Context, p place, ignores *ignoreFile) ([]string, error) {
	f, err := w.dir.open(p.real)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	var folders []string
	for {
		entries, err := f.ReadDir(256)
		for _, e := range entries {
			if ctx.Err() != nil {
				return nil, nil
			}
			at := p.in(e.Name())
			if why := w.skips(at, e.Type(), ignores); why != "" {
				w.sink.Skip(w.origin(at), why)
			} else if e.IsDir() {
				folders = append(folders, e.Name())
			} else {
				w.file(at)
			}
		}
		if err == io.EOF {
			return folders, nil
		}
		if err != nil {
			return folders, err
		}
	}
}

// skips says why what the walker met is left out; empty if it is not.
func (w *walker) skips(p place, t fs.FileMode, ignores *ignoreFile) scanner.Reason {
	switch {
	case t.IsDir() && vcs(path.Base(p.shown)):
		return scanner.SkipVCS
	case w.exclude.ignores(p.path, t.IsDir()):
		return scanner.SkipExcluded
	case ignores.ignores(p.path, t.IsDir()):
		return scanner.SkipIgnored
	case t&fs.ModeSymlink != 0:
		return scanner.SkipSymlink
	case !t.IsDir() && !t.IsRegular():
		return scanner.SkipSpecial
	}
	return ""
}

// file gives a file to the pool, waiting while all workers are busy.
func (w *walker) file(p place) {
	if w.sent != nil {
		if w.sent[p.real] {
			return
		}
		w.sent[p.real] = true
	}
	w.files.Go(func(ctx context.Context) error {
		if err := w.send(ctx, p); err != nil && ctx.Err() == nil {
			w.sink.Problem(w.origin(p), plainly(err))
		}
		return ctx.Err()
	})
}

func (w *walker) send(ctx context.Context, p place) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	f, err := w.dir.open(p.real)
	if isLink(err) {
		w.sink.Skip(w.origin(p), scanner.SkipSymlink)
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	o := w.origin(p)
	o.Mode = info.Mode()
	if !o.Mode.IsRegular() {
		w.sink.Skip(o, scanner.SkipSpecial)
		return nil
	}
	if e := w.dir.opts.Expert; e != nil && e.Reads(o.Path) {
		return e.Read(ctx, w.sink, o, p.real, f)
	}
	return w.feed.File(ctx, o, f)
}

func (w *walker) origin(p place) *scanner.Origin {
	return &scanner.Origin{Kind: scanner.File, Target: w.dir.Name(), Path: p.shown}
}

// plainly takes the path out of an error that is told with its origin.
func plainly(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}
