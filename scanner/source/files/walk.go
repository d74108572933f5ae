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
	"strings"
	"sync"
	"sync/atomic"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A walker goes through folders. Who sends the files of a folder leaves half of
// those to come to a worker that has nothing to do.
type walker struct {
	dir     *Dir
	target  string // Dir.Name
	sink    scanner.Sink
	feed    *source.Feed
	work    *worklist
	exclude *ignoreFile
	sent    *sync.Map // resolved paths, where roots overlap
	held    atomic.Int32

	mu   sync.Mutex
	open map[*folder]bool
}

// mostHeld bounds the names that are held in memory: to find what takes long
// early, the folders are gone through before the files are read, but with so
// many to read those of a folder are read when they are met. Meanwhile it is
// closed: a table of many descriptors costs more than to open it once more.
const mostHeld = 64 << 10

// A place is a file or folder that the walker met.
type place struct {
	path  string // absolute, as the patterns see it
	real  string // with the links in the root resolved, to open it by
	shown string // as its origin has it
}

func (p place) in(name string) place {
	in := place{path: below(p.path, string(filepath.Separator), name), shown: below(p.shown, "/", name)}
	if in.real = in.path; p.real != p.path {
		in.real = below(p.real, string(filepath.Separator), name)
	}
	return in
}

// below joins the name of what is in a folder to the folder's own.
func below(folder, separator, name string) string {
	if folder == "" || strings.HasSuffix(folder, separator) {
		return folder + name
	}
	return folder + separator + name
}

// A file is one that the walker met.
type file struct {
	in    *folder // open; nil for one that the user named
	name  string  // in the folder, else the resolved path
	shown string
}

func (f file) real() string {
	if f.in == nil {
		return f.name
	}
	return f.in.in(f.name).real
}

// vcs are the folders that version control keeps for itself.
func vcs(name string) bool {
	switch name {
	case ".git", ".hg", ".svn", ".bzr", ".jj", "_darcs":
		return true
	}
	return false
}

// root adds what lies at a root to the work.
func (w *walker) root(r root) {
	p := place{r.path, r.real, r.shown}
	w.work.add(folders, func(ctx context.Context) {
		if !r.folder {
			// The link that the user named may be followed, and was.
			w.file(ctx, file{name: r.real, shown: r.shown})
			return
		}
		var ignores *ignoreFile
		if w.dir.opts.GitIgnore {
			ignores = w.ignoresAbove(p)
		}
		w.folder(ctx, p, ignores)
	})
}

// folder sends what is in a folder, which the rules do not ignore. The folders
// in it are work to come: the depth of a tree costs no open files.
func (w *walker) folder(ctx context.Context, p place, ignores *ignoreFile) {
	if w.dir.opts.GitIgnore {
		ignores = w.ignoresOf(p, ignores)
	}
	f, err := w.use(p)
	if err == nil {
		defer w.release(f)
		err = w.entries(ctx, f, ignores)
	}
	if err != nil && ctx.Err() == nil {
		w.sink.Problem(w.origin(p.shown), plainly(err))
	}
}

func (w *walker) entries(ctx context.Context, f *folder, ignores *ignoreFile) error {
	entries := make([]entry, 0, 64) // more than most folders have, and no garbage
	for {
		var err error
		entries, err = f.list(entries[:0])
		files := make([]string, 0, len(entries))
		var archives []string
		for _, e := range entries {
			if why := w.skips(f, e, ignores); why != "" {
				w.sink.Skip(w.origin(f.in(e.name).shown), why)
			} else if e.kind.IsDir() {
				at := f.in(e.name)
				w.work.add(folders, func(ctx context.Context) { w.folder(ctx, at, ignores) })
			} else if packed(e.name) {
				archives = append(archives, e.name)
			} else {
				files = append(files, e.name)
			}
		}
		w.hold(ctx, f, slow, archives)
		w.hold(ctx, f, quick, files)
		if err == io.EOF || ctx.Err() != nil {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// packed reports whether a file may be an archive that takes long, by its name.
func packed(name string) bool {
	switch strings.ToLower(path.Ext(name)) {
	case ".gz", ".tgz", ".bz2", ".tbz2", ".xz", ".txz", ".zst", ".tzst", ".zip", ".jar", ".war", ".ear", ".whl", ".tar", ".deb", ".rpm":
		return true
	}
	return false
}

// hold leaves files of a folder for later, if there is room for them.
func (w *walker) hold(ctx context.Context, f *folder, r rank, names []string) {
	n := int32(len(names))
	if n == 0 {
		return
	}
	if w.held.Add(n) > mostHeld {
		w.held.Add(-n)
		w.files(ctx, f, names)
		return
	}
	at := f.place
	w.work.add(r, func(ctx context.Context) {
		w.held.Add(-n)
		f, err := w.use(at)
		if err != nil {
			w.sink.Problem(w.origin(at.shown), plainly(err))
			return
		}
		defer w.release(f)
		w.files(ctx, f, names)
	})
}

// files sends files of a folder.
func (w *walker) files(ctx context.Context, f *folder, names []string) {
	for len(names) > 0 && ctx.Err() == nil {
		if half := len(names) / 2; half > 0 && w.work.hungry() {
			others := names[half:]
			names = names[:half]
			f.use()
			w.work.add(quick, func(ctx context.Context) {
				defer w.release(f)
				w.files(ctx, f, others)
			})
		}
		w.file(ctx, file{in: f, name: names[0], shown: below(f.shown, "/", names[0])})
		names = names[1:]
	}
}

// skips says why what the walker met is left out; empty if it is not.
func (w *walker) skips(f *folder, e entry, ignores *ignoreFile) scanner.Reason {
	t := e.kind
	if t.IsDir() && vcs(e.name) {
		return scanner.SkipVCS
	}
	if w.exclude != nil || ignores != nil {
		switch at := f.in(e.name).path; {
		case w.exclude.ignores(at, t.IsDir()):
			return scanner.SkipExcluded
		case ignores.ignores(at, t.IsDir()):
			return scanner.SkipIgnored
		}
	}
	switch {
	case t&fs.ModeSymlink != 0:
		return scanner.SkipSymlink
	case !t.IsDir() && !t.IsRegular():
		return scanner.SkipSpecial
	}
	return ""
}

// file sends a file.
func (w *walker) file(ctx context.Context, f file) {
	if w.sent != nil {
		if _, again := w.sent.LoadOrStore(f.real(), true); again {
			return
		}
	}
	if err := w.send(ctx, f); err != nil && ctx.Err() == nil {
		w.sink.Problem(w.origin(f.shown), plainly(err))
	}
}

func (w *walker) send(ctx context.Context, f file) error {
	r, err := w.dir.openIn(f.in, f.name)
	if isLink(err) {
		w.sink.Skip(w.origin(f.shown), scanner.SkipSymlink)
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	o := w.origin(f.shown)
	o.Mode = r.mode
	if !o.Mode.IsRegular() {
		w.sink.Skip(o, scanner.SkipSpecial)
		return nil
	}
	if e := w.dir.opts.Expert; e != nil && e.Reads(o.Path) {
		return e.Read(ctx, w.sink, o, f.real(), r)
	}
	return w.feed.File(ctx, o, r)
}

func (w *walker) origin(shown string) *scanner.Origin {
	return &scanner.Origin{Kind: scanner.File, Target: w.target, Path: shown}
}

// plainly takes the path out of an error that is told with its origin.
func plainly(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}
