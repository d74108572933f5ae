package files

import (
	"context"
	"sync"
	"sync/atomic"

	"github.com/sourcegraph/conc/pool"
)

// A task is a piece of work that may find more.
type task func(ctx context.Context)

// A worklist is what several workers have still to do, the last found first:
// what waits is then no more than what lies beside the way down a tree.
type worklist struct {
	mu    sync.Mutex
	more  sync.Cond
	tasks []task
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

func (l *worklist) add(t task) {
	l.mu.Lock()
	l.tasks = append(l.tasks, t)
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
	return len(l.tasks) < int(l.idle.Load())
}

// take returns what to do next; nil if there is nothing, nor will be.
func (l *worklist) take(ctx context.Context) task {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.busy--
	for len(l.tasks) == 0 && l.busy > 0 && !l.ended {
		l.idle.Add(1)
		l.more.Wait()
		l.idle.Add(-1)
	}
	if len(l.tasks) == 0 || l.ended || ctx.Err() != nil {
		return nil
	}
	l.busy++
	last := len(l.tasks) - 1
	t := l.tasks[last]
	l.tasks[last] = nil
	l.tasks = l.tasks[:last]
	return t
}

// end wakes the workers that wait: there is no more.
func (l *worklist) end() {
	l.mu.Lock()
	l.ended = true
	l.mu.Unlock()
	l.more.Broadcast()
}
