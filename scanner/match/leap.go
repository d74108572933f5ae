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

// leads sets the loop that a match begins with.
func (p *Program) leads() {
	at := 0
	for p.insts[at].op == opGroup {
		at++
	}
	if i := &p.insts[at]; i.op == opGreedy && i.keeps && i.min <= 1 && i.set.high == noHigh {
		p.lead = i
	}
}

// enters sets the loop that a match enters with.
func (p *Program) enters() {
	at := 0
	for p.insts[at].op == opGroup {
		at++
	}
	i := &p.insts[at]
	if i.op != opLazy || i.min != 0 || i.max >= 0 || i.first == nil {
		return
	}
	p.enter = &[256]passage{}
	for b := range p.enter {
		switch {
		case b >= utf8.RuneSelf || i.first.bytes.has(byte(b)):
			p.enter[b] = ends
		case i.set.ascii[b]:
			p.enter[b] = goesOn
		}
	}
}

// mostEntered bounds how far Enter goes, since many runs may begin one behind the
// other.
const mostEntered = 16

// Enter returns where a run from at on comes to, in the loop of as few characters as
// can be that each match begins with, before what follows the loop may begin: a run
// from there finds the same. It reports whether any match is found there. Where there
// is no such loop it is at at, and that may be.
func (p *Program) Enter(data []byte, at int) (begin int, may bool) {
	if p.enter == nil {
		return at, true
	}
	end := min(len(data), at+mostEntered)
	for n, b := range data[at:end] {
		if kind := p.enter[b]; kind != goesOn {
			return at + n, kind == ends
		}
	}
	return end, true
}

// passed returns the next place at which a match may start, after one at which none
// does, whatever stands from ends on. Where a match begins with a loop that gives
// nothing back, a run that starts further on in what the loop took comes to the same
// end; and one that takes the most there is and stands before more of it fails.
// From pos up to took the loop is known to take all, and took is also returned.
func (p *Program) passed(data []byte, pos, ends, took int) (next, known int) {
	if p.lead == nil || !p.lead.set.ascii[data[pos]] {
		return pos + width(data[pos:]), took
	}
	end := max(pos+1, took)
	for end < ends && data[end] < utf8.RuneSelf && p.lead.set.ascii[data[end]] {
		end++
	}
	switch most := int(p.lead.max); {
	case most >= 0 && end-pos > most:
		return end - most, end
	case end >= ends:
		return pos + 1, end
	}
	return end, end
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
