package scanner

import (
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
	"github.com/sluice-sec/sluice/scanner/match"
)

// A detector is a rule set made ready to run over chunks. What it finds in a
// stream does not depend on how the stream is cut: each anchor belongs to the
// one chunk in which all that its match may reach is first in sight, and the
// match is a function of the bytes within that reach alone.
type detector struct {
	matcher    *match.Matcher
	refs       []*ref // by literal: the first of those whom it anchors
	longest    int    // literal
	far        far
	plans      []plan
	remainders remainders
	grid       []int32 // plans without an anchor
	nuls       bool    // some rule may find something in NULs alone
	meter      *meter  // nil unless costs are counted
}

// A ref ties a literal to a rule it anchors. What is asked of most stands at the
// start.
type ref struct {
	// gate is what must stand round the anchor; nil where there is none, or
	// nobody asked for it yet.
	gate   atomic.Pointer[match.Gate]
	plan   *plan
	length int // of the anchor
	reach  int // from its start: the most bytes that decide about a match
	// placed: the rule is for some paths only.
	placed bool
	nth    int32 // of the rule's anchors
	next   *ref  // of the literal, nil for none
	anchor *rules.Anchor
}

// A plan is how one rule's expression is run.
type plan struct {
	rule     *rules.Rule
	index    int32 // among those of the detector
	detector *detector
	// binary: the rule means something outside text. Its match holds a literal
	// of its own, and no judge has to read the words round it.
	binary bool
	cheap  atomic.Pointer[shortcuts] // nil until they are made
	making sync.Mutex
}

// shortcuts are worked out when the rule's anchor is first seen.
func (p *plan) shortcuts() *shortcuts {
	s := p.cheap.Load()
	if s == nil {
		s = p.make()
	}
	return s
}

func (p *plan) make() *shortcuts {
	p.making.Lock()
	defer p.making.Unlock()
	if p.cheap.Load() == nil {
		p.cheap.Store(p.detector.shortcutsOf(p.rule))
	}
	return p.cheap.Load()
}

// shortcuts answer the cheap questions about an expression. What most anchors ask
// stands together, at the start.
type shortcuts struct {
	// name is the group of what the value is assigned to; 0 if there is none.
	// opens says that it opens the match, and that the judge of assigned values
	// decides about it.
	name  int
	opens bool
	// bounded: see pinned.
	bounded bool
	// rest, if the expression has one, stands for it behind each keyword; keywords
	// are by anchor, nil for one that is none.
	rest     *remainder
	keywords []*keyword
	// pinned is the expression pinned to the start of its window, without a
	// leading \b; bounded says that there was one. It is nil for an
	// expression that asks for more about what stands before it, or whose
	// anchor has no fixed distance from the start.
	pinned *pinned
	// tail is pinned to the anchor, and must match there if the expression is to
	// match round it; of before a byte must stand there, with blanks between or
	// none. Both are nil where the rule has none.
	before *[256]bool
	tail   *pinned
	// run must stand in a window if the expression is to match there; its
	// class is nil where the rule has none.
	run rules.Run
	// gates, with pinned, are by anchor what must stand round it; see match.Gate.
	gates func() []*match.Gate
	// whole is the expression as it is; nil where a pinned one does for all anchors.
	whole *program
}

func (d *detector) shortcutsOf(r *rules.Rule) *shortcuts {
	s, expr := &shortcuts{}, r.Syntax()
	s.run, _ = r.Run()
	s.name = max(0, slices.Index(expr.CapNames(), "name"))
	if r.Anchoring == rules.Inside {
		s.opens = r.Judge == "assigned" && expr.Op == syntax.OpConcat && expr.Sub[0].Op == syntax.OpCapture && expr.Sub[0].Cap == s.name
		if s.opens {
			s.remain(d, r, expr)
		}
		if s.pin(expr, r.Anchors()); s.pinned != nil && !slices.ContainsFunc(r.Anchors(), loose) {
			return s
		}
		if tail := r.Tail(); tail != nil && slices.ContainsFunc(r.Anchors(), loose) {
			s.tail, s.before = pin(tail), r.Before()
		}
	}
	s.whole = &program{expr: expr}
	return s
}

// remain sets rest and keywords.
func (s *shortcuts) remain(d *detector, r *rules.Rule, expr *syntax.Regexp) {
	rest, keywords := d.remainders.of(expr, s.name)
	if s.rest = rest; rest == nil {
		return
	}
	for _, a := range r.Anchors() {
		i := slices.IndexFunc(keywords, func(k keyword) bool { return len(k.text) == len(a.Literal) && equalFold([]byte(a.Literal), k.text) })
		if i < 0 {
			s.keywords = append(s.keywords, nil)
		} else {
			s.keywords = append(s.keywords, &keywords[i])
		}
	}
}

// loose reports whether an anchor has no fixed distance from the start.
func loose(a rules.Anchor) bool { return a.Before != a.BeforeMin }

// pin sets pinned and bounded if the expression allows it.
func (s *shortcuts) pin(expr *syntax.Regexp, anchors []rules.Anchor) {
	if expr.Op == syntax.OpConcat && expr.Sub[0].Op == syntax.OpWordBoundary {
		rest := *expr
		rest.Sub = expr.Sub[1:]
		expr, s.bounded = &rest, true
	}
	if !looksBehind(expr) {
		s.pinned = pin(expr)
		s.gates = sync.OnceValue(func() []*match.Gate { return s.pinned.gates(anchors) })
	}
}

// looksBehind reports whether an expression may open with an assertion about
// what stands before it.
func looksBehind(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return looksBehind(re.Sub[0])
	case syntax.OpAlternate:
		return slices.ContainsFunc(re.Sub, looksBehind)
	case syntax.OpConcat:
		return looksBehind(re.Sub[0]) // a piece that can be empty counts as one that looks behind
	case syntax.OpRepeat:
		return re.Min == 0 || looksBehind(re.Sub[0])
	}
	return true
}

// measured verifies a rule at an anchor, and counts what that costs.
func (d *detector) measured(w *window, r *ref, start int) {
	c := &d.meter.counts[r.plan.index]
	c.anchors.Add(1)
	before := time.Now()
	if gate := r.gate.Load(); gate == nil || gate.Fits(w.chunk.Data, start) && !w.shut(gate, r, start) {
		w.follow(r, start)
	}
	c.nanoseconds.Add(int64(time.Since(before)))
}

// A found is where an expression matched, as submatch indexes into Chunk.Data
// that are good until the call that is given it returns.
type found struct {
	plan   *plan
	groups []int
	titles *classify.Titles
}

// reach is how far from an anchor a decision may depend on the bytes of a
// stream.
const reach = rules.MaxReach + Margin

// block is the stretch of a stream that an unanchored rule looks at in one go.
const block = 16 << 10

func newDetector(set *rules.Set) (*detector, error) {
	d := &detector{plans: make([]plan, 0, len(set.Rules()))}
	anchored := 0
	for _, r := range set.Rules() {
		anchored += len(r.Anchors())
	}
	refs := make([]ref, 0, anchored)
	index := map[string]int{}
	var literals []string
	var last []*ref // by literal
	for _, r := range set.Rules() {
		if r.Expr == "" {
			continue
		}
		id := int32(len(d.plans))
		d.plans = d.plans[:id+1]
		p := &d.plans[id]
		p.rule, p.index, p.detector = r, id, d
		p.binary = r.Anchoring == rules.Inside && r.Judge != "assigned" && r.Judge != "password"
		d.nuls = d.nuls || takesNULs(r)
		if r.Anchoring == rules.Everywhere {
			d.grid = append(d.grid, id)
		}
		for nth := range r.Anchors() {
			a := &r.Anchors()[nth]
			at, known := index[a.Literal]
			if !known {
				at = len(literals)
				index[a.Literal] = at
				literals = append(literals, a.Literal)
				d.refs, last = append(d.refs, nil), append(last, nil)
				d.longest = max(d.longest, len(a.Literal))
			}
			refs = refs[:len(refs)+1]
			to := &refs[len(refs)-1]
			to.plan, to.placed, to.nth, to.anchor = p, len(r.Paths) > 0, int32(nth), a
			to.length, to.reach = len(a.Literal), a.After+1
			if !known {
				d.refs[at] = to
			} else {
				last[at].next = to
			}
			last[at] = to
		}
	}
	var err error
	d.matcher, err = match.Compile(literals)
	return d, err
}

// scan gives window.emit every match that belongs to the chunk; the same match
// may come more than once, from several anchors within it.
func (d *detector) scan(c *Chunk, w *window) {
	from, to := c.owned()
	if from >= to {
		return
	}
	w.detector, w.chunk, w.to = d, c, to
	w.begin()
	if c.Like != nil && len(c.Like.Alike) > 0 {
		d.changed(c, w, from, to)
	} else {
		d.matcher.Scan(c.Data[:min(len(c.Data), to+d.longest)], from, w.meet)
	}
	if c.Binary {
		return
	}
	base := int(c.Pos % block)
	if c.own != (part{}) {
		base = block - from%block
	}
	// Blocks start at multiples of their length in the stream, so that they
	// are the same ones however the stream is cut.
	for at := (from+base+block-1)/block*block - base; at < to; at += block {
		for _, id := range d.grid {
			p := &d.plans[id]
			if w.elsewhere(p) {
				continue
			}
			start := d.meter.start()
			w.sweep(p, at)
			d.meter.ran(id, start)
		}
	}
}

// owned returns the positions whose anchors belong to this chunk, half-open:
// those whose reach was cut off in the chunk before and is not in this one.
func (c *Chunk) owned() (from, to int) {
	if c.own != (part{}) {
		return c.own.from, c.own.to
	}
	from, to = max(0, c.Overlap-reach), len(c.Data)
	if !c.Last {
		to = max(from, len(c.Data)-reach)
	}
	return from, to
}
