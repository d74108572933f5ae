package scanner

import (
	"maps"
	"sort"

	"github.com/sluice-sec/sluice/rules"
)

// pairUp gives each hit whose rule asks for another one beside it the nearest
// such hit, and drops the hit where it is required and missing. What a pair
// took in is no finding of its own at that place. The hits of one stream come
// together, in their order.
func pairUp(hits []located) []*Hit {
	partners := partnersOf(hits)
	near := map[vicinity]*candidates{}
	var last *candidates // most hits come after another of their stream and rule
	var of vicinity
	var rule *rules.Rule // of the hit before
	wanted := false
	for _, h := range hits {
		if h.rule != rule {
			rule, wanted = h.rule, partners[h.rule]
		}
		if !wanted {
			continue
		}
		if key := h.vicinity(h.rule.ID); last == nil || key != of {
			if of, last = key, near[key]; last == nil {
				last = &candidates{hits: map[*Origin][]located{}}
				near[key] = last
			}
		}
		last.add(h)
	}
	of, last = vicinity{}, nil
	for _, h := range hits {
		for _, p := range h.rule.Pairs {
			if key := h.vicinity(p.Rule); key != of {
				of, last = key, near[key]
			}
			partner := last.nearest(h, p)
			switch {
			case partner != nil:
				h.Identifiers = append(h.Identifiers, partner.secret.String())
				partner.dropped = partner.dropped || partner.Kind == rules.Identifier
			case p.Required:
				h.dropped = true
			}
		}
	}
	kept := make([]*Hit, 0, len(hits))
	for _, h := range hits {
		if !h.dropped {
			kept = append(kept, h.Hit)
		}
	}
	return kept
}

// partnersOf returns the rules of the hits that rules of others ask for.
func partnersOf(hits []located) map[*rules.Rule]bool {
	met, asked := map[*rules.Rule]bool{}, map[string]bool{}
	var last *rules.Rule
	for _, h := range hits {
		if h.rule == last {
			continue
		}
		if last = h.rule; met[last] {
			continue
		}
		met[last] = true
		for _, p := range h.rule.Pairs {
			asked[p.Rule] = true
		}
	}
	maps.DeleteFunc(met, func(r *rules.Rule, _ bool) bool { return !asked[r.ID] })
	return met
}

// A vicinity is the place within which hits can pair, and a rule: a stream, or the
// whole configuration of an image, whose entries are streams of their own.
type vicinity struct {
	origin                 *Origin
	target, platform, rule string
}

func (h *Hit) vicinity(rule string) vicinity {
	if h.Origin.Kind == Config {
		return vicinity{target: h.Origin.Target, platform: h.Origin.Platform, rule: rule}
	}
	return vicinity{origin: h.Origin, rule: rule}
}

// candidates are the hits of one rule that others may pair with. Those of one
// stream lie apart, in their order.
type candidates struct {
	streams []*Origin
	hits    map[*Origin][]located
}

func (c *candidates) add(h located) {
	if c.hits[h.Origin] == nil {
		c.streams = append(c.streams, h.Origin)
	}
	c.hits[h.Origin] = append(c.hits[h.Origin], h)
}

// nearest returns the candidate that lies nearest to a hit and as near as the
// pair asks, the first of several; nil if there is none. What stands in another
// stream is beside it.
func (c *candidates) nearest(h located, p rules.Pair) *Hit {
	if c == nil {
		return nil
	}
	own, gap := h.nearestOf(c.hits[h.Origin], p)
	for i, o := range c.streams {
		if o == h.Origin {
			continue
		}
		if own == nil || gap > 0 || i == 0 {
			return c.hits[o][0].Hit
		}
		break
	}
	return own
}

// nearestOf is nearest for candidates of the stream that the hit is in. It looks
// at the few before and behind the hit.
func (h located) nearestOf(all []located, p rules.Pair) (best *Hit, gap int64) {
	least := int64(rules.MaxReach)
	if p.Bytes > 0 {
		least = int64(p.Bytes)
	}
	fits := func(c located) bool {
		gap = max(c.from-h.past, h.from-c.past, 0)
		lines := max(c.Span.Line-h.Span.EndLine, h.Span.Line-c.Span.EndLine)
		return gap <= least && (p.Lines == 0 || lines <= p.Lines)
	}
	behind := sort.Search(len(all), func(i int) bool { return all[i].from >= h.from })
	before := behind - 1
	if behind < len(all) && all[behind].Hit == h.Hit {
		behind++
	}
	if before >= 0 && fits(all[before]) {
		best, least = all[before].Hit, gap-1
	}
	if behind < len(all) && fits(all[behind]) {
		return all[behind].Hit, gap
	}
	return best, least + 1
}
