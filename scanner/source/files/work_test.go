package files

import (
	"context"
	"slices"
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
				l.add(quick, split(n/2))
				l.add(quick, split(n-n/2))
			}
		}
		run(t.Context(), workers, func(list *worklist) {
			l = list
			l.add(quick, split(1000))
			l.add(quick, split(1))
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
		l.add(quick, func(ctx context.Context) {
			for !l.hungry() {
			}
			l.add(quick, func(context.Context) { once.Do(func() { close(met) }) })
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
			l.add(quick, func(context.Context) {
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
		run(t.Context(), 3, func(l *worklist) { l.add(quick, func(context.Context) { panic("a bug") }) })
	})
	if r := c.Recovered(); r == nil || !strings.Contains(r.String(), "a bug") {
		t.Errorf("recovered %v", r)
	}
}

// Folders are gone through first, and what takes long is begun before what
// does not.
func TestWorklistRanks(t *testing.T) {
	var got []string
	run(t.Context(), 1, func(l *worklist) {
		note := func(r rank, what string) { l.add(r, func(context.Context) { got = append(got, what) }) }
		note(quick, "text")
		note(slow, "archive")
		l.add(folders, func(context.Context) {
			got = append(got, "folder")
			note(quick, "another text")
			note(slow, "another archive")
		})
	})
	if want := []string{"folder", "another archive", "archive", "another text", "text"}; !slices.Equal(got, want) {
		t.Errorf("done %q, want %q", got, want)
	}
}
