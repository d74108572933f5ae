package scanner

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/sluice-sec/sluice/rules"
)

// placed is a source of one stream for each origin.
type placed struct {
	data    string
	origins []*Origin
}

func (placed) Name() string { return "test" }

func (s placed) Scan(_ context.Context, sink Sink) error {
	for _, o := range s.origins {
		sink.Chunk(Chunk{Data: []byte(s.data), Origin: o, Line: 1, Column: 1, Last: true})
	}
	return nil
}

func scanPlaced(t testing.TB, p *Policy, data string, origins ...*Origin) *Report {
	t.Helper()
	s, err := New(Options{Rules: testSet(t), Policy: p})
	if err != nil {
		t.Fatal(err)
	}
	return s.Scan(t.Context(), placed{data, origins})
}

const (
	aToken  = "tok_" + "9c41e7b2" + "5fd08a36"
	another = "tok_" + "d27b0f6e" + "a1934c58"
	aWord   = "kq7w" + "z3ma"
)

var decision = Decision{Reason: "known", By: "Ann", When: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}

// baselineOf is a baseline of what stands in a text there, written and read again.
func baselineOf(t testing.TB, data string, origins ...*Origin) *Baseline {
	t.Helper()
	b := NewBaseline("base.json")
	if _, _, err := b.Add(t.Context(), scanPlaced(t, nil, data, origins...).Findings, decision); err != nil {
		t.Fatal(err)
	}
	return reread(t, b)
}

func reread(t testing.TB, b *Baseline) *Baseline {
	t.Helper()
	text, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	again, err := ReadBaseline("base.json", text)
	if err != nil {
		t.Fatalf("%v in\n%s", err, text)
	}
	return again
}

// places are one of each kind, from the narrowest circle to the widest.
var places = []struct {
	name   string
	circle Circle
	origin Origin
}{
	{"tree", InTree, Origin{Path: "a"}},
	{"index", InTree, Origin{Kind: Staged, Path: "a"}},
	{"pipe", InTree, Origin{Kind: Stdin}},
	{"tree of a Dockerfile", InTree, Origin{Path: "a", Exposed: "working tree"}},
	{"history of git", InGit, Origin{Kind: InCommit, Path: "a", Commit: &Commit{ID: "1"}}},
	{"build cache", InCache, Origin{Path: "a", Exposed: "build cache"}},
	{"Dockerfile", InImage, Origin{Path: "a", Exposed: "history"}},
	{"unheard of", InImage, Origin{Path: "a", Exposed: "moon"}},
	{"layer", InImage, Origin{Kind: InLayer, Path: "a", Layer: &Layer{}}},
	{"configuration", InImage, Origin{Kind: Config, Path: "a"}},
	{"registry", InRegistry, Origin{Kind: InLayer, Path: "a", Published: true, Layer: &Layer{}}},
	{"history in a registry", InRegistry, Origin{Kind: History, Path: "a", Published: true}},
}

// TestBaselineCircles: an entry hides the value where it was known and in what
// is narrower, and nowhere else.
func TestBaselineCircles(t *testing.T) {
	for _, from := range places {
		b := baselineOf(t, aToken, &from.origin)
		for _, to := range places {
			if from.origin.Circle() != from.circle {
				t.Fatalf("%s: circle %s, want %s", from.name, from.origin.Circle(), from.circle)
			}
			r := scanPlaced(t, &Policy{Baseline: b}, aToken, &to.origin)
			if hidden := len(r.Hidden) == 1 && len(r.Findings) == 0; hidden != (to.circle <= from.circle) {
				t.Errorf("known in %s, met in %s: hidden %v", from.name, to.name, hidden)
			}
			if len(r.Findings) == 1 && !strings.Contains(r.Findings[0].Reason, fmt.Sprintf("base.json:11 knows it in the %s, and it has reached the %s", from.circle, to.circle)) {
				t.Errorf("known in %s, met in %s: reason %q", from.name, to.name, r.Findings[0].Reason)
			}
			if len(r.Stale) > 0 {
				t.Errorf("known in %s, met in %s: stale", from.name, to.name)
			}
		}
	}
	// One wider place, and the whole chain is shown.
	r := scanPlaced(t, &Policy{Baseline: baselineOf(t, aToken, &places[0].origin)}, aToken, &places[0].origin, &places[8].origin)
	if len(r.Findings) != 1 || len(r.Findings[0].Occurrences) != 2 || r.Suppressed != 0 {
		t.Errorf("findings %+v", r.Findings)
	}
}

func TestBaselineFollowsTheValue(t *testing.T) {
	tree := &Origin{Path: "a.env"}
	text := "x " + aToken + "\npassword = " + aWord + "\n"
	b := baselineOf(t, text, tree)
	if n := len(b.Entries()); n != 2 {
		t.Fatalf("%d entries", n)
	}
	for name, c := range map[string]struct {
		data       string
		open, hide int
	}{
		"the same":           {text, 0, 2},
		"moved":              {"\n\n\n" + text, 0, 2},
		"another name":       {"token = " + aWord, 0, 1},
		"new beside the old": {aToken + " " + another, 1, 1},
		"new in its place":   {another + "\npassword = " + aWord[1:] + "x", 2, 0},
	} {
		r := scanPlaced(t, &Policy{Baseline: b}, c.data, &Origin{Path: "moved/" + name})
		if len(r.Findings) != c.open || len(r.Hidden) != c.hide || r.Suppressed != c.hide {
			t.Errorf("%s: %d open, %d hidden, %d suppressed", name, len(r.Findings), len(r.Hidden), r.Suppressed)
		}
		for _, f := range r.Hidden {
			if s := f.Suppression; s.Kind != Baselined || s.Reason != "known" || s.By != "Ann" || !s.When.Equal(decision.When) || !strings.HasPrefix(s.Where, "base.json:") {
				t.Errorf("%s: %+v", name, s)
			}
		}
	}
}

// TestBaselineHoldsNoSecret: neither the value nor a hash that needs no work to
// try guesses against.
func TestBaselineHoldsNoSecret(t *testing.T) {
	b := baselineOf(t, "x "+aToken+"\npassword = "+aWord+"\n", &Origin{Path: "dir-" + aToken + "/a"})
	text, err := b.Encode()
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{aToken, aToken[4:], aWord, b.quick(aWord)} {
		if strings.Contains(string(text), bad) {
			t.Errorf("%s stands in\n%s", bad, text)
		}
	}
	if strings.Count(string(text), slowly) != 1 || strings.Count(string(text), quickly) != 1 {
		t.Errorf("want one hash of each kind:\n%s", text)
	}
	if other := baselineOf(t, aToken, &Origin{Path: "a"}); strings.Contains(string(text), other.entries[0].Known) {
		t.Error("two baselines share a hash")
	}
}

// TestSlowHashesAreRare: nothing is derived slowly without an entry that needs
// it, and no more once all of them are found.
func TestSlowHashesAreRare(t *testing.T) {
	tree := &Origin{Path: "a"}
	many := "password = " + aWord + "\n"
	for i := range 16 {
		many += fmt.Sprintf("%s = kq7w%04d\n", "password", i)
	}
	r := scanPlaced(t, nil, many, tree)
	fast := baselineOf(t, aToken, tree)
	fast.cost = cost{} // deriving would fail, and leave values over
	if _, left := fast.find(t.Context(), r.Findings); left != 0 {
		t.Errorf("without a slow entry: %d left", left)
	}
	slow := baselineOf(t, "password = "+aWord+"\n", tree)
	slow.cost = cost{}
	if _, left := slow.find(t.Context(), r.Findings); left != len(r.Findings) {
		t.Errorf("%d left, want all: nothing could be derived", left)
	}
	slow = baselineOf(t, "password = "+aWord+"\n", tree)
	few := allocated(func() {
		if known, left := slow.find(t.Context(), r.Findings); left != 0 || known[0] != 0 { // findings are ordered by place
			t.Errorf("known %v, %d left", known, left)
		}
	})
	slow.entries = append(slow.entries, BaselineEntry{Known: slowly + "nobody's", Rule: "assigned"})
	all := allocated(func() { slow.find(t.Context(), r.Findings) })
	if all < 3*few { // each derivation takes its memory
		t.Errorf("%d values took %d bytes, and %d with all that is known found: it did not stop early", len(r.Findings), all, few)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, left := slow.find(cancelled, r.Findings); left != len(r.Findings) {
		t.Errorf("cancelled: %d left", left)
	}
}

// allocated returns how much memory a function takes.
func allocated(run func()) uint64 {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	run()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

func TestBaselineUpdate(t *testing.T) {
	tree, image := &Origin{Path: "a"}, &Origin{Kind: InLayer, Path: "a", Layer: &Layer{}}
	b := baselineOf(t, aToken, tree)
	add := func(d Decision, origins ...*Origin) (added, widened int) {
		t.Helper()
		added, widened, err := b.Add(t.Context(), scanPlaced(t, nil, aToken, origins...).Findings, d)
		if err != nil {
			t.Fatal(err)
		}
		b = reread(t, b)
		return added, widened
	}
	if added, widened := add(Decision{Reason: "no news", By: "Bob", When: decision.When}, tree); added+widened != 0 || b.entries[0].By != "Ann" {
		t.Errorf("the same again: %d added, %d widened, %+v", added, widened, b.entries)
	}
	if added, widened := add(Decision{Reason: "shipped", By: "Bob", When: decision.When}, image); added != 0 || widened != 1 || b.entries[0].By != "Bob" || len(b.entries[0].Circles) != 2 {
		t.Errorf("wider: %d added, %d widened, %+v", added, widened, b.entries)
	}
	if _, widened := add(Decision{Reason: "narrow", By: "Eve", When: decision.When}, tree); widened != 0 || b.entries[0].widest() != InImage {
		t.Errorf("narrower: %d widened, %+v", widened, b.entries)
	}
	if _, _, err := b.Add(t.Context(), nil, Decision{By: "Ann"}); err == nil {
		t.Error("no reason, no error")
	}
}

func TestBaselineStaleAndEnded(t *testing.T) {
	tree := &Origin{Path: "a"}
	b := baselineOf(t, aToken+"\n"+another, tree)
	all := func([]Circle) bool { return true }
	r := scanPlaced(t, &Policy{Baseline: b, Stale: all}, aToken, tree)
	if len(r.Stale) != 1 || r.Stale[0].Kind != Baselined || r.Stale[0].Reason != "known" {
		t.Fatalf("stale %+v", r.Stale)
	}
	if r := scanPlaced(t, &Policy{Baseline: b}, aToken, tree); len(r.Stale) != 0 {
		t.Errorf("a scan of a part: stale %+v", r.Stale)
	}
	if gone := b.Prune(r); len(gone) != 1 || len(b.Entries()) != 1 {
		t.Errorf("gone %+v, left %+v", gone, b.Entries())
	}
	if r := scanPlaced(t, &Policy{Baseline: reread(t, b), Stale: all}, aToken, tree); len(r.Hidden) != 1 || len(r.Stale) != 0 {
		t.Errorf("after pruning: %d hidden, stale %+v", len(r.Hidden), r.Stale)
	}
	day, err := ParseDate("2026-03-01")
	if err != nil {
		t.Fatal(err)
	}
	b.entries[0].Until = &day
	for now, hidden := range map[string]int{"2026-02-28T12:00:00Z": 1, "2026-03-01T23:59:00Z": 1, "2026-03-03T00:00:00Z": 0} {
		at, err := time.Parse(time.RFC3339, now)
		if err != nil {
			t.Fatal(err)
		}
		r := scanPlaced(t, &Policy{Baseline: b, Now: at}, aToken, tree)
		if len(r.Hidden) != hidden || len(r.Stale) != 1-hidden {
			t.Errorf("%s: %d hidden, stale %+v", now, len(r.Hidden), r.Stale)
		}
	}
}

// TestHiddenIsMasked: what is hidden says as little as what is shown.
func TestHiddenIsMasked(t *testing.T) {
	at := &Origin{Path: "dir-" + aToken + "/a"}
	r := scanPlaced(t, &Policy{}, "x "+aToken+" # sluice:allow[prefixed] because "+aToken+" is made up\n", at)
	if len(r.Hidden) != 1 {
		t.Fatalf("findings %+v", r.Findings)
	}
	f := r.Hidden[0]
	for _, text := range []string{f.Suppression.Reason, f.Suppression.Where, f.Occurrences[0].Origin.Path, fmt.Sprint(f.Secret)} {
		if strings.Contains(text, aToken[4:]) || !strings.Contains(text, redaction) {
			t.Errorf("%q", text)
		}
	}
	f.Suppression.Where = ""
	ignores, err := ParseIgnores("ignore", "v1:00000000000000000000000000000000 # not "+aToken, nil)
	if err != nil {
		t.Fatal(err)
	}
	r = scanPlaced(t, &Policy{Ignores: []*IgnoreFile{ignores}, Stale: func([]Circle) bool { return true }}, aToken, at)
	if len(r.Findings) != 1 || len(r.Stale) != 1 || r.Stale[0].Reason != "not "+redaction {
		t.Errorf("stale %+v", r.Stale)
	}
}

// TestNoPolicy: a scan that was given none hides nothing.
func TestNoPolicy(t *testing.T) {
	r := scanPlaced(t, nil, aToken+" # sluice:allow[prefixed] made up, gitleaks:allow", &Origin{Path: "a"})
	if len(r.Findings) != 1 || len(r.Hidden) != 0 || r.Findings[0].Kind != rules.Secret {
		t.Errorf("%+v", r)
	}
}
