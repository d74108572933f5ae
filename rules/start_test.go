package rules

import (
	"runtime"
	"testing"
)

// TestBuiltinLoadsLean holds what loading the built-in rules may cost: every
// scan waits for it. No expression is compiled or even parsed, and a rule takes
// some ten pieces of memory, about as much as it takes to write it down.
func TestBuiltinLoadsLean(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	patterns := func(r *Rule, ps []*Pattern) {
		for _, p := range ps {
			if p.compiled.value != nil {
				t.Errorf("%s: %q is compiled", r.ID, p)
			}
		}
	}
	for _, r := range set.Rules() {
		patterns(r, r.Paths)
		for _, a := range r.Allow {
			patterns(r, a.Regexes)
			patterns(r, a.Paths)
		}
		if r.lazy != nil && (r.lazy.compiled.value != nil || r.lazy.insight.value != nil || r.lazy.parsed.value != nil || r.lazy.run.value.Class != nil) {
			t.Errorf("%s: the expression is worked on", r.ID)
		}
	}
	n := float64(len(set.Rules()))
	if pieces := testing.AllocsPerRun(5, func() { _, _ = Builtin() }) / n; pieces > 15 {
		t.Errorf("%.0f pieces of memory a rule", pieces)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, _ = Builtin()
	runtime.ReadMemStats(&after)
	if bytes := after.TotalAlloc - before.TotalAlloc; bytes > 3*uint64(len(compiled)) {
		t.Errorf("%d bytes, of %d that are embedded", bytes, len(compiled))
	}
}

// TestLoadCompilesNothing: nor does a user's file cost more than it has to.
func TestLoadCompilesNothing(t *testing.T) {
	f, err := Load("x.toml", ruleWith("paths = ['a']", "[[rules.allow]]", "regexes = ['b']"))
	if err != nil {
		t.Fatal(err)
	}
	r := f.Set.Rule("some-rule")
	if r.lazy.compiled.value != nil || r.Paths[0].compiled.value != nil || r.Allow[0].Regexes[0].compiled.value != nil {
		t.Error("an expression is compiled before it is asked")
	}
	if !r.Regexp().MatchString("token-1") || !r.Paths[0].MatchString("a") || !r.Allow[0].Regexes[0].Match([]byte("b")) {
		t.Error("an expression does not match")
	}
}
