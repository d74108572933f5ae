package scanner

import (
	"cmp"
	"slices"

	"github.com/sluice-sec/sluice/rules"
)

// A located hit is a hit with what resolving asks of it again and again: there
// are many, and each is far from the next in memory.
type located struct {
	*Hit
	rule       *rules.Rule
	from, past int64 // of its value
}

// resolve leaves one hit for each stretch of each stream and ties those that
// complete one another together. It orders the hits by stream and position.
func resolve(hits []*Hit) []*Hit {
	streams := map[*Origin]*[]located{}
	var order []*[]located
	all := make([]located, 0, len(hits))
	for len(hits) > 0 {
		o, start := hits[0].Origin, len(all)
		for len(hits) > 0 && hits[0].Origin == o {
			h := hits[0]
			all, hits = append(all, located{h, h.Rule, h.at(), h.valueEnd()}), hits[1:]
		}
		run := all[start:len(all):len(all)]
		if stream := streams[o]; stream != nil {
			*stream = append(*stream, run...)
		} else { // most streams are one run
			streams[o] = &run
			order = append(order, &run)
		}
	}
	kept := make([]located, 0, len(all))
	for _, s := range order {
		kept = append(kept, disjoint(*s)...)
	}
	return pairUp(kept)
}

// disjoint sorts the hits of one stream and drops those whose value overlaps
// one that outranks them; the winner remembers who else matched.
func disjoint(hits []located) []located {
	inOrder(hits)
	kept := hits[:0]
	for _, h := range hits {
		if len(kept) == 0 || kept[len(kept)-1].past <= h.from || byPath(h.rule) || byPath(kept[len(kept)-1].rule) {
			kept = append(kept, h)
			continue
		}
		last := kept[len(kept)-1]
		winner, loser := last, h
		if h.outranks(last.Hit) {
			winner, loser = h, last
		}
		winner.absorb(loser.Hit)
		kept[len(kept)-1] = winner
	}
	return kept
}

// mostRuns is how many runs of hits in order are merged; more are sorted.
const mostRuns = 8

// inOrder sorts the hits of one stream. Those of one rule mostly come in order, and
// a few rules are ahead of the others, so they are a few runs in order, one among
// the other.
func inOrder(hits []located) {
	if slices.IsSortedFunc(hits, compareSpans) {
		return
	}
	var last, lengths [mostRuns]int // of each run
	in := make([]uint8, len(hits))  // which run
	runs := 0
	for i := range hits {
		n := 0
		for n < runs && hits[i].before(&hits[last[n]]) {
			n++
		}
		if n == mostRuns {
			slices.SortStableFunc(hits, compareSpans)
			return
		}
		runs = max(runs, n+1)
		last[n], in[i] = i, uint8(n)
		lengths[n]++
	}
	var from [mostRuns + 1]int // where each begins
	for n := range runs {
		from[n+1] = from[n] + lengths[n]
	}
	parts, next := make([]located, len(hits)), from
	for i := range hits {
		at := &next[in[i]]
		parts[*at] = hits[i]
		*at++
	}
	copy(hits[from[runs-1]:], parts[from[runs-1]:])
	for n := runs - 2; n >= 0; n-- {
		merge(hits[from[n]:], parts[from[n]:from[n+1]])
	}
}

// merge merges hits in order with those in order at the end of where all go.
// Of equal ones the first go first.
func merge(all, first []located) {
	last := all[len(first):]
	for i := range all {
		switch {
		case len(first) == 0: // the others are where they go
			return
		case len(last) > 0 && last[0].before(&first[0]):
			all[i], last = last[0], last[1:]
		default:
			all[i], first = first[0], first[1:]
		}
	}
}

// before reports whether a hit goes before another.
func (h *located) before(o *located) bool {
	if h.from != o.from {
		return h.from < o.from
	}
	return compareSpans(*h, *o) < 0
}

// compareSpans orders hits by where their values start, the longer first.
func compareSpans(a, b located) int {
	if c := cmp.Compare(a.from, b.from); c != 0 {
		return c
	}
	if c := cmp.Compare(b.past, a.past); c != 0 {
		return c
	}
	return cmp.Compare(a.rule.ID, b.rule.ID)
}

func (h *Hit) at() int64 { return h.Span.Offset }

func (h *Hit) valueEnd() int64 { return h.Span.Offset + h.Span.Length }

func (h *Hit) pathOnly() bool { return byPath(h.Rule) }

// byPath reports whether a rule judges by the path alone.
func byPath(r *rules.Rule) bool { return r.Expr == "" }

func (h *Hit) absorb(loser *Hit) {
	for _, id := range loser.also {
		h.alsoBy(id)
	}
	h.alsoBy(loser.Rule.ID)
}

// alsoBy notes that another rule matched the value, if it is another.
func (h *Hit) alsoBy(id string) {
	if id != h.Rule.ID && !slices.Contains(h.also, id) {
		h.also = append(h.also, id)
	}
}

// outranks reports whether h says more about a value than o does: the surer
// rule, then the one that knows more, then the longer value and match. Where
// the two are not the same stretch, what opens something goes before what
// only names it.
func (h *Hit) outranks(o *Hit) bool {
	same := h.at() == o.at() && h.valueEnd() == o.valueEnd()
	if h.Kind != o.Kind && !same {
		return h.Kind == rules.Secret
	}
	return h.compare(o) > 0
}

func (h *Hit) compare(o *Hit) int {
	return cmp.Or(
		cmp.Compare(h.Confidence, o.Confidence),
		cmp.Compare(specific(h.Rule), specific(o.Rule)),
		compareBool(h.read && h.Rule.Generic, o.read && o.Rule.Generic),
		cmp.Compare(len(h.Identifiers), len(o.Identifiers)),
		cmp.Compare(len(h.secret.value), len(o.secret.value)),
		cmp.Compare(h.end-h.start, o.end-o.start),
		cmp.Compare(o.Rule.ID, h.Rule.ID),
	)
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

// specific orders rules by how much they know of what they find.
func specific(r *rules.Rule) int {
	switch {
	case r.Generic:
		return 0
	case r.Provider == "":
		return 1
	}
	return 2
}
