package rules

import (
	"slices"
	"strings"
	"testing"
)

func setOf(t *testing.T, rules ...*Rule) *Set {
	t.Helper()
	s, err := NewSet(rules, nil)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func ids(s *Set) string {
	var out []string
	for _, r := range s.Rules() {
		out = append(out, r.ID+"@"+r.Source)
	}
	return strings.Join(out, " ")
}

func TestNewSet(t *testing.T) {
	a, b := &Rule{ID: "a", Source: "x.toml:1"}, &Rule{ID: "b", Source: "x.toml:9"}
	given := []*Rule{a, b}
	s := setOf(t, given...)
	given[0] = b
	if s.Rule("a") != a || s.Rule("b") != b || s.Rule("c") != nil || ids(s) != "a@x.toml:1 b@x.toml:9" {
		t.Errorf("got %s", ids(s))
	}
	_, err := NewSet([]*Rule{a, b, {ID: "a", Source: "y.toml:3"}}, nil)
	if err == nil || err.Error() != `y.toml:3: rule "a" is already defined at x.toml:1` {
		t.Errorf("got %v", err)
	}
}

func TestMerge(t *testing.T) {
	base := setOf(t, &Rule{ID: "a", Source: "1"}, &Rule{ID: "b", Source: "1"})
	over := setOf(t, &Rule{ID: "c", Source: "2"}, &Rule{ID: "a", Source: "2"})
	base.allow, over.allow = []Allowlist{{Description: "one"}}, []Allowlist{{Description: "two"}}
	merged, err := base.Merge(over)
	if err != nil {
		t.Fatal(err)
	}
	if ids(merged) != "a@2 b@1 c@2" || ids(base) != "a@1 b@1" {
		t.Errorf("merged %s, base %s", ids(merged), ids(base))
	}
	if !slices.EqualFunc(merged.Allow(), []string{"one", "two"}, func(a Allowlist, d string) bool { return a.Description == d }) {
		t.Errorf("allow %+v", merged.Allow())
	}
}

func TestWithout(t *testing.T) {
	s := setOf(t, &Rule{ID: "id"}, &Rule{ID: "secret", Source: "x.toml:1", Pairs: []Pair{{Rule: "id", Required: true}, {Rule: "none"}}}, &Rule{ID: "other"})
	less, err := s.Without("other")
	if err != nil || ids(less) != "id@ secret@x.toml:1" || len(s.Rules()) != 3 {
		t.Errorf("got %s, %v", ids(less), err)
	}
	if _, err := s.Without("nobody"); err == nil || !strings.Contains(err.Error(), `"nobody"`) {
		t.Errorf("got %v", err)
	}
	if _, err := s.Without("id"); err == nil || err.Error() != `x.toml:1: rule "secret" needs the rule "id" beside it, which is not there` {
		t.Errorf("got %v", err)
	}
	if less, err := s.Without("id", "secret"); err != nil || ids(less) != "other@" {
		t.Errorf("got %s, %v", ids(less), err)
	}
}
