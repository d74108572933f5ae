package scanner

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// TestVerdicts: what is remembered of a value is what its judge says, of chunk after
// chunk, in files of which some are documentation.
func TestVerdicts(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	verdicts := newVerdicts()
	files := []*classify.File{classify.FileOf("a.env"), classify.FileOf("usr/share/man/man1/a.1")}
	seen := map[classify.Class]bool{}
	doubtful := 0
	for range 12 {
		file := files[random.IntN(2)]
		for range 3000 {
			value := []byte(fmt.Sprintf("%x", random.Uint64N(5000)*0x9e3779b97f4a7c15))
			if random.IntN(4) == 0 {
				value = []byte("xxxxxxxxxxxxxxxx")[:8+random.IntN(8)]
			}
			candidate := func() *classify.Candidate {
				return &classify.Candidate{Data: value, End: len(value), MatchEnd: len(value), File: file}
			}
			judge := []string{"", "jwt"}[random.IntN(2)]
			got, want := verdicts.judge(judge, candidate()), classify.Judge(judge, candidate())
			if got != want {
				t.Fatalf("%s by %q: %+v, want %+v", value, judge, got, want)
			}
			seen[got.Class] = true
			if got.Doubtful {
				doubtful++
			}
		}
		verdicts.forget()
	}
	if len(seen) < 3 || doubtful == 0 {
		t.Errorf("%d classes, %d doubtful: too few to tell", len(seen), doubtful)
	}
}
