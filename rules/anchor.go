package rules

import (
	"math/bits"
	"regexp/syntax"
	"slices"
	"strings"
)

const (
	shortestAnchor  = 3   // a shorter literal hits too often to anchor unasked
	shortestKeyword = 2   // of a literal that its author names
	longestAnchor   = 32  // more bytes of a literal tell nothing more
	mostAnchors     = 256 // of one expression
	unbounded       = MaxReach + 1
)

// derive returns the best anchors of an expression, nil where it has none, and
// the most bytes a match can have (more than MaxReach: unbounded). With
// keywords, in the form of literals, only those serve as anchors, and nil
// means that the expression does not show one of them in every match.
//
// That the long s and the Kelvin sign match (?i)s and (?i)k is heeded in the
// distances; anchors that hold them are not looked for.
func derive(expr string, keywords []string) ([]Anchor, int, error) {
	if keywords != nil {
		return deriver{least: shortestKeyword, keywords: keywords}.derive(expr)
	}
	return deriver{least: shortestAnchor}.derive(expr)
}

// A deriver walks a parsed expression from its leaves up.
type deriver struct {
	keywords []string
	least    int // bytes of an anchor
}

func (d deriver) derive(expr string) ([]Anchor, int, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	s := d.shapeOf(parsed)
	return d.best(s), s.max, nil
}

func (d deriver) shapeOf(re *syntax.Regexp) shape {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText,
		syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return listed(0, 0, []string{""})
	case syntax.OpLiteral:
		return literal(re)
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return shape{min: 1, max: 4}
	case syntax.OpCapture:
		return d.shapeOf(re.Sub[0])
	case syntax.OpConcat:
		return d.concat(re.Sub)
	case syntax.OpAlternate:
		return d.alternate(re.Sub)
	case syntax.OpQuest:
		return d.repeat(re.Sub[0], 0, 1)
	case syntax.OpStar:
		return d.repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return d.repeat(re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		return d.repeat(re.Sub[0], re.Min, re.Max)
	}
	return shape{} // OpNoMatch
}

// concat offers the anchors of each piece, and of each run of neighbours whose
// texts can be listed together with those that what follows it starts with,
// moved by what can stand before and after.
func (d deriver) concat(subs []*syntax.Regexp) shape {
	pieces := make([]shape, len(subs))
	after := make([]int, len(subs)+1) // the most bytes from a piece to the end
	for i := len(subs) - 1; i >= 0; i-- {
		pieces[i] = d.shapeOf(subs[i])
		after[i] = capped(after[i+1] + pieces[i].max)
	}
	run := listed(0, 0, []string{""})
	whole := run
	least, most := 0, 0 // bytes before the run
	for i, p := range pieces {
		whole.anchors = better(whole.anchors, shift(d.best(p), whole.min, whole.max, after[i+1]))
		if joined := product(run.exact, p.exact); joined != nil {
			run = listed(run.min+p.min, run.max+p.max, joined)
		} else {
			run.heads = extended(run, p)
			found := d.texts(run.heads, capped(run.max+after[i]))
			if found == nil && d.keywords != nil { // one may reach past what can be left out
				found = d.texts(product(run.exact, headsOf(pieces[i:])), capped(run.max+after[i]))
			}
			whole.anchors = better(whole.anchors, shift(found, least, most, 0))
			if whole.exact != nil {
				whole.exact, whole.heads = nil, run.heads
			}
			run, least, most = p, whole.min, whole.max
		}
		whole.min, whole.max = capped(whole.min+p.min), capped(whole.max+p.max)
	}
	whole.anchors = better(whole.anchors, shift(d.best(run), least, most, 0))
	if whole.exact != nil {
		whole.exact, whole.heads = run.exact, run.exact
	}
	return whole
}

// extended returns what a run starts with, up to and into the piece behind it.
func extended(run, next shape) []string {
	if longer := product(run.exact, next.heads); longer != nil {
		return longer
	}
	return run.heads
}

// headsOf returns what neighbours start with, where some of them may be left out;
// nil: too many to list.
func headsOf(pieces []shape) []string {
	if len(pieces) == 0 {
		return []string{""}
	}
	p := pieces[0]
	switch {
	case p.exact != nil:
		if longer := product(p.exact, headsOf(pieces[1:])); longer != nil {
			return longer
		}
	case p.taken != nil:
		return union(p.taken, headsOf(pieces[1:]))
	}
	return p.heads
}

func (d deriver) alternate(subs []*syntax.Regexp) shape {
	all := shape{min: unbounded, exact: []string{}, heads: []string{}}
	anchored := true
	for _, sub := range subs {
		s := d.shapeOf(sub)
		all.min, all.max = min(all.min, s.min), max(all.max, s.max)
		all.exact, all.heads = union(all.exact, s.exact), union(all.heads, s.heads)
		best := d.best(s)
		anchored = anchored && best != nil && len(all.anchors)+len(best) <= mostAnchors
		if anchored {
			all.anchors = append(all.anchors, best...)
		}
	}
	if !anchored {
		all.anchors = nil
	}
	return all
}

// repeat offers the anchors of the first repetition.
func (d deriver) repeat(sub *syntax.Regexp, least, most int) shape {
	s := d.shapeOf(sub)
	rest := unbounded // bytes of the other repetitions
	if most >= 0 {
		rest = capped(s.max * max(most-1, 0))
	}
	if s.max == 0 {
		rest = 0
	}
	switch {
	case most == 0:
		return listed(0, 0, []string{""})
	case least == 0 && most == 1:
		out := listed(0, s.max, union([]string{""}, s.exact))
		out.taken = s.heads
		return out
	case least == 0:
		out := listed(0, s.max+rest, nil)
		out.taken = s.heads
		return out
	}
	out := listed(s.min*least, s.max+rest, nil)
	if least == most {
		out.exact = []string{""}
		for i := 0; i < least && out.exact != nil; i++ {
			out.exact = product(out.exact, s.exact)
		}
	}
	out.heads = s.heads
	if out.exact != nil {
		out.heads = out.exact
	}
	out.anchors = shift(d.best(s), 0, 0, rest)
	return out
}

// best returns the better of what a piece offers and of what it starts with.
func (d deriver) best(s shape) []Anchor { return better(s.anchors, d.texts(s.heads, s.max)) }

// texts makes anchors of the texts that a piece of at most so many bytes
// starts with, if each of them can serve.
func (d deriver) texts(heads []string, longest int) []Anchor {
	var as []Anchor
	for _, text := range heads {
		from, to := 0, min(len(text), longestAnchor)
		if d.keywords != nil {
			if from, to = d.keyword(text); from < 0 {
				return nil
			}
		}
		if to-from < d.least {
			return nil
		}
		a := Anchor{Literal: text[from:to], BeforeMin: from, Before: from, After: longest - from}
		if !slices.Contains(as, a) {
			as = append(as, a)
		}
	}
	return as
}

func (d deriver) keyword(text string) (from, to int) {
	for _, k := range d.keywords {
		if i := strings.Index(text, k); i >= 0 {
			return i, i + len(k)
		}
	}
	return -1, -1
}

// better returns the set that costs less to look for and to follow; nil loses.
func better(a, b []Anchor) []Anchor {
	if score(b) > score(a) {
		return b
	}
	return a
}

// score is high for long literals, which seldom hit by chance, for few of
// them, and for those that show where a match starts.
func score(as []Anchor) int {
	if len(as) == 0 {
		return -1000
	}
	shortest, distance := longestAnchor, 0
	for _, a := range as {
		shortest = min(shortest, len(a.Literal))
		switch {
		case a.Before > defaultReach:
			distance = 16
		case a.Before != a.BeforeMin:
			distance = max(distance, 16)
		}
	}
	return 8*min(shortest, 12) - 3*bits.Len(uint(len(as))) - distance
}

func shift(as []Anchor, least, most, tail int) []Anchor {
	out := slices.Clone(as)
	for i := range out {
		out[i].BeforeMin = capped(out[i].BeforeMin + least)
		out[i].Before = capped(out[i].Before + most)
		out[i].After = capped(out[i].After + tail)
	}
	return out
}

func capped(n int) int { return min(n, unbounded) }
