package benchmarks

import (
	"testing"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/scanner/decode"
	"github.com/sluice-sec/sluice/scanner/match"
)

// BenchmarkEngine is the whole engine, all built-in rules and classifiers, one
// goroutine, over chunks in memory.
func BenchmarkEngine(b *testing.B) {
	s := newScanner(b, builtinRules(b))
	everyWorkload(b, func(b *testing.B, w workload) {
		b.SetBytes(w.chunks.Bytes())
		b.ReportAllocs()
		for b.Loop() {
			s.Scan(b.Context(), w.chunks)
		}
	})
}

// BenchmarkLiterals is the first stage alone: where the anchors of all
// built-in rules stand in the corpus as it is.
func BenchmarkLiterals(b *testing.B) {
	m, err := match.Compile(corpus.Literals(builtinRules(b)))
	if err != nil {
		b.Fatal(err)
	}
	everyWorkload(b, func(b *testing.B, w workload) {
		hits := 0
		b.SetBytes(int64(len(w.Data)))
		b.ReportAllocs()
		for b.Loop() {
			hits = 0
			m.Scan(w.Data, 0, func(int, int) { hits++ })
		}
		b.ReportMetric(float64(hits)/float64(len(w.Data))*1e6, "hits/MB")
	})
}

// BenchmarkDecodeNothing looks for what is encoded, over the Go files in which
// nothing is, beside the whole engine over the same files.
func BenchmarkDecodeNothing(b *testing.B) {
	var plain corpus.Replay
	each := func(chunk []byte, found func(*decode.View)) {
		decode.Each(chunk, decode.Options{To: len(chunk)}, found)
	}
	for _, c := range named(b, "go").chunks {
		views := 0
		if each(c.Data, func(*decode.View) { views++ }); views == 0 {
			plain = append(plain, c)
		}
	}
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(plain.Bytes())
		for b.Loop() {
			for _, c := range plain {
				each(c.Data, func(*decode.View) { b.Fatal("a view") })
			}
		}
	})
	b.Run("engine", func(b *testing.B) {
		s := newScanner(b, builtinRules(b))
		b.SetBytes(plain.Bytes())
		for b.Loop() {
			s.Scan(b.Context(), plain)
		}
	})
}
