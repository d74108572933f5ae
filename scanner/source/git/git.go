// Package git reads git repositories: the whole of a history, a range of it, or
// what is staged. Repo is the source. Objects come through git's own reader,
// each once, and only those that hit are attributed to commits.
package git

import (
	"context"
	"errors"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Options say what of a repository is scanned, and how. The zero value scans
// all that can be reached from any ref.
type Options struct {
	// Staged scans what the next commit would add: the index against HEAD.
	// Index is the file to read as the index, empty for the repository's own.
	Staged bool
	Index  string
	// Range scans what the commits of a range bring in, in git's own notation:
	// "A..B", "A...B", "B ^A". Several are one range.
	Range []string
	// Since, MaxCount and FirstParent limit the commits as git log does.
	Since       string
	MaxCount    int
	FirstParent bool
	// Branches are the refs to start from; empty means all, with HEAD.
	Branches []string
	// Unreachable adds what no ref reaches: reflogs and dangling objects.
	Unreachable bool
	// Alternates lets the repository borrow objects from another user's.
	Alternates bool
	// Quarantine is the object folder that git has a push wait in, as a
	// pre-receive hook is told by GIT_OBJECT_DIRECTORY.
	Quarantine string
	// Git is the program; empty means the one on PATH.
	Git string
	// Workers is how many objects are read side by side; 0 means as many as
	// the program has processors.
	Workers int
	// Limits bound archives; Temp is the folder of spool files, empty the
	// system's.
	Limits source.Limits
	Temp   string
}

// A Repo is a source of what a git repository holds.
type Repo struct {
	path string
	opts Options
}

var (
	_ scanner.Source     = (*Repo)(nil)
	_ scanner.Attributor = (*Repo)(nil)
)

// Open returns the source of the repository that the path is in, or is: a
// working tree, a bare one or a .git folder. No object is read before Scan.
func Open(ctx context.Context, path string, o Options) (*Repo, error) {
	return &Repo{path: path, opts: o}, nil
}

// Name returns the path as it was given.
func (r *Repo) Name() string { return r.path }

// Scan implements scanner.Source.
func (r *Repo) Scan(ctx context.Context, sink scanner.Sink) error { return errors.ErrUnsupported }

// Attribute implements scanner.Attributor.
func (r *Repo) Attribute(ctx context.Context, hits []*scanner.Hit) error { return nil }
