package rules

import (
	"errors"
	"math/bits"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

const (
	shortestAnchor = 3   // a shorter literal hits too often to anchor by itself
	mostAnchors    = 256 // of one expression
	unbounded      = MaxReach + 1
)

var errNoAnchor = errors.New("no literal of three bytes or more stands in every match: " +
	"name keywords, or near, or declare the rule unanchored")

// shape is what a piece of an expression can match: its length in bytes, all
// the texts it matches where they are few, and the literals that every match
// holds one of.
type shape struct {
	min, max int
	exact    []string // lower-cased; nil: too many to list
	anchors  []Anchor // offsets count from the start of this piece
}

// derive returns the best anchors of an expression, nil where it has none, and
// the most bytes a match can have (more than MaxReach: unbounded).
func derive(expr string) ([]Anchor, int, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, 0, err
	}
	s := shapeOf(parsed)
	return better(s.anchors, wholes(s)), s.max, nil
}

func shapeOf(re *syntax.Regexp) shape {
	switch re.Op {
	case syntax.OpEmptyMatch, syntax.OpBeginLine, syntax.OpEndLine, syntax.OpBeginText,
		syntax.OpEndText, syntax.OpWordBoundary, syntax.OpNoWordBoundary:
		return shape{exact: []string{""}}
	case syntax.OpLiteral:
		return literal(re)
	case syntax.OpCharClass:
		return class(re.Rune)
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return shape{min: 1, max: utf8.UTFMax}
	case syntax.OpCapture:
		return shapeOf(re.Sub[0])
	case syntax.OpConcat:
		return concat(re.Sub)
	case syntax.OpAlternate:
		return alternate(re.Sub)
	case syntax.OpQuest:
		return repeat(re.Sub[0], 0, 1)
	case syntax.OpStar:
		return repeat(re.Sub[0], 0, -1)
	case syntax.OpPlus:
		return repeat(re.Sub[0], 1, -1)
	case syntax.OpRepeat:
		return repeat(re.Sub[0], re.Min, re.Max)
	}
	return shape{} // OpNoMatch
}

func literal(re *syntax.Regexp) shape {
	var b strings.Builder
	length, foldable := 0, true
	for _, r := range re.Rune {
		length += utf8.RuneLen(r)
		if r >= utf8.RuneSelf && re.Flags&syntax.FoldCase != 0 {
			foldable = false
		}
		b.WriteRune(lower(r))
	}
	s := shape{min: length, max: length}
	if re.Flags&syntax.FoldCase != 0 {
		s.max = length + 2*len(re.Rune) // U+212A folds to k, U+017F to s
	}
	if foldable {
		s.exact = []string{b.String()}
	}
	return s
}

func class(ranges []rune) shape {
	s := shape{min: 1}
	if len(ranges) == 0 {
		return s
	}
	s.max = utf8.RuneLen(ranges[len(ranges)-1])
	for i := 0; i < len(ranges); i += 2 {
		if ranges[i+1]-ranges[i] > 16 || len(s.exact) > 16 {
			s.exact = nil
			return s
		}
		for r := ranges[i]; r <= ranges[i+1]; r++ {
			if text := string(lower(r)); !slices.Contains(s.exact, text) {
				s.exact = append(s.exact, text)
			}
		}
	}
	return s
}

// concat joins neighbours whose texts can be listed into runs; a run, or an
// inexact piece by itself, offers anchors that move by what can stand before
// and after it.
func concat(subs []*syntax.Regexp) shape {
	runs := []shape{{exact: []string{""}}}
	for _, sub := range subs {
		piece, last := shapeOf(sub), &runs[len(runs)-1]
		if joined := product(last.exact, piece.exact); joined != nil {
			last.exact = joined
			last.min, last.max = capped(last.min+piece.min), capped(last.max+piece.max)
		} else {
			runs = append(runs, piece)
		}
	}
	whole := shape{}
	for _, run := range runs {
		whole.min, whole.max = capped(whole.min+run.min), capped(whole.max+run.max)
	}
	if len(runs) == 1 {
		whole.exact = runs[0].exact
	}
	least, most := 0, 0 // bytes before the run
	for i, run := range runs {
		tail := 0 // bytes after it
		for _, after := range runs[i+1:] {
			tail = capped(tail + after.max)
		}
		whole.anchors = better(whole.anchors, shift(better(run.anchors, wholes(run)), least, most, tail))
		least, most = capped(least+run.min), capped(most+run.max)
	}
	return whole
}

func alternate(subs []*syntax.Regexp) shape {
	all := shape{min: unbounded, exact: []string{}}
	anchored := true
	for _, sub := range subs {
		s := shapeOf(sub)
		all.min, all.max = min(all.min, s.min), max(all.max, s.max)
		if all.exact != nil && s.exact != nil && len(all.exact)+len(s.exact) <= mostAnchors {
			all.exact = union(all.exact, s.exact)
		} else {
			all.exact = nil
		}
		best := better(s.anchors, wholes(s))
		anchored = anchored && best != nil && len(all.anchors)+len(best) <= mostAnchors
		all.anchors = append(all.anchors, best...)
	}
	if !anchored {
		all.anchors = nil
	}
	return all
}

func repeat(sub *syntax.Regexp, least, most int) shape {
	s := shapeOf(sub)
	out := shape{min: capped(s.min * least), max: unbounded}
	if most >= 0 {
		out.max = capped(s.max * most)
	}
	if s.max == 0 {
		out.max = 0
	}
	switch {
	case most == 1 && least == 0 && s.exact != nil:
		out.exact = union([]string{""}, s.exact)
	case most == least && s.exact != nil:
		out.exact = []string{""}
		for i := 0; i < least && out.exact != nil; i++ {
			out.exact = product(out.exact, s.exact)
		}
	}
	if least > 0 {
		for _, a := range better(s.anchors, wholes(s)) {
			a.After = capped(a.After + out.max - s.max)
			out.anchors = append(out.anchors, a)
		}
	}
	return out
}

// wholes makes anchors of the texts that a piece matches exactly.
func wholes(s shape) []Anchor {
	var as []Anchor
	for _, text := range s.exact {
		if text == "" {
			return nil
		}
		as = append(as, Anchor{Literal: text, After: max(s.max, len(text))})
	}
	return as
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

// better returns the set that will hit less often by chance; nil loses.
func better(a, b []Anchor) []Anchor {
	if score(b) > score(a) {
		return b
	}
	return a
}

func score(as []Anchor) int {
	if len(as) == 0 {
		return -1
	}
	shortest := len(as[0].Literal)
	for _, a := range as {
		shortest = min(shortest, len(a.Literal))
	}
	if shortest < shortestAnchor {
		return -1
	}
	return 8*min(shortest, 12) - 2*bits.Len(uint(len(as)))
}

func product(a, b []string) []string {
	if a == nil || b == nil || len(a)*len(b) > mostAnchors {
		return nil
	}
	out := make([]string, 0, len(a)*len(b))
	for _, x := range a {
		for _, y := range b {
			out = append(out, x+y)
		}
	}
	return union(nil, out)
}

func union(a, b []string) []string {
	out := slices.Concat(a, b)
	slices.Sort(out)
	return slices.Compact(out)
}

func lower(r rune) rune {
	if r < utf8.RuneSelf {
		return unicode.ToLower(r)
	}
	return r
}

func capped(n int) int { return min(n, unbounded) }
