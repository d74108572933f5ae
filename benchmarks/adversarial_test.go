package benchmarks

import (
	"math"
	"sync"
	"testing"
	"time"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

var hostile = sync.OnceValues(func() ([]corpus.Corpus, error) {
	set, err := rules.Builtin()
	if err != nil {
		return nil, err
	}
	return corpus.Adversarial(set, seed, 4<<20/part(), 100<<20/part())
})

// BenchmarkAdversarial is the whole engine over what was made to be slow.
func BenchmarkAdversarial(b *testing.B) {
	s := newScanner(b, builtinRules(b))
	all, err := hostile()
	if err != nil {
		b.Fatal(err)
	}
	for _, c := range all {
		b.Run(c.Name, func(b *testing.B) {
			chunks, err := c.Chunks()
			if err != nil {
				b.Fatal(err)
			}
			found := 0
			b.SetBytes(chunks.Bytes())
			b.ReportAllocs()
			for b.Loop() {
				found = len(s.Scan(b.Context(), chunks).Findings)
			}
			b.ReportMetric(float64(found), "findings")
		})
	}
}

// TestLinear holds that sixteen times as much of what was made to be slow takes
// far less than the square of sixteen times as long, which would be a scan that
// anybody who can write a file can stop. The bound leaves room for a rule that
// first matches in the longer input, and for a machine that does other work.
func TestLinear(t *testing.T) {
	const small, factor, most = 16 << 10, 16, 48
	set := builtinRules(t)
	s := newScanner(t, set)
	one, err := corpus.Adversarial(set, seed, small, small)
	if err != nil {
		t.Fatal(err)
	}
	many, err := corpus.Adversarial(set, seed, small*factor, small*factor)
	if err != nil {
		t.Fatal(err)
	}
	for i := range one {
		t.Run(one[i].Name, func(t *testing.T) {
			short, long := fastest(t, s, one[i]), fastest(t, s, many[i])
			for range 3 { // a machine that is busy makes both longer, and not alike
				if long.Seconds()/short.Seconds() <= most {
					break
				}
				short, long = min(short, fastest(t, s, one[i])), min(long, fastest(t, s, many[i]))
			}
			if ratio := long.Seconds() / short.Seconds(); ratio > most {
				t.Errorf("%d times the bytes take %.1f times as long: %v and %v", factor, ratio, short, long)
			}
		})
	}
}

// fastest returns the least time that a scan took of several: what disturbs a
// run only makes it longer.
func fastest(t *testing.T, s *scanner.Scanner, c corpus.Corpus) time.Duration {
	t.Helper()
	chunks, err := c.Chunks()
	if err != nil {
		t.Fatal(err)
	}
	best := time.Duration(math.MaxInt64)
	for began, runs := time.Now(), 0; runs < 3 || time.Since(began) < 100*time.Millisecond; runs++ {
		start := time.Now()
		s.Scan(t.Context(), chunks)
		best = min(best, time.Since(start))
	}
	return best
}
