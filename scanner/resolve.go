package scanner

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sluice-sec/sluice/rules"
)

// resolve leaves one hit for each stretch of each stream and ties those that
// complete one another together. It orders the hits by stream and position.
func resolve(hits []*Hit) []*Hit {
	streams := map[*Origin][]*Hit{}
	var order []*Origin
	for _, h := range hits {
		if streams[h.Origin] == nil {
			order = append(order, h.Origin)
		}
		streams[h.Origin] = append(streams[h.Origin], h)
	}
	var kept []*Hit
	for _, o := range order {
		kept = append(kept, disjoint(streams[o])...)
	}
	return pairUp(kept)
}

// disjoint sorts the hits of one stream and drops those whose value overlaps
// one that outranks them; the winner remembers who else matched.
func disjoint(hits []*Hit) []*Hit {
	slices.SortStableFunc(hits, func(a, b *Hit) int {
		return cmp.Or(cmp.Compare(a.at(), b.at()), cmp.Compare(b.valueEnd(), a.valueEnd()), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	var kept []*Hit
	for _, h := range hits {
		if len(kept) == 0 || kept[len(kept)-1].valueEnd() <= h.at() || h.pathOnly() || kept[len(kept)-1].pathOnly() {
			kept = append(kept, h)
			continue
		}
		last := kept[len(kept)-1]
		winner, loser := last, h
		if h.outranks(last) {
			winner, loser = h, last
		}
		winner.absorb(loser)
		kept[len(kept)-1] = winner
	}
	return kept
}

func (h *Hit) at() int64 { return h.Span.Offset }

func (h *Hit) valueEnd() int64 { return h.Span.Offset + h.Span.Length }

func (h *Hit) pathOnly() bool { return h.Rule.Expr == "" }

func (h *Hit) absorb(loser *Hit) {
	for _, id := range append(loser.also, loser.Rule.ID) {
		if id != h.Rule.ID && !slices.Contains(h.also, id) {
			h.also = append(h.also, id)
		}
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

// pairUp gives each hit whose rule asks for another one beside it the nearest
// such hit, and drops the hit where it is required and missing. What a pair
// took in is no finding of its own at that place.
func pairUp(hits []*Hit) []*Hit {
	near := map[string][]*Hit{}
	for _, h := range hits {
		key := h.neighbourhood() + "\x00" + h.Rule.ID
		near[key] = append(near[key], h)
	}
	drop := map[*Hit]bool{}
	for _, h := range hits {
		for _, p := range h.Rule.Pairs {
			partner := nearest(h, p, near[h.neighbourhood()+"\x00"+p.Rule])
			switch {
			case partner != nil:
				h.Identifiers = append(h.Identifiers, partner.secret.String())
				drop[partner] = drop[partner] || partner.Kind == rules.Identifier
			case p.Required:
				drop[h] = true
			}
		}
	}
	return slices.DeleteFunc(hits, func(h *Hit) bool { return drop[h] })
}

// neighbourhood names the place within which hits can pair: a stream, or the
// whole configuration of an image, whose entries are streams of their own.
func (h *Hit) neighbourhood() string {
	if h.Origin.Kind == Config {
		return h.Origin.Target + "\x00" + h.Origin.Platform
	}
	return fmt.Sprintf("%p", h.Origin)
}

func nearest(h *Hit, p rules.Pair, candidates []*Hit) *Hit {
	var best *Hit
	least := int64(rules.MaxReach)
	if p.Bytes > 0 {
		least = int64(p.Bytes)
	}
	for _, c := range candidates {
		if c == h {
			continue
		}
		gap := max(c.at()-h.valueEnd(), h.at()-c.valueEnd(), 0)
		lines := max(c.Span.Line-h.Span.EndLine, h.Span.Line-c.Span.EndLine, 0)
		if c.Origin != h.Origin {
			gap, lines = 0, 0
		}
		if gap <= least && (p.Lines == 0 || lines <= p.Lines) && (best == nil || gap < least) {
			best, least = c, gap
		}
	}
	return best
}
