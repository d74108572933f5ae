package scanner

import (
	"regexp"
	"sync"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/match"
)

// A detector is a rule set made ready to run over chunks. What it finds in a
// stream does not depend on how the stream is cut: each anchor belongs to the
// one chunk in which all that its match may reach is first in sight, and the
// match is a function of the bytes within that reach alone.
type detector struct {
	matcher *match.Matcher
	refs    [][]ref // by literal: whom it anchors
	longest int     // literal
	plans   []plan
	grid    []int32 // plans without an anchor
}

// A ref ties a literal to a rule it anchors.
type ref struct {
	plan   int32
	anchor rules.Anchor
}

// A plan is how one rule's expression is run.
type plan struct {
	rule *rules.Rule
	// behind is the expression pinned one byte after the start of its window;
	// that byte gives a leading \b or ^ its context.
	behind func() *regexp.Regexp
}

// A found is where an expression matched, as submatch indexes into
// Chunk.Data.
type found struct {
	rule   *rules.Rule
	groups []int
}

// reach is how far from an anchor a decision may depend on the bytes of a
// stream.
const reach = rules.MaxReach + Margin

// block is the stretch of a stream that an unanchored rule looks at in one go.
const block = 16 << 10

func newDetector(set *rules.Set) (*detector, error) {
	d := &detector{}
	index := map[string]int{}
	var literals []string
	for _, r := range set.Rules() {
		if r.Expr == "" {
			continue
		}
		id := int32(len(d.plans))
		d.plans = append(d.plans, plan{rule: r, behind: sync.OnceValue(func() *regexp.Regexp {
			return regexp.MustCompile(`\A(?s:.)(?:` + r.Expr + `)`)
		})})
		if r.Anchoring == rules.Everywhere {
			d.grid = append(d.grid, id)
		}
		for _, a := range r.Anchors() {
			at, known := index[a.Literal]
			if !known {
				at = len(literals)
				index[a.Literal] = at
				literals = append(literals, a.Literal)
				d.refs = append(d.refs, nil)
				d.longest = max(d.longest, len(a.Literal))
			}
			d.refs[at] = append(d.refs[at], ref{plan: id, anchor: a})
		}
	}
	var err error
	d.matcher, err = match.Compile(literals)
	return d, err
}

// scan calls emit for every match that belongs to the chunk; the same match
// may come more than once, from several anchors within it.
func (d *detector) scan(c *Chunk, emit func(found)) {
	from, to := c.owned()
	if from >= to {
		return
	}
	w := window{chunk: c, emit: emit}
	d.matcher.Scan(c.Data[:min(len(c.Data), to+d.longest)], from, func(literal, start int) {
		if start >= to {
			return
		}
		for _, r := range d.refs[literal] {
			p := &d.plans[r.plan]
			if c.Binary && !p.readsBinary() {
				continue
			}
			w.verify(p, start, len(r.anchor.Literal), r.anchor)
		}
	})
	if c.Binary {
		return
	}
	base := int(c.Pos % block)
	// Blocks start at multiples of their length in the stream, so that they
	// are the same ones however the stream is cut.
	for at := (from+base+block-1)/block*block - base; at < to; at += block {
		for _, id := range d.grid {
			w.sweep(&d.plans[id], at)
		}
	}
}

// readsBinary reports whether the rule means anything outside text: its match
// holds a literal of its own, and no judge has to read the words round it.
func (p *plan) readsBinary() bool {
	return p.rule.Anchoring == rules.Inside && p.rule.Judge != "assigned" && p.rule.Judge != "password"
}

// owned returns the positions whose anchors belong to this chunk, half-open:
// those whose reach was cut off in the chunk before and is not in this one.
func (c *Chunk) owned() (from, to int) {
	from, to = max(0, c.Overlap-reach), len(c.Data)
	if !c.Last {
		to = max(from, len(c.Data)-reach)
	}
	return from, to
}
