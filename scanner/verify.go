package scanner

import (
	"regexp"

	"github.com/sluice-sec/sluice/rules"
)

// A window runs expressions over the stretch of a chunk that an anchor bounds.
type window struct {
	chunk *Chunk
	emit  func(found)
}

// verify runs a rule's expression round an anchor of n bytes at start.
func (w window) verify(p *plan, start, n int, a rules.Anchor) {
	if lo := start - a.Before - 1; p.rule.Anchoring == rules.Inside && a.Before == a.BeforeMin && lo >= 0 {
		w.run(p, p.behind(), lo, start+a.After+1, always, 1)
		return
	}
	inside := func(m []int) bool { return m[0] <= start && start+n <= m[1] }
	if p.rule.Anchoring == rules.Near {
		inside = always
	}
	w.run(p, p.rule.Regexp(), start-a.Before-1, start+a.After+1, inside, 0)
}

// sweep runs an unanchored rule over the block that starts at start.
func (w window) sweep(p *plan, start int) {
	w.run(p, p.rule.Regexp(), start-1, start+rules.MaxReach, func(m []int) bool {
		return m[0] >= start && m[0] < start+block
	}, 0)
}

// run emits the matches of re within [lo, hi) that belong; lead bytes of each
// are context. A match that touches an end of the window that is no end of the
// stream could be another one with more in sight, and is none.
func (w window) run(p *plan, re *regexp.Regexp, lo, hi int, belongs func([]int) bool, lead int) {
	data := w.chunk.Data
	clippedFront, clippedBack := lo > 0 || w.chunk.Pos > 0, hi < len(data) || !w.chunk.Last
	lo, hi = max(lo, 0), min(hi, len(data))
	for _, m := range re.FindAllSubmatchIndex(data[lo:hi], -1) {
		if lead == 0 && m[0] == 0 && clippedFront || m[1] == hi-lo && clippedBack {
			continue
		}
		for i := range m {
			if m[i] >= 0 {
				m[i] += lo
			}
		}
		m[0] += lead
		if belongs(m) {
			w.emit(found{rule: p.rule, groups: m})
		}
	}
}

func always([]int) bool { return true }
