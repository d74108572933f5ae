package rules

import (
	"regexp/syntax"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// trees compares parsed expressions with all that they mean.
var trees = cmp.Options{cmpopts.IgnoreFields(syntax.Regexp{}, "Sub0", "Rune0"), cmpopts.EquateEmpty()}

// TestInsights holds what the compiled form says of the expressions of the
// built-in rules to be what they say.
func TestInsights(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	tails, runs := 0, 0
	for _, r := range fromTOML(t).Rules() {
		got := set.Rule(r.ID)
		if r.Expr == "" {
			continue
		}
		if got.lazy.carried() == nil {
			t.Fatalf("%s: nothing is carried", r.ID)
		}
		if diff := cmp.Diff(r.Syntax(), got.Syntax(), trees); diff != "" {
			t.Errorf("%s: syntax: %s", r.ID, diff)
		}
		if got.Syntax().String() != r.Syntax().String() {
			t.Errorf("%s: %s, want %s", r.ID, got.Syntax(), r.Syntax())
		}
		if diff := cmp.Diff(r.Tail(), got.Tail(), trees); diff != "" {
			t.Errorf("%s: tail: %s", r.ID, diff)
		}
		want, has := r.Run()
		run, ok := got.Run()
		if diff := cmp.Diff(want, run); diff != "" || ok != has {
			t.Errorf("%s: run: %v, want %v: %s", r.ID, ok, has, diff)
		}
		if r.Tail() != nil {
			tails++
		}
		if has {
			runs++
		}
	}
	if tails == 0 || runs == 0 {
		t.Errorf("%d tails, %d runs: too few to tell", tails, runs)
	}
}

// TestTree carries what the built-in rules do not have.
func TestTree(t *testing.T) {
	for _, expr := range []string{``, `a*?b+?c??`, `(?P<n>x{2,}?|[^\n]{0})`, `(?s:.)(?m:^$)\A\z\b\B(?i:ſk)`, `\pL[^\x00-\x{10FFFF}]`, `(((a)|)|b){3,7}`} {
		want := parsed(expr)
		var w writer
		tree(&w, want)
		r := &reader{form: string(w.form)}
		got := tree(r, nil)
		if diff := cmp.Diff(want, got, trees); diff != "" || r.short || r.at != len(r.form) {
			t.Errorf("%q: %d of %d bytes: %s", expr, r.at, len(r.form), diff)
		}
	}
}
