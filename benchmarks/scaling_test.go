package benchmarks

import (
	"context"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/scanner"
)

// A parallel is a source that sends its streams from several goroutines into
// one sink, as sources do.
type parallel struct {
	streams []corpus.Replay
	workers int
}

func newParallel(chunks corpus.Replay, workers int) *parallel {
	p := &parallel{workers: workers}
	for i := range chunks {
		if chunks[i].Overlap == 0 {
			p.streams = append(p.streams, nil)
		}
		last := &p.streams[len(p.streams)-1]
		*last = append(*last, chunks[i])
	}
	return p
}

func (*parallel) Name() string { return "memory" }

func (p *parallel) Scan(ctx context.Context, sink scanner.Sink) error {
	var next atomic.Int64
	var all sync.WaitGroup
	for range p.workers {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := next.Add(1) - 1; i < int64(len(p.streams)); i = next.Add(1) - 1 {
				_ = p.streams[i].Scan(ctx, sink) // its error is the context's, which is checked below
			}
		}()
	}
	all.Wait()
	return ctx.Err()
}

// BenchmarkScaling is the whole engine with more goroutines that read; on a
// machine with fewer cores the larger counts show what contention costs.
func BenchmarkScaling(b *testing.B) {
	s := newScanner(b, builtinRules(b))
	for _, name := range []string{"go", "leaky"} {
		w := named(b, name)
		for _, workers := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("%s/workers=%d", name, workers), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				source := newParallel(w.chunks, workers)
				b.SetBytes(w.chunks.Bytes())
				for b.Loop() {
					s.Scan(b.Context(), source)
				}
			})
		}
	}
}
