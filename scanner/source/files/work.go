package files

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/conc/pool"
)

// A task is a piece of work that may find more.
type task func(ctx context.Context)

// A rank says what is done before what.
type rank uint8

const (
	folders rank = iota // so that what takes long is found early
	slow
	quick
	ranks
)

// A worklist is what several workers have still to do: by rank, and the last
// found first, so that what waits of a rank is no more than what lies beside
// the way down a tree.
type worklist struct {
	mu    sync.Mutex
	more  sync.Cond
	tasks [ranks][]task
	busy  int          // workers that may find more
	idle  atomic.Int32 // workers that wait for it
	ended bool
}

// run does the tasks, and what they add, with that many workers. Once ctx is
// done no task is begun.
func run(ctx context.Context, workers int, tasks func(*worklist)) {
	l := &worklist{busy: workers}
	l.more.L = &l.mu
	tasks(l)
	p := pool.New()
	for range workers {
		p.Go(func() {
			defer l.end() // also of the others, should the task panic
			for t := l.take(ctx); t != nil; t = l.take(ctx) {
				t(ctx)
			}
		})
	}
	p.Wait()
}

func (l *worklist) add(r rank, t task) {
	l.mu.Lock()
	l.tasks[r] = append(l.tasks[r], t)
	l.mu.Unlock()
	l.more.Signal()
}

// hungry reports whether a worker has nothing to do.
func (l *worklist) hungry() bool {
	if l.idle.Load() == 0 {
		return false
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.waiting() < int(l.idle.Load())
}

// waiting returns how many tasks there are.
func (l *worklist) waiting() int {
	n := 0
	for _, tasks := range l.tasks {
		n += len(tasks)
	}
	return n
}

// take returns what to do next; nil if there is nothing, nor will be.
func (l *worklist) take(ctx context.Context) task {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	for l.waiting() == 0 && l.busy > 0 && !l.ended {
		l.idle.Add(1)
		l.more.Wait()
		l.idle.Add(-1)
	}
	if l.ended || ctx.Err() != nil {
		return nil
	}
	for r, tasks := range l.tasks {
		if last := len(tasks) - 1; last >= 0 {
			t := tasks[last]
			tasks[last] = nil
			l.tasks[r] = tasks[:last]
			l.busy++
			return t
		}
	}
	return nil
}

// end wakes the workers that wait: there is no more.
func (l *worklist) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.more.Broadcast()
}
