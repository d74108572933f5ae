// Package sourcetest holds what every scanner.Source must keep to: Run puts a
// source through it, Recorder is the sink that sees to it.
package sourcetest

import (
	"bytes"
	"cmp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

// A Recorder is a sink that keeps all it is given and checks that the chunks
// keep to their contract. The zero value is ready. It is safe for concurrent
// use; what it kept is read once the source has returned.
type Recorder struct {
	// OnChunk, if set, is called with every chunk before it is kept.
	OnChunk func(scanner.Chunk)
	// Overlap is what chunks must repeat; 0 means scanner.Overlap.
	Overlap int

	mu       sync.Mutex
	streams  map[*scanner.Origin]*Stream
	views    []scanner.Chunk
	skips    []Skip
	problems []Problem
	broken   []string
}

// A Skip is a call of Sink.Skip.
type Skip struct {
	Path   string // the full one
	Reason scanner.Reason
}

// A Problem is a call of Sink.Problem.
type Problem struct {
	Path string // the full one
	Err  error
}

var _ scanner.Sink = (*Recorder)(nil)

// Chunk implements scanner.Sink.
func (r *Recorder) Chunk(c scanner.Chunk) {
	if r.OnChunk != nil {
		r.OnChunk(c)
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if c.Where != nil {
		r.views = append(r.views, c)
		r.views[len(r.views)-1].Data = bytes.Clone(c.Data)
		if c.Overlap != 0 || !c.Last {
			r.broken = append(r.broken, c.Origin.FullPath()+": a view that is not whole")
		}
		return
	}
	s := r.streams[c.Origin]
	if s == nil {
		if r.streams == nil {
			r.streams = map[*scanner.Origin]*Stream{}
		}
		s = newStream(c)
		r.streams[c.Origin] = s
	}
	if wrong := s.add(c, cmp.Or(r.Overlap, scanner.Overlap)); wrong != "" {
		r.broken = append(r.broken, c.Origin.FullPath()+": "+wrong)
	}
}

// Seen implements scanner.Sink: nothing was seen before.
func (r *Recorder) Seen(scanner.BlobID, *scanner.Origin) bool { return false }

// Skip implements scanner.Sink.
func (r *Recorder) Skip(o *scanner.Origin, why scanner.Reason) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.skips = append(r.skips, Skip{o.FullPath(), why})
}

// Problem implements scanner.Sink.
func (r *Recorder) Problem(o *scanner.Origin, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.problems = append(r.problems, Problem{o.FullPath(), err})
}

// Streams returns all streams, sorted by full path.
func (r *Recorder) Streams() []*Stream {
	var all []*Stream
	for _, s := range r.streams {
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b *Stream) int {
		return cmp.Or(cmp.Compare(a.Path(), b.Path()), cmp.Compare(a.Start.Offset, b.Start.Offset))
	})
	return all
}

// Files returns the streams that are files, sorted, without those of the same
// source that are not: configuration, history, messages.
func (r *Recorder) Files() []*Stream {
	return slices.DeleteFunc(r.Streams(), func(s *Stream) bool {
		switch s.Origin.Kind {
		case scanner.File, scanner.Stdin, scanner.InLayer, scanner.Staged:
			return false
		case scanner.InCommit:
			return strings.HasPrefix(s.Origin.Path, "commit:")
		}
		return true
	})
}

// Views returns the chunks that were made of streams, sorted by full path.
func (r *Recorder) Views() []scanner.Chunk {
	slices.SortStableFunc(r.views, func(a, b scanner.Chunk) int { return cmp.Compare(a.Origin.FullPath(), b.Origin.FullPath()) })
	return r.views
}

// Paths returns the full paths of all streams, sorted.
func (r *Recorder) Paths() []string {
	var paths []string
	for _, s := range r.Streams() {
		paths = append(paths, s.Path())
	}
	return paths
}

// Stream returns the first stream of that full path; none fails the test.
func (r *Recorder) Stream(t testing.TB, path string) *Stream {
	t.Helper()
	for _, s := range r.Streams() {
		if s.Path() == path {
			return s
		}
	}
	t.Fatalf("no stream %q among %q", path, r.Paths())
	return nil
}

// Skips returns what was skipped, sorted by path.
func (r *Recorder) Skips() []Skip {
	slices.SortFunc(r.skips, func(a, b Skip) int {
		return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason))
	})
	return r.skips
}

// Problems returns the problems, sorted by path.
func (r *Recorder) Problems() []Problem {
	slices.SortFunc(r.problems, func(a, b Problem) int { return cmp.Compare(a.Path, b.Path) })
	return r.problems
}

// Check fails the test where a chunk broke the contract or, unless the scan
// was broken off, a stream has no end.
func (r *Recorder) Check(t testing.TB, brokenOff bool) {
	t.Helper()
	for _, wrong := range r.broken {
		t.Error(wrong)
	}
	for _, s := range r.Streams() {
		if !s.Ended && !brokenOff {
			t.Errorf("%s: no last chunk", s.Path())
		}
	}
}
