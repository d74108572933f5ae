package benchmarks

import (
	"slices"
	"testing"
	"time"

	"golang.org/x/sys/cpu"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/scanner/match"
)

// leastRatio is how many times as fast as the baseline the literal stage has
// to be: well below what it is with the vectors of this machine, since other
// work shares it.
func leastRatio() float64 {
	switch {
	case cpu.X86.HasAVX512VBMI2:
		return 1.7
	case cpu.X86.HasAVX2:
		return 1
	}
	return 0.6
}

// TestLiteralRatio holds the speed of the literal stage as a ratio to the
// baseline in this process, round by round, so that it means the same on every
// machine; and that both find the same.
func TestLiteralRatio(t *testing.T) {
	texts := corpus.Literals(builtinRules(t))
	m, err := match.Compile(texts)
	if err != nil {
		t.Fatal(err)
	}
	base, err := newBaseline(texts)
	if err != nil {
		t.Fatal(err)
	}
	source, err := corpus.GoSource(4 << 20)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []corpus.Corpus{source, corpus.Leaky(seed, 2<<20), corpus.Minified(seed, 4<<20)} {
		t.Run(c.Name, func(t *testing.T) {
			if ours, theirs := hits(m.Scan, c.Data), hits(base.scan, c.Data); ours != theirs || ours.count == 0 {
				t.Fatalf("found %+v, the baseline %+v", ours, theirs)
			}
			var ratios []float64
			for range 7 {
				ours, theirs := took(m.Scan, c.Data), took(base.scan, c.Data)
				ratios = append(ratios, theirs.Seconds()/ours.Seconds())
			}
			slices.Sort(ratios)
			median := ratios[len(ratios)/2]
			t.Logf("%.2f times as fast as the baseline", median)
			if least := leastRatio(); median < least {
				t.Errorf("%.2f times as fast as the baseline, want %.2f: %.2f", median, least, ratios)
			}
		})
	}
}

type scan func(data []byte, from int, found func(literal, start int))

// A digest stands for all hits, whatever their order.
type digest struct {
	count int
	sum   uint64
}

func hits(s scan, data []byte) digest {
	var d digest
	s(data, 0, func(literal, start int) {
		d.count++
		d.sum += uint64(literal+1) * uint64(start+1)
	})
	return d
}

func took(s scan, data []byte) time.Duration {
	n := 0
	start := time.Now()
	s(data, 0, func(int, int) { n++ })
	return time.Since(start)
}
