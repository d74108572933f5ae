package git

import (
	"bufio"
	"context"
	"fmt"
	"slices"
	"sync"

	"github.com/sourcegraph/conc/pool"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// SkipShallow says what a shallow clone lacks.
const SkipShallow scanner.Reason = "shallow clone: the history before this commit is not here; `git fetch --unshallow` brings it"

// A scan is one pass over a repository.
type scan struct {
	repo        *Repo
	sink        scanner.Sink
	feed        *source.Feed
	log         *history
	everyParent bool  // a merge brings in only what none of its parents has
	here        []oid // the objects that there are, of a partial clone, sorted
	atRefs      []object
	notes       []oid          // tips of refs/notes
	submodules  map[int32]bool // paths, with the lock of log held
}

// history scans all that the options reach.
func (s *scan) history(ctx context.Context) error {
	s.everyParent = s.repo.opts.limited() && !s.repo.opts.FirstParent
	if err := s.takeStock(ctx); err != nil {
		return err
	}
	refs, err := s.refs(ctx)
	if err != nil {
		return err
	}
	s.atRefs = refs.objects
	for _, o := range refs.objects {
		s.log.special[o.path] = special{ref: o.ref, tag: o.kind == tagObject}
	}
	s.problem(ctx, s.aboutNotes(ctx))
	if err := s.pass(ctx, refs); err != nil {
		return err
	}
	s.log.refs = s.named(refs)
	for _, id := range s.repo.git.folder.shallow() {
		if o, ok := parseOID(id); ok {
			if n, known := s.log.number[o]; known && s.log.commits[n].listed {
				s.sink.Skip(s.origin("commit:"+id), SkipShallow)
			}
		}
	}
	return nil
}

// aboutNotes marks the commits that hold notes, whose files are named by what
// they are about.
func (s *scan) aboutNotes(ctx context.Context) error {
	if len(s.notes) == 0 {
		return nil
	}
	p, err := s.repo.git.start(ctx, "rev-list", "--stdin")
	if err != nil {
		return err
	}
	for _, id := range s.notes {
		fmt.Fprintln(p.in, s.log.hex(id))
	}
	_ = p.in.Close()
	for lines := bufio.NewScanner(p.out); lines.Scan(); {
		if id, ok := parseOID(lines.Bytes()); ok {
			s.log.notes[s.log.commitNumber(id)] = true
		}
	}
	return p.end()
}

// pass runs the stages side by side: the commits, what changed with them, and
// the objects that this brings in. What one of them cannot do is a problem, and
// the others do what they can.
func (s *scan) pass(ctx context.Context, refs *refs) error {
	workers := s.repo.opts.Workers
	commits, objects := make(chan batch, workers), make(chan []object, 2*workers)
	send := func(all []object) error {
		all = s.unknown(s.present(all))
		for len(all) > 0 {
			n := min(len(all), objectsAtOnce)
			select {
			case objects <- all[:n]:
			case <-ctx.Done():
				return ctx.Err()
			}
			all = all[n:]
		}
		return nil
	}
	stages := pool.New()
	stages.Go(func() {
		defer close(commits)
		turn := 0
		s.problem(ctx, s.list(ctx, refs, func(numbers []int32) error {
			select {
			case commits <- batch{turn, numbers}:
				turn++
				return nil
			case <-ctx.Done():
				return ctx.Err()
			}
		}))
	})
	stages.Go(func() {
		defer close(objects)
		differs := pool.New()
		turns := newTurns()
		for range workers {
			differs.Go(func() { s.problem(ctx, s.diff(ctx, commits, turns, send)) })
		}
		if whole := !s.repo.opts.limited() && len(s.repo.opts.Branches) == 0; whole || len(s.repo.opts.Pushed) > 0 {
			s.problem(ctx, send(refs.objects))
		}
		differs.Wait()
		if s.repo.opts.Unreachable {
			s.problem(ctx, s.dangling(ctx, send))
		}
	})
	for range workers {
		stages.Go(func() {
			r := &reader{scan: s}
			s.problem(ctx, r.run(ctx, objects))
			for range objects { // nobody may wait for one that gave up
			}
		})
	}
	stages.Wait()
	return ctx.Err()
}

// A batch is a number of commits, and how many batches come before it.
type batch struct {
	turn    int
	commits []int32
}

// diff sends on what the commits bring in. Of a blob that several commits have
// the first in the order of git tells its path, whoever is asked first.
func (s *scan) diff(ctx context.Context, commits <-chan batch, turns *turns, send func([]object) error) error {
	d := s.newDiffer()
	for b := range commits {
		var objects []object
		answers, err := d.ask(ctx, b.commits)
		turns.take(b.turn, func() { objects = s.claim(s.messages(b.commits), answers) })
		if err = cmpErr(err, send(objects)); err != nil {
			for b := range commits { // nobody may wait for one that gave up
				turns.take(b.turn, func() {})
			}
			return cmpErr(err, d.end())
		}
	}
	return d.end()
}

// messages are the commits themselves.
func (s *scan) messages(commits []int32) []object {
	objects := make([]object, len(commits), 2*len(commits))
	for i, c := range commits {
		objects[i] = object{id: s.log.commit(c).id, kind: commitObject}
	}
	return objects
}

// turns lets several goroutines do one thing after the other in a given order.
type turns struct {
	mu   sync.Mutex
	cond *sync.Cond
	next int
}

func newTurns() *turns {
	t := &turns{}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// take runs what is to be done in that turn, once all before were taken.
func (t *turns) take(turn int, do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next != turn {
		t.cond.Wait()
	}
	do()
	t.next++
	t.cond.Broadcast()
}

// unknown returns the objects that are not known to be clean.
func (s *scan) unknown(objects []object) []object {
	keeper, ok := s.sink.(scanner.Keeper)
	if !ok {
		return objects
	}
	return slices.DeleteFunc(objects, func(o object) bool {
		return keeper.Clean(s.originOf(&o))
	})
}

// problem notes that a stage could not do all its work.
func (s *scan) problem(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.sink.Problem(s.origin(""), fmt.Errorf("not all was scanned: %w", err))
	}
}
