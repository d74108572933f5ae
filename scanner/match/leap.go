package match

import (
	"math/bits"
	"unicode/utf8"
)

// A leap is a stretch of the ladder whose rungs are bytes of one small set: a
// byte that is none of it, where the stretch would lie, is passed at once by all
// starts that would have it there. So a search for forty letters and digits looks
// at one byte in twenty of most texts.
type leap struct {
	set      byteSet
	from, to int // of the ladder, inclusive
}

const (
	// widestLeap is how many bytes the set of a leap has at most. With more there
	// is little that is none of it.
	widestLeap = 72
	// leastLeap is the length from which on leaping is faster than skipping.
	leastLeap = 12
)

// bound sets the leap, if the ladder has one: the longest.
func (p *Program) bound() {
	rungs := make([]bitSet, len(p.ladder))
	for i, rung := range p.ladder {
		for b := range 256 {
			if rung == nil || rung[b] {
				rungs[i].add(byte(b))
			}
		}
	}
	var best bitSet
	from, to := 0, leastLeap-2
	for start := range rungs {
		var set bitSet
		for end := start; end < len(rungs); end++ {
			if set = set.with(rungs[end]); set.count() > widestLeap {
				break
			}
			if end-start > to-from {
				best, from, to = set, start, end
			}
		}
	}
	if best == (bitSet{}) {
		return
	}
	p.leap = &leap{from: from, to: to}
	for b := range p.leap.set {
		p.leap.set[b] = best.has(byte(b))
	}
}

func (s bitSet) count() (n int) {
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	return n
}

// over returns the first place from pos on at which the stretch may lie in data,
// at most one past last; what it says is good until the place moves back. All of
// data from where the stretch would begin up to clean is known to be of the set,
// and clean is also returned.
func (l *leap) over(data []byte, pos, last, clean int) (at, known int) {
	at = pos
	for at <= last && at+l.to < len(data) {
		least := max(at+l.from, clean)
		end := at + l.to
		for end >= least && l.set[data[end]] {
			end--
		}
		if end < least {
			clean = max(clean, at+l.to+1)
			break
		}
		at = end - l.from + 1
	}
	if at = min(at, last+1); at < len(data) && !utf8.RuneStart(data[at]) {
		// A place within a character is none.
		for back := 1; back < utf8.UTFMax && at-back >= pos; back++ {
			if utf8.RuneStart(data[at-back]) {
				at -= back
				break
			}
		}
	}
	return at, clean
}
