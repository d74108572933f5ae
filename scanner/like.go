package scanner

import (
	"cmp"
	"slices"
	"sync"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/match"
)

// near is how far from most anchors what depends on them ends. The few literals
// with one that reaches further are far.
const near = 4<<10 + Margin

// A far finds the literals whose anchors reach far. It is made when a chunk
// first says what it is like.
type far struct {
	once     sync.Once
	matcher  *match.Matcher // nil: there are none
	literals []int          // as the detector numbers them
}

// farLiterals returns the matcher of the literals that reach far.
func (d *detector) farLiterals() *far {
	f := &d.far
	f.once.Do(func() {
		var texts []string
		for literal, first := range d.refs {
			for r := first; r != nil; r = r.next {
				if max(r.anchor.Before, r.anchor.After)+Margin > near {
					f.literals = append(f.literals, literal)
					texts = append(texts, r.anchor.Literal)
					break
				}
			}
		}
		if len(texts) > 0 {
			// They were compiled before, among others.
			f.matcher, _ = match.Compile(texts)
		}
	})
	return f
}

// changed scans a chunk that is in part like another: round what is not, for all
// literals, and in the rest for those that reach far.
func (d *detector) changed(c *Chunk, w *window, from, to int) {
	f := d.farLiterals()
	data := c.Data[:min(len(c.Data), to+d.longest)]
	meet := func(literal, start int) { w.literal(f.literals[literal], start) }
	scan := func(m *match.Matcher, from, to int, meet func(literal, start int)) {
		if m != nil && from < to {
			w.to = to
			m.Scan(data[:min(len(data), to+d.longest)], from, meet)
		}
	}
	at := from
	for _, s := range c.Like.Alike {
		if lo, hi := max(at, s.Start+near), min(to, s.End-near-d.longest); lo < hi {
			scan(d.matcher, at, lo, w.meet)
			scan(f.matcher, lo, hi, meet)
			at = hi
		}
	}
	scan(d.matcher, at, to, w.meet)
	w.to = to
}

// knows reports whether all that depends on an anchor at start is of a stretch
// that stands where nothing was found.
func (c *Chunk) knows(a *rules.Anchor, start int) bool {
	if c.Like == nil {
		return false
	}
	from, to := start-a.Before-Margin, start+len(a.Literal)+a.After+Margin
	all := c.Like.Alike
	i, _ := slices.BinarySearchFunc(all, to, func(s Stretch, to int) int { return cmp.Compare(s.End, to) })
	return i < len(all) && all[i].Start <= from
}
