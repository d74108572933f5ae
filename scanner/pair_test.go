package scanner

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

// TestNearest: the partner of a hit is the one that a look at all of them finds.
func TestNearest(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	id, secret := &rules.Rule{ID: "id", Expr: "x"}, &rules.Rule{ID: "secret", Expr: "x"}
	for range 2000 {
		var origins []*Origin
		for range 1 + random.IntN(3) {
			origins = append(origins, &Origin{Kind: Config})
		}
		var all []*Hit
		c := &candidates{hits: map[*Origin][]located{}}
		for _, o := range origins {
			at, line := int64(0), 1
			for range random.IntN(6) {
				at += int64(random.IntN(40))
				line += random.IntN(3)
				h := &Hit{Rule: id, Origin: o, Span: Span{Offset: at, Length: int64(1 + random.IntN(20)), Line: line, EndLine: line + random.IntN(2)}}
				if random.IntN(2) == 0 {
					h.Rule = secret
				} else {
					c.add(located{h, id, h.at(), h.valueEnd()})
				}
				at, line = h.valueEnd(), h.Span.EndLine
				all = append(all, h)
			}
		}
		for _, h := range all {
			p := rules.Pair{Rule: "id", Bytes: random.IntN(60), Lines: random.IntN(4)}
			if got, want := c.nearest(located{h, h.Rule, h.at(), h.valueEnd()}, p), naiveNearest(h, p, all); got != want {
				t.Fatalf("%+v beside %+v: %+v, want %+v", p, h.Span, got, want)
			}
		}
	}
}

func naiveNearest(h *Hit, p rules.Pair, all []*Hit) *Hit {
	type partner struct {
		*Hit
		gap int64
	}
	var near []partner
	for _, c := range all {
		if c == h || c.Rule.ID != p.Rule {
			continue
		}
		gap, lines := int64(0), 0
		if c.Origin == h.Origin {
			gap = max(c.at()-h.valueEnd(), h.at()-c.valueEnd(), 0)
			lines = max(c.Span.Line-h.Span.EndLine, h.Span.Line-c.Span.EndLine, 0)
		}
		most := int64(p.Bytes)
		if most == 0 {
			most = rules.MaxReach
		}
		if gap <= most && (p.Lines == 0 || lines <= p.Lines) {
			near = append(near, partner{c, gap})
		}
	}
	if len(near) == 0 {
		return nil
	}
	return slices.MinFunc(near, func(a, b partner) int { return int(a.gap - b.gap) }).Hit
}
