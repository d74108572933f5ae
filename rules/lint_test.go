package rules

import (
	"strings"
	"testing"
)

func TestLint(t *testing.T) {
	tests := []struct{ name, text, want string }{
		{"bounded", "regex = 'token-[0-9]{8,40}'", ""},
		{"no end", "regex = 'token-[0-9]+'", "further than 4096 bytes"},
		{"no start", `regex = '\w+-token'`, "further than 4096 bytes"},
		{"reach", "regex = 'token-[0-9]+'\nreach = 500", ""},
		{"keywords", "regex = '[0-9]+-token'\nkeywords = ['token']", "further than 4096 bytes"},
		{"keywords that the expression does not show", "regex = '[0-9]{40}|tok-[0-9]+'\nkeywords = ['acme']", "further than 4096 bytes"},
		{"near", "regex = '[0-9]{40,}'\nnear = ['acme']", "further than 4096 bytes"},
		{"near, bounded", "regex = '[0-9]{40}'\nnear = ['acme']", ""},
		{"near with a reach", "regex = '[0-9]{40,}'\nnear = ['acme']\nreach = 300", ""},
		{"unanchored", "regex = '[0-9]{40}'\nunanchored = true", "it runs over everything"},
		{"by path", "paths = ['id_rsa$']", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f, err := Load("x.toml", "\n[[rules]]\nid = 'some-rule'\ntitle = 'Some rule'\n"+test.text)
			if err != nil {
				t.Fatal(err)
			}
			requireWarning(t, f.Set, `x.toml:2: rule "some-rule": `, test.want)
		})
	}
	t.Run("gitleaks", func(t *testing.T) {
		for expr, want := range map[string]string{"acme-[0-9]+": "further than 4096 bytes", "acme-deploy-token-[0-9]+": "further than 65536 bytes", "acme-[0-9]{40}": "", "[0-9]+": "it runs over everything"} {
			f, err := LoadGitleaks("y.toml", "[[rules]]\nid = 'some-rule'\nregex = '"+expr+"'", nil)
			if err != nil {
				t.Fatal(err)
			}
			requireWarning(t, f.Set, `y.toml:1: rule "some-rule": `, want)
		}
	})
}

// requireWarning wants the one warning that opens with where and holds want,
// none if that is empty.
func requireWarning(t *testing.T, s *Set, where, want string) {
	t.Helper()
	got := Lint(s)
	switch {
	case want == "" && len(got) > 0:
		t.Errorf("got %q, want none", got)
	case want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], where) || !strings.Contains(got[0], want)):
		t.Errorf("got %q, want %s...%s", got, where, want)
	}
}

// TestNearReach holds that a reach narrows the window round the words, and
// never widens it.
func TestNearReach(t *testing.T) {
	for reach, want := range map[string]int{"": NearReach, "reach = 300": 300, "reach = 60000": NearReach} {
		f, err := Load("x.toml", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = '[0-9]{40,}'\nnear = ['acme']\n"+reach)
		if err != nil {
			t.Fatal(err)
		}
		if a := f.Set.Rule("a").Anchors()[0]; a.Before != want || a.After != want {
			t.Errorf("%q: %+v, want %d", reach, a, want)
		}
	}
}

// TestBuiltinIsBounded: what ships is bounded by its authors.
func TestBuiltinIsBounded(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, warning := range Lint(set) {
		t.Error(warning)
	}
}
