package scanner

import (
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
	"github.com/sluice-sec/sluice/scanner/match"
)

// A window runs expressions over the stretch of a chunk that an anchor bounds.
// It is for one goroutine at a time, and used again for other chunks.
type window struct {
	emit func(found)
	meet func(literal, start int) // literal, bound

	at       *cursor // of the chunk
	detector *detector
	chunk    *Chunk
	plain    bool    // the chunk is text and like no other, and nobody counts costs
	to       int     // anchors that start here or further on are the next chunk's
	known    []known // by plan
	turn     uint64  // of the chunk: each has another
	machine  match.Machine
	titles   classify.Titles
	said     answer
	learnt   []learnt        // of the chunk, by remainder
	passed   [8]match.Passed // by plan, of which several have one
}

// begin forgets what was learnt of another chunk.
func (w *window) begin() {
	w.plain = !w.chunk.Binary && w.chunk.Like == nil && w.detector.meter == nil
	if len(w.known) != len(w.detector.plans) {
		w.known = make([]known, len(w.detector.plans))
	}
	w.turn++
	w.titles.Turn()
	w.passed = [len(w.passed)]match.Passed{}
	w.said.rest = nil
	for i := range w.learnt {
		w.learnt[i].forget()
	}
}

// literal follows an anchor that the matcher met.
func (w *window) literal(literal, start int) {
	if start >= w.to {
		return
	}
	for r := w.detector.refs[literal]; r != nil; r = r.next {
		gate := r.gate.Load()
		switch {
		case r.placed && w.elsewhere(r.plan), !w.plain && w.passes(r, start):
		case gate != nil && (!gate.Fits(w.chunk.Data, start) || w.shut(gate, r, start)):
		default:
			w.follow(r, start)
		}
	}
}

// passes reports whether a rule is not to be followed from an anchor in a chunk that
// is not plain. With a meter it is followed here, where what that costs is counted.
func (w *window) passes(r *ref, start int) bool {
	c := w.chunk
	if c.Binary && !r.plan.binary || c.Like != nil && c.knows(r.anchor, start) {
		return true
	}
	if w.detector.meter == nil {
		return false
	}
	w.detector.measured(w, r, start)
	return true
}

// elsewhere reports whether the chunk's path is none that the rule is for. A rule
// that reads one file alone is not to cost what its anchors would in all others.
func (w *window) elsewhere(p *plan) bool {
	k := &w.known[p.index]
	if k.turn != w.turn || !k.asked {
		w.place(p)
	}
	return k.elsewhere
}

// place finds out what elsewhere says.
func (w *window) place(p *plan) {
	k := w.knownOf(p)
	k.asked, k.elsewhere = true, !onPath(p.rule.Paths, w.at.fullPath())
}

// follow runs a rule's expression round an anchor at start that no gate shuts out,
// unless it is no name of a credential.
func (w *window) follow(r *ref, start int) {
	a := r.anchor
	if a.Exact != "" && string(w.chunk.Data[start:start+r.length]) != a.Exact {
		return
	}
	cheap := r.plan.shortcuts()
	if cheap.opens && a.Before == 0 {
		if !w.titles.Names(w.chunk.Data, start, start+r.length, w.at.kind()) || cheap.rest != nil && w.behind(r, cheap, start) {
			return
		}
	}
	if cheap.pinned == nil || loose(*a) {
		w.search(r, cheap, start)
		return
	}
	if r.gate.Load() == nil && !cheap.pinned.idle() { // a gate is made of the program
		if gate := cheap.gates()[r.nth]; gate != nil {
			if r.gate.Store(gate); w.shut(gate, r, start) {
				return
			}
		}
	}
	w.pinned(r.plan, cheap, start-a.Before, start+r.reach)
}

// search runs an expression that is not pinned round an anchor at start.
func (w *window) search(r *ref, s *shortcuts, start int) {
	p, a := r.plan, r.anchor
	lo, hi := start-a.Before, start+r.reach
	switch {
	case s.before != nil && !follows(w.chunk.Data[max(0, lo):start], s.before):
		return
	case s.tail != nil && (w.lacks(p, s, lo, hi) || s.tail.find(&w.machine, w.within(hi), start, nil) == nil):
		return
	}
	belongs, last := func(m []int) bool { return m[0] <= start && start+r.length <= m[1] }, start
	if p.rule.Anchoring == rules.Near {
		belongs, last = always, start+a.After
	}
	w.run(p, lo-1, hi, last, belongs)
}

// within is the data up to a place, or to where it ends.
func (w *window) within(to int) []byte { return w.chunk.Data[:min(len(w.chunk.Data), to)] }

// shut reports whether what stands behind an anchor at start lets no match begin.
func (w *window) shut(gate *match.Gate, r *ref, start int) bool {
	return gate.Shut(w.within(start+r.reach), start+r.length, &w.passed[uint(r.plan.index)%uint(len(w.passed))])
}

// follows reports whether a byte of a set is the last of data that is no blank.
func follows(data []byte, set *[256]bool) bool {
	for i := len(data) - 1; i >= 0; i-- {
		switch data[i] {
		case ' ', '\t', '\n', '\f', '\r':
		default:
			return set[data[i]]
		}
	}
	return false
}

// pinned emits the match that starts at lo, if one may start there.
func (w *window) pinned(p *plan, s *shortcuts, lo, hi int) {
	data := w.chunk.Data
	if lo < 0 || s.bounded && (lo == 0 && w.chunk.Pos > 0 || !wordStarts(data, lo)) {
		return
	}
	clipped := hi < len(data) || !w.chunk.Last
	hi = min(hi, len(data))
	if s.pinned.idle() && w.lacks(p, s, lo, hi) {
		return
	}
	var memory *match.Memory
	if fast := s.pinned.compiled(); fast != nil && fast.Learns() {
		memory = &w.knownOf(p).memory
	}
	if m := s.pinned.find(&w.machine, data[:hi], lo, memory); m != nil && (m[1] < hi || !clipped) {
		w.emit(found{plan: p, groups: m, titles: &w.titles})
	}
}

// equalFold reports whether a text in lower case is the data but for case.
func equalFold(data []byte, text string) bool {
	for i, b := range data {
		if b >= 'A' && b <= 'Z' {
			b |= 0x20
		}
		if b != text[i] {
			return false
		}
	}
	return true
}

// wordStarts says what \b says before a word, and that a word also starts
// behind an escape such as \n, whose letter is no part of it.
func wordStarts(data []byte, at int) bool {
	if at == 0 || at >= len(data) || word(data[at-1]) != word(data[at]) {
		return true
	}
	return at > 1 && data[at-2] == '\\' && (data[at-1] == 'n' || data[at-1] == 'r' || data[at-1] == 't')
}

func word(b byte) bool {
	return b == '_' || b >= '0' && b <= '9' || b >= 'A' && b <= 'Z' || b >= 'a' && b <= 'z'
}

func shift(m []int, by int) []int {
	for i := range m {
		if m[i] >= 0 {
			m[i] += by
		}
	}
	return m
}

// sweep runs an unanchored rule over the block that starts at start.
func (w *window) sweep(p *plan, start int) {
	w.run(p, start-1, start+rules.MaxReach, start+block, func(m []int) bool { return m[0] >= start && m[0] < start+block })
}

// known is what was learnt of a chunk, for one rule.
type known struct {
	turn      uint64 // of the chunk
	asked     bool   // of elsewhere
	elsewhere bool   // the chunk's path is none that the rule is for

	dry    match.Dry // where no match starts
	barren match.Dry // where no run is
	run    int       // where one that was found ends, 0 if none was
	memory match.Memory
	// start and end are the match that was found last, end 0 if none was.
	start, end int
}

func (w *window) knownOf(p *plan) *known {
	if k := &w.known[p.index]; k.turn == w.turn {
		return k
	}
	return w.unknown(p)
}

// unknown forgets what was learnt of another chunk.
func (w *window) unknown(p *plan) *known {
	k := &w.known[p.index]
	k.turn = w.turn
	k.dry.Forget()
	k.barren.Forget()
	k.memory.Forget()
	k.run, k.end, k.asked = 0, 0, false
	k.dry.Once = p.rule.Anchoring == rules.Near // whichever anchor it is found from
	return k
}

// again reports whether a match is the one that was found last: several anchors
// may stand in it.
func (k *known) again(start, end int) bool {
	if k.start == start && k.end == end {
		return true
	}
	k.start, k.end = start, end
	return false
}

// lacks reports whether a stretch of data has no such run.
func (k *known) lacks(r rules.Run, data []byte, lo, hi int) bool {
	if k.run-r.Least >= lo && k.run <= hi {
		return false
	}
	from := lo
	if lo >= k.barren.From && lo < k.barren.To {
		from = max(lo, min(k.barren.To, hi)-r.Least+1)
	}
	if end := r.End(data[from:hi]); end >= 0 {
		k.run = from + end
		return false
	}
	k.barren.Learn(lo, hi)
	return true
}

// lacks reports whether a stretch of the chunk has no run of the rule's.
func (w *window) lacks(p *plan, s *shortcuts, lo, hi int) bool {
	lo, hi = max(lo, 0), min(hi, len(w.chunk.Data))
	return s.run.Class != nil && w.knownOf(p).lacks(s.run, w.chunk.Data, lo, hi)
}

// run emits the matches within [lo, hi) that belong, of which none starts past
// last. A match that touches an end of the window that is no end of the stream
// could be another one with more in sight, and is none.
func (w *window) run(p *plan, lo, hi, last int, belongs func([]int) bool) {
	data := w.chunk.Data
	clippedFront, clippedBack := lo > 0 || w.chunk.Pos > 0, hi < len(data) || !w.chunk.Last
	lo, hi = max(lo, 0), min(hi, len(data))
	cheap := p.shortcuts()
	if w.lacks(p, cheap, lo, hi) {
		return
	}
	known := w.knownOf(p)
	one := func(m []int) {
		if m[0] == 0 && clippedFront || m[1] == hi-lo && clippedBack {
			return
		}
		if shift(m, lo); belongs(m) {
			w.emit(found{plan: p, groups: m, titles: &w.titles})
		}
	}
	if whole := cheap.whole.compiled(); whole != nil && w.machine.All(whole, data[lo:hi], lo, last-lo, &known.dry, one) {
		return
	}
	for _, m := range p.rule.Regexp().FindAllSubmatchIndex(data[lo:hi], -1) {
		one(m)
	}
}

func always([]int) bool { return true }
