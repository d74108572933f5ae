package scanner

import (
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

func TestNatural(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"history[4]", "history[10]", -1},
		{"history[14]", "history[15]", -1}, // the numbers begin alike
		{"v1/12", "v1/1", 1},
		{"a007", "a7", 1},
		{"a7b", "a07a", -1},
		{"a1", "a1b", -1},
		{"a1b", "a12", -1},
		{"same/path9", "same/path9", 0},
		{"", "a", -1},
	} {
		if got := natural(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %d, want %d", c.a, c.b, got, c.want)
		}
		if got := natural(c.b, c.a); got != -c.want {
			t.Errorf("%s and %s: %d, want %d", c.b, c.a, got, -c.want)
		}
	}
}

// TestCanonical holds that a PEM block is the same one however it is written.
func TestCanonical(t *testing.T) {
	want := "-----BEGINKEY-----MIIab+c/d=-----ENDKEY-----"
	for _, block := range []string{
		"-----BEGIN KEY-----\nMIIab\n+c/d=\n-----END KEY-----",
		"-----BEGIN KEY-----\r\n\tMIIab+c/d=\r\n-----END KEY-----",
		`-----BEGIN KEY-----\nMIIab\r\n+c/d=\n-----END KEY-----`,
		"-----BEGIN KEY-----\\n\" +\n\"MIIab\", \n\"+c/d=\\\n-----END KEY-----",
	} {
		if got := canonical(block); got != want {
			t.Errorf("%q is %q, want %q", block, got, want)
		}
	}
	if plain := "a b\nc"; canonical(plain) != plain {
		t.Errorf("%q is no PEM block, and is %q", plain, canonical(plain))
	}
}

// TestArrange: an order of findings is what they are put into, each once.
func TestArrange(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for n := range 40 {
		findings, order := make([]Finding, n), random.Perm(n)
		for i := range findings {
			findings[i].Reason = strconv.Itoa(i)
		}
		want := slices.Clone(order)
		arrange(findings, order)
		for i, from := range want {
			if findings[i].Reason != strconv.Itoa(from) {
				t.Fatalf("%v: %s is at %d", want, findings[i].Reason, i)
			}
		}
	}
}

// TestOrderOf: findings are in the order that comparing them says.
func TestOrderOf(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	origins := []*Origin{{Path: "b"}, {Path: "a"}, {Path: "a"}, {Path: "a", Member: "x"}}
	for n := range 60 {
		findings := make([]Finding, n)
		for i := range findings {
			findings[i] = Finding{
				Rule: &rules.Rule{ID: "r" + strconv.Itoa(random.IntN(3))}, Kind: rules.Kind(random.IntN(2)),
				Severity: rules.Severity(random.IntN(4)), Confidence: rules.Confidence(random.IntN(3)),
				Secret:      NewSecret(strconv.Itoa(i), true),
				Occurrences: []Occurrence{{Place: Place{Origin: origins[random.IntN(len(origins))]}, Span: Span{Offset: int64(random.IntN(n))}}},
			}
		}
		order := orderOf(findings)
		for i := range order[:max(0, n-1)] {
			if compareFindings(&findings[order[i]], &findings[order[i+1]]) >= 0 {
				t.Fatalf("of %d findings that at %d is before its neighbour", n, i)
			}
		}
	}
}
