package decode

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluice-sec/sluice/scanner/match"
)

// TestRunner: the runs in the marks of blocks are those that a look at each byte
// finds, once each and in their order.
func TestRunner(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		data := make([]byte, match.BlockLength*random.IntN(8))
		for at := 0; at < len(data); {
			n := 1 + random.IntN([]int{6, 30, 130}[random.IntN(3)])
			for i := at; i < min(len(data), at+n); i++ {
				data[i] = 'x'
			}
			at += n + 1 + random.IntN(3)
		}
		var want, got []int
		for at := 0; at < len(data); at++ {
			end := at
			for end < len(data) && data[end] == 'x' {
				end++
			}
			if end-at >= shortestRun {
				want = append(want, at)
			}
			at = max(at, end)
		}
		r := runner{found: func(start int) { got = append(got, start) }}
		var digits, escapes [8]uint64
		n := marks.Mark(data, digits[:], escapes[:])
		for i := range n {
			r.block(i*match.BlockLength, digits[i])
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: runs at %v, want %v", data, got, want)
		}
	}
}
