package scanner

import (
	"bytes"
	"encoding/binary"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// opinions are what judges said of values in one chunk. A judge goes by nothing
// but the candidate, so where all that it is shown stands there again, as in a
// file that repeats a block of lines, it says the same. The last ones are kept.
type opinions struct {
	last [1 << slotBits]latest // by slot
	// filled has a bit for each slot that values of the chunk are in, which some says
	// that there are. Most values are the first of their slot, and the slots are too
	// many to be at hand.
	filled [1 << slotBits / 64]uint64
	some   bool
	kept   []opinion // in turn, the oldest given up for the next
	next   int
	// alike is the last stretch of the chunk that was seen to stand before too, by
	// bytes before.
	alike  part
	before int
}

const (
	slotBits     = 14
	mostOpinions = 1 << 10
)

// A latest is the last opinion of a slot, by where it is in kept. What it was of
// summed up to mark, which tells most others without a look at it.
type latest struct{ at, mark uint16 }

// An opinion is a candidate, by where it stood in the chunk, and what was said of
// it.
type opinion struct {
	judge                string
	lo, hi               int  // of what the judge was shown
	start, end           int  // of the value, from lo
	matchStart, matchEnd int  // likewise
	name, widened        part // likewise
	verdict              classify.Verdict
}

// A part is a stretch, half-open; the zero value is none.
type part struct{ from, to int }

// partOf returns where a name stands in what a judge is shown. Both are slices of
// one chunk, and go on to its end.
func partOf(data, name []byte) part {
	if len(name) == 0 {
		return part{}
	}
	from := cap(data) - cap(name)
	return part{from, from + len(name)}
}

// forget empties the opinions.
func (o *opinions) forget() {
	if o.some {
		clear(o.filled[:])
	}
	o.some, o.alike = false, part{}
}

// repeats reports whether a stretch stands so many bytes before, too. Where one
// block repeats another, the stretches overlap, and each costs what it adds.
func (o *opinions) repeats(data []byte, from, to, before int) bool {
	known := o.alike
	if before != o.before || from < known.from || from >= known.to {
		known = part{from, from}
	}
	at := min(to, known.to)
	if !bytes.Equal(data[at:to], data[at-before:to-before]) {
		return false
	}
	o.alike, o.before = part{known.from, max(to, known.to)}, before
	return true
}

// judge is classify.Judge for a candidate that is shown data from lo on.
func (o *opinions) judge(name string, data []byte, lo int, c *classify.Candidate) classify.Verdict {
	if o.kept == nil {
		o.kept = make([]opinion, mostOpinions)
	}
	slot, mark := slotOf(c)
	named := partOf(c.Data, c.Name)
	if s := o.in(slot, mark); s != nil && s.judge == name && s.name == named && s.is(c) && o.repeats(data, lo, lo+len(c.Data), lo-s.lo) {
		if named != (part{}) {
			c.Name = c.Data[s.widened.from:s.widened.to]
		}
		s.lo, s.hi = lo, lo+len(c.Data) // the next of many lies as far behind this one
		return s.verdict
	}
	v := classify.Judge(name, c)
	o.next = (o.next + 1) % mostOpinions
	o.filled[slot/64] |= 1 << (slot % 64)
	o.some = true
	o.last[slot] = latest{uint16(o.next), mark}
	o.kept[o.next] = opinion{
		judge: name, lo: lo, hi: lo + len(c.Data), start: c.Start, end: c.End, matchStart: c.MatchStart, matchEnd: c.MatchEnd,
		name: named, widened: partOf(c.Data, c.Name), verdict: v,
	}
	return v
}

// in returns the last opinion of a slot, nil if there is none of the chunk or it is of
// something with another mark.
func (o *opinions) in(slot uint64, mark uint16) *opinion {
	if o.filled[slot/64]>>(slot%64)&1 == 0 {
		return nil
	}
	l := o.last[slot]
	if l.mark != mark {
		return nil
	}
	return &o.kept[l.at]
}

// is reports whether the value and the match of a candidate lie as those of the
// one that the opinion is of.
func (s *opinion) is(c *classify.Candidate) bool {
	return s.start == c.Start && s.end == c.End && s.matchStart == c.MatchStart && s.matchEnd == c.MatchEnd && s.hi-s.lo == len(c.Data)
}

// slotOf sums up some of a value and of what stands round it.
func slotOf(c *classify.Candidate) (slot uint64, mark uint16) {
	sum := uint64(c.End-c.Start) ^ uint64(c.MatchEnd-c.MatchStart)<<32
	for _, from := range [...]int{max(0, c.Start-24), max(0, c.Start-12), c.Start, (c.Start + c.End) / 2, max(0, c.End-4)} {
		sum = (sum ^ eightOf(c.Data, from)) * 0x9e3779b97f4a7c15
		sum ^= sum >> 32
	}
	sum *= 0x9e3779b97f4a7c15
	return sum >> (64 - slotBits), uint16(sum >> 32)
}

// eightOf returns eight bytes of data from a place on, or the last ones where there
// are fewer.
func eightOf(data []byte, at int) uint64 {
	if len(data) < 8 {
		var some [8]byte
		copy(some[:], data)
		return binary.LittleEndian.Uint64(some[:])
	}
	return binary.LittleEndian.Uint64(data[min(at, len(data)-8):])
}
