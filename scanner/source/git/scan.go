package git

import (
	"bufio"
	"context"
	"fmt"
	"iter"
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
	stock       []oid // blobs and more that git has of a partial clone, sorted, once that was asked
	atRefs      []object
	notes       []oid          // tips of refs/notes
	submodules  map[int32]bool // paths, with the lock of log held
	untold      int            // commits of which nothing was claimed any more, so too
	packs       packs
}

// history scans all that the options reach.
func (s *scan) history(ctx context.Context) error {
	defer s.packs.close()
	s.everyParent = s.repo.opts.limited() && !s.repo.opts.FirstParent
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
	for _, id := range s.repo.git.folder.shallow() {
		if o, ok := parseOID(id); ok {
			if n, known := s.log.commit.find(o); known && s.log.commits[n].listed {
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

// pass reads what changed with the commits, and then the objects that this
// brings in. What a stage cannot do is a problem, and the others do what they
// can.
func (s *scan) pass(ctx context.Context, refs *refs) error {
	s.survey(ctx, refs)
	var beside []object
	if whole := !s.repo.opts.limited() && len(s.repo.opts.Branches) == 0; whole || len(s.repo.opts.Pushed) > 0 {
		beside = refs.objects
	}
	if s.repo.opts.Unreachable && ctx.Err() == nil {
		dangling, err := s.dangling(ctx)
		s.problem(ctx, err)
		beside = append(beside, dangling...)
	}
	s.log.refs, s.log.trees = s.named(refs), ids{} // files take the memory from here on
	s.objectStore().Unhold()
	claims, sorting := sync.OnceValue(s.log.claimed), pool.New()
	sorting.Go(func() { claims() }) // while the messages are read
	defer sorting.Wait()
	s.fetch(ctx, s.messages(beside), s.files(claims))
	return ctx.Err()
}

// A batch is a number of commits, and how many batches come before it.
type batch struct {
	turn    int
	commits []int32
}

// survey lists the commits and what changed with each.
func (s *scan) survey(ctx context.Context, refs *refs) {
	commits := make(chan batch, s.repo.opts.Workers)
	turns := newTurns()
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
	for range s.repo.opts.Workers {
		stages.Go(func() { s.problem(ctx, s.diff(ctx, commits, turns)) })
	}
	stages.Wait()
	if s.untold > 0 {
		s.problem(ctx, fmt.Errorf("more changed than is kept in memory: what %d commits bring in is not read", s.untold))
	}
}

// diff claims what the commits bring in. Of a blob that several commits have the
// first in the order of git tells its path, whoever is asked first.
func (s *scan) diff(ctx context.Context, commits <-chan batch, turns *turns) error {
	d := s.newDiffer()
	var failed error
	for b := range commits {
		var last []answer
		if failed == nil { // once it gave up it only gives its turns: others wait for them
			failed = d.tell(ctx, b.commits, func(some []answer) {
				if len(last) > 0 {
					turns.await(b.turn)
					s.claim(last)
				}
				last = some
			})
		}
		turns.give(b.turn, func() { s.claim(last) })
	}
	return cmpErr(failed, d.end())
}

// messages yields what is beside, and the messages of the commits.
func (s *scan) messages(beside []object) iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, o := range beside {
			if !yield(o) {
				return
			}
		}
		for i := range s.log.commits {
			if c := &s.log.commits[i]; c.listed && !yield(object{id: s.log.commit.at(int32(i)), kind: commitObject}) {
				return
			}
		}
	}
}

// files yields the files that were claimed, path by path, so that the versions of
// one come one after the other.
func (s *scan) files(claims func() []claim) iter.Seq[object] {
	return func(yield func(object) bool) {
		for _, c := range claims() {
			if !yield(s.blob(c)) {
				return
			}
		}
	}
}

// blob is the object of a blob that was claimed.
func (s *scan) blob(c claim) object {
	b := &s.log.blobs[c.blob]
	return object{id: s.log.blob.at(c.blob), kind: blobObject, path: s.log.shown(b.note, c.path), blob: c.blob, heir: b.heir - 1}
}

// fetch reads and scans objects, several side by side.
func (s *scan) fetch(ctx context.Context, all ...iter.Seq[object]) {
	batches := make(chan []object, s.repo.opts.Workers)
	stages := pool.New()
	stages.Go(func() {
		defer close(batches)
		for _, some := range all {
			for batch := range s.located(ctx, some) {
				select {
				case batches <- batch:
				case <-ctx.Done():
					return
				}
			}
		}
	})
	for range s.repo.opts.Workers {
		stages.Go(func() {
			s.problem(ctx, newReader(s, s.reader()).run(ctx, batches))
			for range batches { // nobody may wait for one that gave up
			}
		})
	}
	stages.Wait()
}

// mostAhead bounds how many turns may be given before the one that is next.
const mostAhead = 8

// turns has things done one after the other, in a given order, by those that
// come in any.
type turns struct {
	mu    sync.Mutex
	cond  *sync.Cond
	next  int
	ahead map[int]func() // that wait for others
}

func newTurns() *turns {
	t := &turns{ahead: map[int]func(){}}
	t.cond = sync.NewCond(&t.mu)
	return t
}

// give has something done in its turn, once all before were: now, or by who gives
// those. It waits only if it is far ahead.
func (t *turns) give(turn int, do func()) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for turn > t.next+mostAhead {
		t.cond.Wait()
	}
	for t.ahead[turn] = do; t.ahead[t.next] != nil; t.next++ {
		t.ahead[t.next]()
		delete(t.ahead, t.next)
	}
	t.cond.Broadcast()
}

// await returns once it is somebody's turn, who does something and gives it then.
func (t *turns) await(turn int) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.next != turn {
		t.cond.Wait()
	}
}

// problem notes that a stage could not do all its work.
func (s *scan) problem(ctx context.Context, err error) {
	if err != nil && ctx.Err() == nil {
		s.sink.Problem(s.origin(""), fmt.Errorf("not all was scanned: %w", err))
	}
}
