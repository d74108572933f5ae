// Package git reads git repositories: the whole of a history, a range of it, or
// what is staged. Repo is the source. Git says which commits there are; objects
// are read without it where that can be, each once, and only those that hit are
// attributed to commits.
//
//	rev-list --> comparer --> claim ==> pack.Reader --> Feed --> sink
//	commits      of trees     each      path by path
//	             |            once
//	             '--> what changed where, kept to attribute the hits
//
// What the packs and files of a repository do not give, a diff-tree and a
// cat-file are asked for.
//
// All content of a history is what some commit has at a path and its first
// parent has not: by the first parents each tree comes from an empty one. So
// the changes name every blob, with a path, before it is read, and tell
// afterwards which commit brought a value in, which took it out, and at the tip
// of which refs it still stands.
//
// Once all changes are known the files are read path by path. What the next
// version is a delta of is then at hand, and the scanner looks at a version
// only where the one before it was another, or had something to be found.
package git

import (
	"context"
	"fmt"
	"runtime"

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
	// Pushed scans what the objects that a push sends bring in: commits, tags
	// with their messages, or whatever stands at a ref.
	Pushed []Pushed
	// What the receiver of a push has is left out: the history of Had, ids of
	// objects that need not be here, and of the refs that a pattern of Beyond
	// matches, as git rev-list --glob has them.
	Had    []string
	Beyond []string
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
	// Interpreter, if set, knows what some files say beyond their bytes.
	Interpreter source.Interpreter
	// Limits bound archives; Temp is the folder of spool files, empty the
	// system's.
	Limits source.Limits
	Temp   string
}

// A Pushed object is one that a push sends, with the ref that it is for.
type Pushed struct{ Object, Ref string }

// limited reports whether the options leave out a part of the history.
func (o *Options) limited() bool {
	return len(o.Range) > 0 || len(o.Pushed) > 0 || len(o.Beyond) > 0 || o.Since != "" || o.MaxCount > 0 || o.FirstParent
}

// A Repo is a source of what a git repository holds.
type Repo struct {
	name string
	opts Options
	git  *runner
	log  *history // of the last scan
}

var (
	_ scanner.Source     = (*Repo)(nil)
	_ scanner.Attributor = (*Repo)(nil)
)

// Open returns the source of the repository that the path is in, or is: a
// working tree, a bare one or a .git folder. No object is read before Scan;
// ctx ends the question whether git can read it at all.
func Open(ctx context.Context, path string, o Options) (*Repo, error) {
	folder, err := locate(path)
	if err != nil {
		return nil, err
	}
	git, err := newRunner(folder, o)
	if err != nil {
		return nil, err
	}
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if err := o.check(); err != nil {
		return nil, err
	}
	if o.Staged { // it is asked one thing only, which says the same
		return &Repo{name: path, opts: o, git: git}, nil
	}
	if _, err := git.output(ctx, "rev-parse", "--git-dir"); err != nil {
		return nil, fmt.Errorf("repository %s: %w", path, err)
	}
	return &Repo{name: path, opts: o, git: git}, nil
}

// Name returns the path as it was given.
func (r *Repo) Name() string { return r.name }

// Scan implements scanner.Source. What could not be read is a problem: an
// object that is missing, a git that ended before it should have. The error is
// that the options name what the repository does not have.
func (r *Repo) Scan(ctx context.Context, sink scanner.Sink) error {
	r.log = newHistory()
	r.log.readings = newReadings(sink, r.opts.Interpreter)
	s := &scan{repo: r, sink: sink, log: r.log, feed: &source.Feed{Sink: sink, Limits: r.opts.Limits, Temp: r.opts.Temp}}
	if r.opts.Staged {
		return s.staged(ctx)
	}
	return s.history(ctx)
}
