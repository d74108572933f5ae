package scanner

import (
	"hash/maphash"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// verdicts are what judges who go by the value alone said of the values in one chunk,
// and in its views: many stand in both. There is room for more where there were many.
type verdicts struct {
	turn uint64 // of the chunk: each has another
	seed maphash.Seed
	last []told // by the first bits of their sums
	bits int    // how many
	new  int    // values of the chunk that were not known
}

// told is what was said of a value.
type told struct {
	sum     uint64 // of judge, value and turn
	verdict classify.Verdict
}

const (
	fewVerdicts  = 8 // bits
	mostVerdicts = 13
)

func newVerdicts() *verdicts { return &verdicts{seed: maphash.MakeSeed()} }

// forget empties the verdicts.
func (s *verdicts) forget() { s.turn, s.new = s.turn+1, 0 }

// judge is classify.Judge, of a value that has the sum of another one with the odds
// of a hash of 64 bits.
func (s *verdicts) judge(name string, c *classify.Candidate) classify.Verdict {
	if s.new >= len(s.last)/2 && s.bits < mostVerdicts {
		s.grow()
	}
	sum := (maphash.Bytes(s.seed, c.Value()) ^ s.turn<<8 ^ uint64(len(name))) * 0x9e3779b97f4a7c15
	known := &s.last[sum>>(64-s.bits)]
	if known.sum != sum {
		known.sum, known.verdict = sum, classify.Judge(name, c)
		s.new++
	}
	return known.verdict
}

// grow makes room.
func (s *verdicts) grow() {
	old := s.last
	s.bits = min(max(fewVerdicts, s.bits+2), mostVerdicts)
	s.last = make([]told, 1<<s.bits)
	for _, t := range old {
		s.last[t.sum>>(64-s.bits)] = t
	}
}
