package dockerfile

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"

	"github.com/moby/patternmatcher"
	"github.com/moby/patternmatcher/ignorefile"
	"github.com/sourcegraph/conc/pool"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Bounds of what says which files of a context are read.
const (
	maxIgnoreFile = 1 << 20
	maxIgnores    = 2000 // patterns
	maxGlobs      = 1000 // sources with wildcards, of one context
)

const skipDockerignore scanner.Reason = "excluded by .dockerignore"

// A contextKey tells contexts apart: Dockerfiles that share a folder may each
// have an ignore file of their own.
type contextKey struct {
	folder string // absolute
	ignore string // absolute
}

// A buildContext is a folder and what Dockerfiles take from it.
type buildContext struct {
	key     contextKey
	shown   string
	paths   map[string][]*taken // by path, empty for the whole
	above   map[string]bool     // folders that hold one of the paths
	globs   []glob
	dropped bool      // there are too many globs
	ignore  sync.Once // readIgnores, for an expert
	ignores *patternmatcher.PatternMatcher
}

// A taken is an instruction that takes files from a context.
type taken struct {
	step    *scanner.Step
	exposed string // unless it is carried
	dest    string
	to      string // absolute, empty if that is not known
	carried carried
	exclude *patternmatcher.PatternMatcher // nil for none
}

type glob struct {
	pattern []string // by path segment
	taken   *taken
}

// note remembers what an instruction of the Dockerfile at name takes.
func (s *Source) note(shown, name string, f *file, c *copied) {
	folder := cmp.Or(s.opts.Context, filepath.Dir(name))
	if abs, err := filepath.Abs(folder); err == nil {
		folder = abs
	}
	key := contextKey{folder: folder, ignore: name + ".dockerignore"}
	if _, err := os.Lstat(key.ignore); err != nil {
		key.ignore = filepath.Join(folder, ".dockerignore")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	b := s.contexts[key]
	if b == nil {
		b = &buildContext{key: key, shown: s.shown(folder), paths: map[string][]*taken{}, above: map[string]bool{}}
		s.contexts[key] = b
	}
	t := &taken{step: f.step(c.instruction, shown, nil), exposed: c.exposure(true), dest: strings.Clone(c.dest), to: c.to}
	if c.stage != nil && !c.stage.reached {
		t.carried = c.stage.carried
	}
	if m, err := patternmatcher.New(c.exclude); err == nil && len(c.exclude) > 0 && len(c.exclude) < maxIgnores {
		t.exclude = m
	}
	for _, from := range c.sources {
		b.add(strings.Clone(path.Clean("/" + filepath.ToSlash(from))[1:]), t)
	}
}

func (b *buildContext) add(from string, t *taken) {
	if strings.ContainsAny(from, "*?[") {
		if b.dropped = b.dropped || len(b.globs) == maxGlobs; !b.dropped {
			b.globs = append(b.globs, glob{strings.Split(from, "/"), t})
		}
		return
	}
	b.paths[from] = append(b.paths[from], t)
	for up := from; up != ""; {
		if up = parent(up); b.above[up] {
			break
		}
		b.above[up] = true
	}
}

func parent(p string) string { return p[:max(0, strings.LastIndexByte(p, '/'))] }

// A taking is one file that an instruction takes.
type taking struct {
	*taken
	exposed string
}

// takes returns the instructions that take the file at a path of the context.
func (b *buildContext) takes(rel string) []taking {
	var all []taking
	keep := func(t *taken, source string) {
		rest := strings.TrimPrefix(strings.TrimPrefix(rel, source), "/")
		if t.excludes(rest) || slices.ContainsFunc(all, func(o taking) bool { return o.taken == t }) {
			return
		}
		at := taking{t, t.exposed}
		if t.carried.holds(destinations(t.to, source, rest)...) {
			at.exposed = inLayer
		}
		all = append(all, at)
	}
	for at := rel; ; at = parent(at) {
		for _, t := range b.paths[at] {
			keep(t, at)
		}
		if at == "" {
			break
		}
	}
	segments := strings.Split(rel, "/")
	for _, g := range b.globs {
		if len(segments) >= len(g.pattern) && g.matches(segments) {
			keep(g.taken, strings.Join(segments[:len(g.pattern)], "/"))
		}
	}
	if len(all) > 0 && b.ignored(rel) {
		return nil
	}
	return all
}

func (t *taken) excludes(rel string) bool {
	if t.exclude == nil || rel == "" {
		return false
	}
	out, err := t.exclude.MatchesOrParentMatches(rel)
	return err == nil && out
}

// matches reports whether the segments that both have match.
func (g glob) matches(segments []string) bool {
	for i, p := range g.pattern[:min(len(g.pattern), len(segments))] {
		if ok, err := path.Match(p, segments[i]); !ok || err != nil {
			return false
		}
	}
	return true
}

// holds reports whether a folder may hold what is taken.
func (b *buildContext) holds(rel string) bool {
	if b.above[rel] {
		return true
	}
	for at := rel; ; at = parent(at) {
		if len(b.paths[at]) > 0 {
			return true
		}
		if at == "" {
			break
		}
	}
	segments := strings.Split(rel, "/")
	return slices.ContainsFunc(b.globs, func(g glob) bool { return g.matches(segments) })
}

func (b *buildContext) ignored(rel string) bool {
	if b.ignores == nil {
		return false
	}
	out, err := b.ignores.MatchesOrParentMatches(filepath.FromSlash(rel))
	return err == nil && out
}

// readIgnores reads the ignore file. Without one that can be used, nothing is
// left out.
func (b *buildContext) readIgnores() error {
	f, err := os.OpenFile(b.key.ignore, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		return plainly(err)
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return cmp.Or(err, errors.New("not a regular file; nothing is left out"))
	}
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreFile+1))
	if err != nil {
		return plainly(err)
	}
	patterns, err := ignorefile.ReadAll(bytes.NewReader(text))
	if err == nil && (len(patterns) > maxIgnores || len(text) > maxIgnoreFile) {
		err = fmt.Errorf("more than %d patterns; nothing is left out", maxIgnores)
	}
	if err == nil && len(patterns) > 0 {
		b.ignores, err = patternmatcher.New(patterns)
	}
	return err
}

// keys returns those of the contexts, in order.
func (s *Source) keys() []contextKey {
	return slices.SortedFunc(maps.Keys(s.contexts), func(a, b contextKey) int {
		return cmp.Or(cmp.Compare(a.folder, b.folder), cmp.Compare(a.ignore, b.ignore))
	})
}

// scanContexts sends what the Dockerfiles take from their contexts.
func (s *Source) scanContexts(ctx context.Context, sink scanner.Sink) {
	keys := s.keys()
	var sent map[string]bool
	if len(keys) > 1 {
		sent = map[string]bool{}
	}
	for _, key := range keys {
		b := s.contexts[key]
		if err := b.readIgnores(); err != nil {
			sink.Problem(s.origin(key.ignore), err)
		}
		if b.dropped {
			sink.Problem(s.origin(key.folder), fmt.Errorf("more than %d sources with wildcards; some are not read", maxGlobs))
		}
		s.scanContext(ctx, sink, b, sent)
	}
}

func (s *Source) scanContext(ctx context.Context, sink scanner.Sink, b *buildContext, sent map[string]bool) {
	root, err := os.OpenRoot(b.key.folder)
	if err != nil {
		sink.Problem(s.origin(b.key.folder), fmt.Errorf("build context: %w", plainly(err)))
		return
	}
	defer root.Close()
	feed := &source.Feed{Sink: sink, Limits: s.opts.Limits, Temp: s.opts.Temp}
	workers := pool.New().WithMaxGoroutines(s.opts.Workers)
	t := &tree{root: root, sink: sink}
	t.run = func(read func(context.Context)) { workers.Go(func() { read(ctx) }) }
	t.origin = func(rel string) *scanner.Origin {
		o := s.origin(b.key.folder)
		o.Path, o.Exposed = path.Join(b.shown, rel), inLayer
		return o
	}
	t.enter = func(rel string) bool {
		if !b.holds(rel) {
			return false
		}
		out := b.ignored(rel) && !b.ignores.Exclusions()
		if out {
			sink.Skip(t.origin(rel), skipDockerignore)
		}
		return !out
	}
	t.wants = func(rel string) bool {
		abs := filepath.Join(b.key.folder, filepath.FromSlash(rel))
		if sent[abs] || len(b.takes(rel)) == 0 {
			return false
		}
		if sent != nil {
			sent[abs] = true
		}
		return true
	}
	t.file = func(ctx context.Context, rel string, f *os.File) error {
		o := t.origin(rel)
		if info, err := f.Stat(); err == nil {
			o.Mode = info.Mode()
		}
		return feed.File(ctx, o, f)
	}
	t.walk(ctx, ".")
	workers.Wait()
}
