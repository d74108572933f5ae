package rules

import (
	"cmp"
	"errors"
	"fmt"
	"regexp/syntax"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// defaultReach bounds the matches of an expression that has no bound itself.
const defaultReach = 4 << 10

// rareAnchor is the length of a literal that hits so seldom that what follows
// it can be looked at as far as MaxReach.
const rareAnchor = 10

// shortReach is how far a match may extend round a literal of two bytes, so
// that following every hit costs less than running over everything.
const shortReach = 512

var errNoAnchor = errors.New("no literal of three bytes or more stands in every match: " +
	"name keywords, or near, or declare the rule unanchored")

// anchor derives the literals that the matcher looks for from the expression
// and from what the table says of it.
func (r *Rule) anchor(t *ruleTable) error {
	r.lazy = &lazy{}
	derived, longest, err := derive(r.Expr, nil)
	if err == nil {
		err = roomToPin(r.Expr)
	}
	if err != nil {
		return inKey("regex", err)
	}
	switch {
	case t.Unanchored:
		r.Anchoring = Everywhere
	case len(t.Near) > 0:
		r.Keywords = t.Near
		err = inKey("near", r.anchorNear(t.Near, true, longest, t.Reach))
	case len(t.Keywords) > 0:
		r.Keywords = t.Keywords
		r.anchors, err = anchorsAt(r.Expr, t.Keywords, longest)
		err = inKey("keywords", err)
	case derived == nil:
		err = errNoAnchor
	default:
		r.anchors = derived
	}
	if r.Anchoring == Inside && r.bound(t.Reach) && t.Reach == 0 {
		r.cut = defaultReach
	}
	return err
}

// roomToPin tells whether the expression can be put into a larger one, as the
// scanner does: one that is nested as deep as can be cannot.
func roomToPin(expr string) error {
	_, err := syntax.Parse(`\A(?s:.)(?:`+expr+`)`, syntax.Perl)
	return err
}

// anchorsAt anchors an expression by the keywords its author names, at the
// offsets that the expression shows for them. Where it does not show one in
// every match, the author is believed: a match that holds none is not found.
func anchorsAt(expr string, keywords []string, longest int) ([]Anchor, error) {
	words, err := literals(keywords)
	if err != nil {
		return nil, err
	}
	as, _, err := derive(expr, words)
	if as == nil {
		for _, w := range words {
			as = append(as, Anchor{Literal: w, Before: longest, After: longest})
		}
	}
	return as, err
}

// anchorNear has the expression, whose matches have longest bytes at most, run
// as far round the words as reach, else NearReach. With smart case, a word that
// has a capital letter must stand as it is written.
func (r *Rule) anchorNear(near []string, smartCase bool, longest, reach int) error {
	words, err := literals(near)
	r.Anchoring, r.anchors = Near, nil
	if longest > MaxReach && reach == 0 {
		r.cut = NearReach
	}
	reach = min(cmp.Or(reach, NearReach), NearReach)
	for _, w := range words {
		a := Anchor{Literal: w, Before: reach, After: reach}
		if smartCase && !slices.Contains(near, w) {
			a.Exact = near[slices.IndexFunc(near, func(n string) bool { return strings.EqualFold(n, w) })]
		}
		r.anchors = append(r.anchors, a)
	}
	return err
}

// literals returns the words in the form of Anchor.Literal.
func literals(words []string) ([]string, error) {
	out := []string{}
	for _, w := range words {
		if len(w) < shortestKeyword {
			return nil, fmt.Errorf("the anchor %q is too short", w)
		}
		if w = strings.Map(lower, w); !slices.Contains(out, w) {
			out = append(out, w)
		}
	}
	return out, nil
}

// bound keeps a match within MaxReach of its anchor. A distance that the
// expression bounds itself stays as it is, unless the author gave a reach; a
// match that starts or ends further off is not found. It reports whether a
// distance had no bound.
func (r *Rule) bound(reach int) (cut bool) {
	within := func(n int) int {
		switch {
		case n > MaxReach:
			cut = true
			return cmp.Or(reach, defaultReach)
		case reach > 0:
			return min(n, reach)
		}
		return n
	}
	r.anchors = slices.Clone(r.anchors)
	for i := range r.anchors {
		a := &r.anchors[i]
		a.BeforeMin = min(a.BeforeMin, MaxReach)
		a.Before, a.After = max(within(a.Before), a.BeforeMin), within(a.After)
	}
	return cut
}

// anchorLoosely anchors a rule of gitleaks. There a keyword need not be in the
// match: one anywhere near lets the expression run, and a rule without any
// runs everywhere.
func (r *Rule) anchorLoosely(keywords []string) error {
	r.lazy, r.Keywords = &lazy{}, keywords
	derived, longest, err := derive(r.Expr, nil)
	if err != nil {
		return err
	}
	words, err := literals(cased(keywords))
	if err != nil {
		words = nil // one byte tells nothing: without keywords more is found, not less
	}
	lacksWord := func(a Anchor) bool {
		return !slices.ContainsFunc(words, func(w string) bool { return strings.Contains(a.Literal, w) })
	}
	switch {
	case len(words) == 0 && derived == nil:
		derived, _, err = deriver{least: shortestKeyword}.derive(r.Expr)
		if derived == nil || slices.ContainsFunc(derived, func(a Anchor) bool { return a.Before+a.After > shortReach }) {
			r.Anchoring = Everywhere
			return err
		}
	case len(words) > 0 && (derived == nil || slices.ContainsFunc(derived, lacksWord)):
		if derived, _, err = derive(r.Expr, words); derived == nil && err == nil {
			return r.anchorNear(words, false, longest, 0)
		}
	}
	r.anchors = derived
	reach := 0
	if !slices.ContainsFunc(derived, func(a Anchor) bool { return len(a.Literal) < rareAnchor }) {
		reach = MaxReach
	}
	if r.bound(reach) {
		r.cut = cmp.Or(reach, defaultReach)
	}
	return nil
}

// cased adds the other cases of words that are not ASCII, which the matcher
// does not fold. An empty word says nothing.
func cased(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, w)
		if strings.IndexFunc(w, func(r rune) bool { return r >= utf8.RuneSelf }) >= 0 {
			first, n := utf8.DecodeRuneInString(w)
			out = append(out, strings.ToLower(w), strings.ToUpper(w), string(unicode.ToUpper(first))+strings.ToLower(w[n:]))
		}
	}
	return slices.DeleteFunc(out, func(w string) bool { return w == "" })
}
