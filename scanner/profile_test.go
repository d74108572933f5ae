package scanner

import (
	"cmp"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

const profileRules = `
[[rules]]
id = "prefixed"
title = "Prefixed token"
regex = '\btok_[0-9a-z]{16}\b'
entropy = 2.0

[[rules]]
id = "anywhere"
title = "Unanchored"
unanchored = true
regex = '#[0-9]{12}#'

[[rules]]
id = "elsewhere"
title = "Not in the text"
regex = '\belsewhere_[0-9a-z]{16}\b'
`

// costs are the counts of a profile by rule.
func costs(s *Scanner) map[string][3]int64 {
	counts := map[string][3]int64{}
	for _, p := range s.Profile() {
		counts[p.Rule.ID] = [3]int64{p.Anchors, p.Matches, p.Hits}
	}
	return counts
}

func profiled(t *testing.T, set *rules.Set) *Scanner {
	t.Helper()
	s, err := New(Options{Rules: set, Profile: true})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestProfile(t *testing.T) {
	f, err := rules.Load("test.toml", profileRules)
	if err != nil {
		t.Fatal(err)
	}
	// Three anchors: a hit, a match without entropy and no match. The number
	// stands in the second of three blocks.
	data := "tok_9bxf07cye5az2d64 tok_aaaaaaaaaaaaaaaa tok_short" + strings.Repeat(" .", block/2) + " #490317286651# " + strings.Repeat(" .", block/2)
	want := map[string][3]int64{"prefixed": {3, 2, 1}, "anywhere": {3, 1, 1}}
	s := profiled(t, f.Set)
	s.Scan(t.Context(), text{data: data})
	check := func(times int64) {
		t.Helper()
		got := costs(s)
		if len(got) != len(want) {
			t.Errorf("%d rules were met, want %d: %v", len(got), len(want), got)
		}
		for id, w := range want {
			if g := got[id]; g != [3]int64{w[0] * times, w[1] * times, w[2] * times} {
				t.Errorf("%s: anchors, matches, hits %v, want %d times %v", id, g, times, w)
			}
		}
	}
	check(1)

	// Scans add up, side by side too.
	var wg sync.WaitGroup
	for range 7 {
		wg.Add(1)
		go func() {
			defer wg.Done()
			s.Scan(t.Context(), text{data: data})
		}()
	}
	wg.Wait()
	check(8)
	if p := s.Profile(); !slices.IsSortedFunc(p, func(a, b RuleProfile) int { return cmp.Compare(b.Time, a.Time) }) {
		t.Errorf("not the dearest first: %v", p)
	}
}

// TestProfileOfChunks cuts a stream: each anchor and each block counts in one
// chunk alone, so that the profile does not depend on the cuts.
func TestProfileOfChunks(t *testing.T) {
	set := testSet(t)
	random := rand.New(rand.NewPCG(7, 1))
	data := testText(random)
	whole, chunked := profiled(t, set), profiled(t, set)
	whole.Scan(t.Context(), text{data: data})
	var cuts []int
	for at := 100_000; at < len(data); at += 200_000 {
		for data[at]&0xC0 == 0x80 { // no first byte of a rune
			at--
		}
		cuts = append(cuts, at)
	}
	chunked.Scan(t.Context(), text{data: data, cuts: cuts})
	a, b := costs(whole), costs(chunked)
	for _, r := range set.Rules() {
		if a[r.ID][0] == 0 || a[r.ID][0] != b[r.ID][0] {
			t.Errorf("%s: %d anchors in the whole, %d in chunks", r.ID, a[r.ID][0], b[r.ID][0])
		}
	}
}

// TestElsewhere: a rule for some paths costs nothing in others, before and behind one
// that it is for.
func TestElsewhere(t *testing.T) {
	f, err := rules.Load("test.toml", `
[[rules]]
id = "anchored"
title = "Token of one file"
regex = 'tok_[0-9a-z]{16}'
paths = ['(^|/)\.one$', '(^|/)deep/one$']

[[rules]]
id = "swept"
title = "Number of one file"
unanchored = true
regex = '#[0-9]{12}#'
paths = ['(?i)/ONE$']
`)
	if err != nil {
		t.Fatal(err)
	}
	data := aToken + " #490317286651#"
	s := profiled(t, f.Set)
	want := map[string][3]int64{}
	for _, c := range []struct {
		path            string
		anchored, swept int64
	}{{"a/two", 0, 0}, {".one", 1, 0}, {"a.one", 0, 0}, {"a/.one", 1, 0}, {"deep/one", 1, 1}, {"a/one", 0, 1}, {"a/.one.bak", 0, 0}} {
		for id, n := range map[string]int64{"anchored": c.anchored, "swept": c.swept} {
			if w := want[id]; n > 0 {
				want[id] = [3]int64{w[0] + n, w[1] + n, w[2] + n}
			}
		}
		if found := s.Scan(t.Context(), text{data: data, path: c.path}).Findings; int64(len(found)) != c.anchored+c.swept {
			t.Errorf("%s: %d findings", c.path, len(found))
		}
		if got := costs(s); !maps.Equal(got, want) {
			t.Errorf("up to %s: anchors, matches, hits %v, want %v", c.path, got, want)
		}
	}
}

// TestNoProfile: without the option nothing is counted.
func TestNoProfile(t *testing.T) {
	s := testScanner(t)
	s.Scan(t.Context(), text{data: "tok_9b3f07c1e5a82d64 #490317286651#"})
	if p := s.Profile(); p != nil {
		t.Errorf("%v, want nil", p)
	}
}
