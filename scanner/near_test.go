package scanner

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestNearOnce: where each of many values stands within reach of many anchors, it
// is one hit of its rule, not one for each anchor.
func TestNearOnce(t *testing.T) {
	s := builtinScanner(t)
	random := rand.New(rand.NewPCG(3, 4))
	draw := func(n int, from string) string {
		var b strings.Builder
		for range n {
			b.WriteByte(from[random.IntN(len(from))])
		}
		return b.String()
	}
	const lines = 300
	var text strings.Builder
	for range lines {
		fmt.Fprintf(&text, "AK"+"IA%s,%s\n", draw(16, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"), draw(40, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"))
	}
	hits, places := 0, map[int64]bool{}
	finder := newFinder()
	finder.keep = func(h *Hit) {
		if h.Rule.ID == "aws-access-key-pair" {
			hits++
			places[h.start] = true
		}
	}
	finder.find(&collector{scanner: s}, &Chunk{Data: []byte(text.String()), Last: true, Line: 1, Column: 1, Origin: &Origin{Path: "keys.csv"}}, nil)
	if len(places) < lines*9/10 { // a few are not random enough
		t.Errorf("%d of %d values are found", len(places), lines)
	}
	if hits > len(places)*3/2 { // those at the end of what is in sight are met again
		t.Errorf("%d values are %d hits", len(places), hits)
	}
}
