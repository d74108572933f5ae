package rules

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

var placed = regexp.MustCompile(`^(?s:.*?):[1-9]\d*: .`)

// FuzzLoad holds that no text makes the loaders panic, that every error and
// warning opens with file and line, and that what loads is sound.
func FuzzLoad(f *testing.F) {
	names, err := filepath.Glob("testdata/gitleaks/*.toml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(text), false)
	}
	set, err := Builtin()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(located, true)
	f.Add(ruleWith("near = ['a']", "[[rules.pairs]]", "rule = 'b'", "[rules.remediation]", "where = 'x'"), true)
	f.Add("rules = [{ id = 'a', allow = [{}], regex = '(?i)[k-s]{3,9}token' }]\n[extend]\npath = 'self.toml'", true)
	f.Fuzz(func(t *testing.T, text string, own bool) {
		g := gitleaks{open: func(string) (string, error) { return text, nil }, builtin: func() (*Set, error) { return set, nil }}
		file, err := g.load("x.gitleaks.toml", text)
		if own {
			file, err = Load("x.toml", text)
		}
		if err != nil {
			if !placed.MatchString(err.Error()) {
				t.Errorf("no file and line: %v", err)
			}
			return
		}
		for _, w := range file.Warnings {
			if !placed.MatchString(w) {
				t.Errorf("no file and line: %s", w)
			}
		}
		for _, r := range file.Set.Rules() {
			if r.ID == "" || r.Title == "" || r.Source == "" || r.Regexp() == nil && r.Expr != "" || r.Expr == "" && len(r.Paths) == 0 {
				t.Errorf("unsound: %+v", r)
			}
			if r.Expr != "" && (len(r.Anchors()) == 0) != (r.Anchoring == Everywhere) {
				t.Errorf("anchoring %v by %+v", r.Anchoring, r.Anchors())
			}
			for _, a := range r.Anchors() {
				if len(a.Literal) < 2 || a.BeforeMin < 0 || a.BeforeMin > a.Before || a.Before > MaxReach || a.After < 0 || a.After > MaxReach {
					t.Errorf("anchor %+v", a)
				}
			}
		}
	})
}

// FuzzDerive holds that what an expression matches in a text has one of the
// expression's anchors in it.
func FuzzDerive(f *testing.F) {
	for _, seed := range [][2]string{
		{`ghp_[0-9A-Za-z]{4}`, "x ghp_a1B2 y"}, {`(?i)(?:pass|pwd)\s*=\s*(\w+)`, "Pwd = x, PASS=y"}, {`(a|b(c|))+token{2,3}?`, "abcabtokennn"},
		{`[^x]{0,3}(?s:.)-key\b`, "é\n-key "}, {`(?:foo)?foobar[Aa]`, "foofoobarA"}, {`\x{FFFD}abc`, "\xffabc"}, {`(?m)^$`, ""}, {`(?:db|x)(?:\+[a-z]*)?://`, "db+a://x:// "},
	} {
		f.Add(seed[0], seed[1])
	}
	f.Fuzz(func(t *testing.T, expr, text string) {
		if len(expr) > 200 || len(text) > 1000 || !utf8.ValidString(expr) || strings.ContainsAny(text, "\u017F\u212A") {
			return // the long s and the Kelvin sign are not looked for
		}
		re, err := regexp.Compile(expr)
		anchors, longest, deriveErr := derive(expr, nil)
		if (err == nil) != (deriveErr == nil) {
			t.Fatalf("%q: %v, but %v", expr, err, deriveErr)
		}
		if err != nil {
			return
		}
		rare, has := run(parsed(expr))
		matches := re.FindAllString(text, -1)
		named, _, _ := derive(expr, openings(matches))
		for _, m := range matches {
			if has && !rare.In([]byte(m)) {
				t.Errorf("%q: no run of %d in %q", expr, rare.Least, m)
			}
			if longest <= MaxReach && len(m) > longest {
				t.Errorf("%q: %q is longer than %d", expr, m, longest)
			}
			if anchors != nil && len(standing(anchors, m)) == 0 {
				t.Errorf("%q: %+v stand not in %q", expr, anchors, m)
			}
			if named != nil && len(standing(named, m)) == 0 {
				t.Errorf("%q: by keywords, %+v stand not in %q", expr, named, m)
			}
		}
		if slices.ContainsFunc(anchors, func(a Anchor) bool { return a.BeforeMin > a.Before || len(a.Literal) < shortestAnchor }) {
			t.Errorf("%q: %+v", expr, anchors)
		}
	})
}
