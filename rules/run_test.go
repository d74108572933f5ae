package rules

import (
	"bytes"
	"strings"
	"testing"
)

func TestRun(t *testing.T) {
	for expr, want := range map[string]struct {
		least    int
		in, none string // bytes that are in the class, and some that are not
	}{
		`\bS[UAO][A-Z2-7]{56}\b`:           {58, "SUAOZ27", "a18"},
		`[0-9a-f]{32}`:                     {32, "0f", "gA"},
		`x[0-9a-f]{8}(?:-[0-9a-f]{4}){3}`:  {23, "0f-", "gx"},
		`(?i)token[ =]{1,3}[a-z0-9]{40}`:   {40, "aZ0", " ="},
		`(?:[0-9]{20}|[a-f]{30})`:          {20, "0af", "g"},
		`(?:ab[0-9]{30})+`:                 {30, "0", "ab"},
		`key(?:[0-9]{30})?`:                {3, "key", "0"},
		`é[0-9]{10}`:                       {11, "0\xc3\xa9", "a"},
		`(?:\d{10}){2,3}`:                  {20, "0", "a"},
		`[\x{80}-\x{10FFFF}]{8}`:           {8, "\x80\xff", "a"},
		`(?i)k{12}`:                        {12, "kK\xe2", "l"},
		`\x{FFFD}{4}[0-9]{16}`:             {20, "0\xef\x00\xff"[:1], "a"},
		`[^\n]{3,}`:                        {0, "", ""},
		`(?:[0-9]{30}|x)`:                  {0, "", ""},
		`a?b*`:                             {0, "", ""},
		`\d{4}\w{0,3}`:                     {4, "0", "a"},
		`(?s).{9}`:                         {0, "", ""},
		`\b(?:ghp|gho)_[0-9A-Za-z]{36}\b`:  {40, "ghpo_Z9", "-"},
		`-----BEGIN KEY-----\s+[A-Z]{100}`: {100, "A", "-"},
	} {
		r, ok := run(parsed(expr))
		if ok != (want.least > 0) || r.Least != want.least {
			t.Errorf("%s: a run of %d, want %d", expr, r.Least, want.least)
			continue
		}
		for i := range want.in {
			if !r.Class[want.in[i]] {
				t.Errorf("%s: %q is not in the class", expr, want.in[i])
			}
		}
		for i := range want.none {
			if r.Class[want.none[i]] {
				t.Errorf("%s: %q is in the class", expr, want.none[i])
			}
		}
	}
}

func TestRunIn(t *testing.T) {
	r, _ := run(parsed(`[0-9]{16}`))
	digits := strings.Repeat("7", 16)
	for text, want := range map[string]bool{
		"": false, digits: true, digits[1:]: false, "x" + digits + "x": true, digits[1:] + "x" + digits[1:]: false,
		strings.Repeat("x", 99) + digits: true, digits[1:] + "x" + digits: true, strings.Repeat("7777777x", 50) + digits + "x": true,
	} {
		if got := r.In([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
	for n := range 40 { // wherever it stands
		text := bytes.Repeat([]byte("1x"), 40)
		copy(text[n:], digits)
		if !r.In(text) {
			t.Errorf("not found at %d", n)
		}
	}
}

// TestRunsOfBuiltin: what the examples of a rule match holds its run.
func TestRunsOfBuiltin(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	have := 0
	for _, r := range set.Rules() {
		rare, ok := r.Run()
		if !ok {
			continue
		}
		have++
		for _, e := range r.Match {
			text, _, err := e.Expand(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range r.Regexp().FindAll([]byte(text), -1) {
				if !rare.In(m) {
					t.Errorf("%s: no run of %d in %q", r.ID, rare.Least, m)
				}
			}
		}
	}
	if have < 200 {
		t.Errorf("%d rules have a run", have)
	}
}
