package scanner

import (
	"hash/maphash"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// verdicts are what judges who go by the value alone said of the last values in one
// chunk, and in its views: many stand in both.
type verdicts struct {
	turn uint64 // of the chunk: each has another
	seed maphash.Seed
	last [256]struct {
		sum     uint64 // of judge, value and turn
		verdict classify.Verdict
	}
}

// forget empties the verdicts.
func (s *verdicts) forget() { s.turn++ }

// judge is classify.Judge, of a value that has the sum of another one with the odds
// of a hash of 64 bits.
func (s *verdicts) judge(name string, c *classify.Candidate) classify.Verdict {
	sum := (maphash.Bytes(s.seed, c.Value()) ^ s.turn<<8 ^ uint64(len(name))) * 0x9e3779b97f4a7c15
	known := &s.last[sum>>56]
	if known.sum != sum {
		known.sum, known.verdict = sum, classify.Judge(name, c)
	}
	return known.verdict
}
