package files

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sourcegraph/conc/panics"
)

func TestWorklist(t *testing.T) {
	for _, workers := range []int{1, 2, 7} {
		var done atomic.Int32
		var l *worklist
		var split func(n int) task
		split = func(n int) task { // each finds two, down to single ones
			return func(context.Context) {
				if n == 1 {
					done.Add(1)
					return
				}
				l.add(split(n / 2))
				l.add(split(n - n/2))
			}
		}
		run(t.Context(), workers, func(list *worklist) {
			l = list
			l.add(split(1000))
			l.add(split(1))
		})
		if got := done.Load(); got != 1001 {
			t.Errorf("%d workers: %d done, want 1001", workers, got)
		}
	}
	run(t.Context(), 3, func(*worklist) {}) // nothing to do
}

// Who has work left gives some to a worker that waits.
func TestWorklistHungry(t *testing.T) {
	met := make(chan struct{})
	var once sync.Once
	run(t.Context(), 2, func(l *worklist) {
		l.add(func(ctx context.Context) {
			for !l.hungry() {
			}
			l.add(func(context.Context) { once.Do(func() { close(met) }) })
			if l.idle.Load() > 1 {
				t.Error("more workers wait than there are")
			}
			<-met // done by the other, while this one is busy
		})
	})
}

func TestWorklistCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var done atomic.Int32
	run(ctx, 2, func(l *worklist) {
		for range 100 {
			l.add(func(context.Context) {
				done.Add(1)
				cancel()
			})
		}
	})
	if n := done.Load(); n == 0 || n > 2 {
		t.Errorf("%d done, want one a worker at most", n)
	}
}

// A panic ends all workers and comes out.
func TestWorklistPanic(t *testing.T) {
	var c panics.Catcher
	c.Try(func() {
		run(t.Context(), 3, func(l *worklist) { l.add(func(context.Context) { panic("a bug") }) })
	})
	if r := c.Recovered(); r == nil || !strings.Contains(r.String(), "a bug") {
		t.Errorf("recovered %v", r)
	}
}
