// Package dockerfile reads Dockerfiles: what each instruction says, by the
// values that its variables stand for, and what it takes from the build
// context. Source is its principal type.
//
// A file is sent twice over. Once as the text it is, in which every position
// is true and nothing can be overlooked. Then each instruction whose meaning is
// not what stands there, as its lines go on or it refers to variables, is sent
// as what the builder makes of it. Attribute takes what was found in the second
// back to where it stands in the first: one secret, where it came in and where
// it is used.
package dockerfile

import (
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Options say how Dockerfiles are read. The zero value works.
type Options struct {
	// BuildArgs are "NAME=value", as for docker build. One of a name that a
	// file does not declare means nothing to it.
	BuildArgs []string
	// Target is the stage that is built, by name or number; empty means the
	// last.
	Target string
	// Context is the folder that COPY and ADD read; empty means the one that
	// the Dockerfile is in.
	Context string
	// Base is the folder that the paths of origins are relative to; empty
	// means the working directory.
	Base string
	// Workers is how many files of a context are read side by side; 0 means as
	// many as the program has processors.
	Workers int
	// Limits bound archives; Temp is the folder of spool files, empty the
	// system's.
	Limits source.Limits
	Temp   string
}

// A Source is one of Dockerfiles and what they take from their contexts.
type Source struct {
	paths []string
	opts  Options
	given map[string]string

	base     string // absolute
	mu       sync.Mutex
	files    map[string]*record // by path as shown
	contexts map[contextKey]*buildContext
}

// A record is what is remembered of a Dockerfile.
type record struct {
	name   string // absolute
	sum    [sha256.Size]byte
	parsed bool
}

var (
	_ scanner.Source     = (*Source)(nil)
	_ scanner.Attributor = (*Source)(nil)
)

// Open returns a source of the Dockerfiles at the paths: each a file, whatever
// its name, or a folder that is searched for them. Nothing is read before Scan;
// an error is a build argument's.
func Open(paths []string, o Options) (*Source, error) {
	o.Workers = cmp.Or(o.Workers, runtime.GOMAXPROCS(0))
	s := &Source{paths: paths, opts: o, given: map[string]string{}}
	for _, arg := range o.BuildArgs {
		name, value, ok := strings.Cut(arg, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("build argument %q: want NAME=value", cut(name, 100))
		}
		s.given[name] = value
	}
	return s, nil
}

// Name returns the paths as they were given.
func (s *Source) Name() string { return strings.Join(s.paths, " ") }

// Targets returns the paths one by one.
func (s *Source) Targets() []string { return s.paths }

// Scan implements scanner.Source. A file that is no Dockerfile is scanned as
// text; it is a problem if it was named, and skipped if it was found in a
// folder. The error names the paths that are not there.
func (s *Source) Scan(ctx context.Context, sink scanner.Sink) error {
	if err := s.begin(); err != nil {
		return err
	}
	var missing error
	for _, path := range s.paths {
		if err := s.path(ctx, sink, path); err != nil {
			missing = errors.Join(missing, err)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	s.scanContexts(ctx, sink)
	return cmp.Or(ctx.Err(), missing)
}

// begin forgets what was read before.
func (s *Source) begin() (err error) {
	if s.base, err = filepath.Abs(s.opts.Base); err != nil {
		return fmt.Errorf("base folder: %w", err)
	}
	s.files, s.contexts = map[string]*record{}, map[contextKey]*buildContext{}
	return nil
}

// path scans the Dockerfile at a path, or those in the folder there.
func (s *Source) path(ctx context.Context, sink scanner.Sink, path string) error {
	info, err := os.Stat(path)
	if err != nil {
		return err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	switch {
	case info.Mode().IsRegular():
		s.named(ctx, sink, abs)
		return nil
	case !info.IsDir():
		return fmt.Errorf("%s: neither a file nor a folder", path)
	}
	return s.search(ctx, sink, abs)
}

// named scans the Dockerfile that the user named.
func (s *Source) named(ctx context.Context, sink scanner.Sink, abs string) {
	o := s.origin(abs)
	f, err := os.OpenFile(abs, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		defer f.Close()
		var why error
		if why, err = s.file(ctx, sink, o, abs, f); why != nil {
			sink.Problem(o, why)
		}
	}
	if err != nil && ctx.Err() == nil {
		sink.Problem(o, plainly(err))
	}
}

// search scans the Dockerfiles in a folder.
func (s *Source) search(ctx context.Context, sink scanner.Sink, folder string) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	t := &tree{root: root, sink: sink}
	t.origin = func(rel string) *scanner.Origin { return s.origin(filepath.Join(folder, rel)) }
	t.enter = func(rel string) bool {
		if vcs(filepath.Base(rel)) {
			sink.Skip(t.origin(rel), scanner.SkipVCS)
			return false
		}
		return true
	}
	t.wants = func(rel string) bool { return isDockerfile(filepath.Base(rel)) || isCompose(filepath.Base(rel)) }
	t.file = func(ctx context.Context, rel string, f *os.File) error {
		o := t.origin(rel)
		why, err := s.file(ctx, sink, o, filepath.Join(folder, rel), f)
		if why != nil {
			sink.Skip(o, asText(why))
		}
		return err
	}
	t.walk(ctx, ".")
	return nil
}

// isCompose reports whether a file in a folder is Compose's by its name.
func isCompose(name string) bool {
	return isYAML(name) && (strings.HasPrefix(name, "compose.") || strings.HasPrefix(name, "docker-compose"))
}

// isYAML reports whether a file is YAML by its name: it is no Dockerfile, and
// scanned as what it is.
func isYAML(name string) bool {
	ext := strings.ToLower(filepath.Ext(name))
	return ext == ".yaml" || ext == ".yml"
}

func asText(why error) scanner.Reason { return scanner.Reason(why.Error() + "; scanned as text") }

// isDockerfile reports whether a file in a folder is a Dockerfile by its name.
func isDockerfile(name string) bool {
	if strings.HasSuffix(name, ".dockerignore") || strings.HasSuffix(name, ".containerignore") {
		return false
	}
	return name == "Dockerfile" || strings.HasPrefix(name, "Dockerfile.") || strings.HasPrefix(name, "Containerfile") ||
		strings.HasSuffix(name, ".Dockerfile") || strings.HasSuffix(name, ".dockerfile")
}

// file scans a Dockerfile, or a file of YAML. The first error says why it was scanned as text
// alone, the second is one of reading it.
func (s *Source) file(ctx context.Context, sink scanner.Sink, o *scanner.Origin, abs string, r io.Reader) (why, err error) {
	known := &record{name: abs}
	if !s.remember(o.Path, known) {
		return nil, nil // named twice
	}
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, err
	}
	known.sum = sha256.Sum256(data)
	all := io.MultiReader(strings.NewReader(string(data)), r)
	feed := source.Feed{Sink: sink, Limits: s.opts.Limits, Temp: s.opts.Temp}
	if err := feed.File(ctx, o, all); err != nil { // it may be anything but its name
		return nil, err
	}
	if isYAML(abs) && !isDockerfile(filepath.Base(abs)) {
		return nil, nil
	}
	f, why := parse(data)
	if why != nil {
		return why, nil
	}
	known.parsed = true
	return s.resolved(ctx, sink, o, abs, f), ctx.Err()
}

// remember notes a file unless it is known already.
func (s *Source) remember(shown string, r *record) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.files[shown] != nil {
		return false
	}
	s.files[shown] = r
	return true
}

// resolved sends what the instructions of a file say where that is not what
// stands there, and notes what they take from the context.
func (s *Source) resolved(ctx context.Context, sink scanner.Sink, o *scanner.Origin, abs string, f *file) (why error) {
	found, why := s.says(ctx, sink, o, f)
	for _, c := range found {
		s.note(o.Path, abs, f, c)
	}
	return why
}

// says sends what the instructions of a file say where that is not what stands
// there, and returns what they take from the context.
func (s *Source) says(ctx context.Context, sink scanner.Sink, o *scanner.Origin, f *file) (found []*copied, why error) {
	whole := f.walk(s.given, func(w *walk, r resolved) {
		if ctx.Err() != nil {
			return
		}
		if r.differs() {
			at := *o
			at.Step = &scanner.Step{File: o.Path, Line: r.lines.from, EndLine: r.lines.to}
			_ = source.Stream(ctx, sink, &at, "", strings.NewReader(r.says.String())) // the context's error, known to the caller
		}
		if c := r.copied(w); c != nil {
			found = append(found, c)
		}
	})
	if err := f.target(s.opts.Target); err != nil {
		why = err
		_ = f.target("")
	}
	if !whole {
		why = errors.Join(why, errors.New("the values of some variables are too long to follow"))
	}
	return found, why
}

// differs reports whether what an instruction says stands nowhere in the file
// as it is.
func (r resolved) differs() bool {
	return len(r.says) > 0 && (len(r.parts) > 1 || r.says.referred() || slices.ContainsFunc(r.says, given))
}

// given reports whether a piece was given with --build-arg.
func given(p piece) bool { return !p.from.empty() && len(p.text) != p.from.to-p.from.from }

func (s *Source) origin(abs string) *scanner.Origin {
	return &scanner.Origin{Kind: scanner.File, Target: s.Name(), Path: s.shown(abs)}
}

// shown returns a path as origins have it: from the base folder.
func (s *Source) shown(abs string) string {
	rel, err := filepath.Rel(s.base, abs)
	if err != nil || !filepath.IsLocal(rel) {
		base, e1 := filepath.EvalSymlinks(s.base)
		real, e2 := filepath.EvalSymlinks(abs)
		if inside, e := filepath.Rel(base, real); e1 == nil && e2 == nil && e == nil && filepath.IsLocal(inside) {
			rel, err = inside, nil
		}
	}
	switch {
	case err != nil:
		rel = strings.TrimLeft(strings.TrimPrefix(abs, filepath.VolumeName(abs)), `/\`)
	case rel == ".":
		rel = ""
	}
	return filepath.ToSlash(rel)
}

func vcs(name string) bool {
	return slices.Contains([]string{".git", ".hg", ".svn", ".bzr", ".jj", "_darcs"}, name)
}

// plainly takes the path out of an error that is told with its origin.
func plainly(err error) error {
	if p := (*os.PathError)(nil); errors.As(err, &p) {
		return fmt.Errorf("%s: %w", p.Op, p.Err)
	}
	return err
}
