package rules

import (
	"slices"
	"strings"
	"testing"
)

// ruleWith is a rule that loads, from line 1 to 4, with more lines behind it.
func ruleWith(lines ...string) string {
	return "[[rules]]\nid = \"some-rule\"\ntitle = \"Some rule\"\nregex = 'token-[0-9]+'\n" + strings.Join(lines, "\n")
}

func TestLoadRefuses(t *testing.T) {
	nested := strings.Repeat("(", 999) + "token" + strings.Repeat(")", 999)
	tests := []struct{ name, text, want string }{
		{"syntax", "[[rules]]\nid = \"a\nb\"", "x.toml:2: "},
		{"unknown key", ruleWith("color = 'red'"), `x.toml:5: unknown key "rules.color"`},
		{"unknown key of the second rule", ruleWith("", ruleWith("color = 'red'")), `x.toml:10: unknown key "rules.color"`},
		{"unknown table", ruleWith("[rules.style]", "color = 'red'"), `x.toml:5: unknown key "rules.style"`},
		{"unknown key in a string before it", ruleWith("match = ['''", "color = 1", "''']", "color = 1"), `x.toml:8: unknown key "rules.color"`},
		{"unknown key of an inline table", ruleWith("allow = [", "  { color = 'red', paths = ['a'] } ]"), `x.toml:5: unknown key "rules.allow.color"`},
		{"key of gitleaks", ruleWith("secretGroup = 1"), `x.toml:5: unknown key "rules.secretGroup"`},
		{"wrong type", ruleWith("", ruleWith("tags = 1")), "x.toml:10: rules.tags: incompatible types"},
		{"wrong type in an allow list", ruleWith("[[rules.allow]]", "paths = [1]"), "x.toml:6: rules.allow.paths: incompatible types"},
		{"rules are no tables", "rules = 1", "x.toml:1: "},
		{"unknown severity", ruleWith("severity = 'dire'", ruleWith("severity = 'low'")), `x.toml:5: unknown severity "dire" (one of [low medium high critical])`},
		{"unknown confidence", ruleWith("confidence = 'certain'"), `x.toml:5: unknown confidence "certain"`},
		{"unknown kind", ruleWith("kind = 'Secret'"), `x.toml:5: unknown kind "Secret"`},
		{"id", "[[rules]]\ntitle = 'A'\nregex = 'token'\nid = 'Some_Rule'", `x.toml:4: rule "Some_Rule": the id must be`},
		{"no id", "\n[[rules]]\ntitle = 'A'\nregex = 'token'", `x.toml:2: rule "": the id must be`},
		{"no title", "[[rules]]\nid = 'a'\nregex = 'token'", `x.toml:1: rule "a": a title is missing`},
		{"neither regex nor paths", "[[rules]]\nid = 'a'\ntitle = 'A'", "neither regex nor paths is given"},
		{"bad regex", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = 'token('", "x.toml:4: rule \"a\": error parsing regexp: missing closing ): `token(`"},
		{"too large a repeat", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = '(token{1000}){1000}'", `x.toml:4: rule "a": error parsing regexp: invalid repeat count`},
		{"nested too deeply to be pinned", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = '" + nested + "'", `x.toml:4: rule "a": error parsing regexp: expression nests too deeply`},
		{"bad path", ruleWith("paths = ['ok',", "'[']"), "x.toml:5: rule \"some-rule\": error parsing regexp: missing closing ]: `[`"},
		{"no anchor", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = '[0-9]+'", `x.toml:1: rule "a": no literal of three bytes or more`},
		{"short keyword", ruleWith("keywords = ['token', 't']"), `x.toml:5: rule "some-rule": the anchor "t" is too short`},
		{"short near", ruleWith("near = ['']"), `x.toml:5: rule "some-rule": the anchor "" is too short`},
		{"keywords and near", ruleWith("near = ['aws']", "keywords = ['token']"), "only one can be given"},
		{"keywords and unanchored", ruleWith("keywords = ['token']", "unanchored = true"), "only one can be given"},
		{"secret group", ruleWith("secret_group = 1"), `x.toml:5: rule "some-rule": secret_group 1: the expression has 0 groups`},
		{"two secret groups", "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = 'token(?P<secret>.)(.)'\nsecret_group = 2", "x.toml:5: rule \"a\": both secret_group and"},
		{"checksum", ruleWith("checksum = 'luck'"), `x.toml:5: rule "some-rule": unknown checksum "luck"`},
		{"judge", ruleWith("judge = 'dredd'"), `x.toml:5: rule "some-rule": unknown judge "dredd"`},
		{"reach", ruleWith("reach = 65537"), "x.toml:5: rule \"some-rule\": reach 65537 is not within"},
		{"entropy", ruleWith("entropy = 9.0"), "x.toml:5: rule \"some-rule\": entropy 9 is not within"},
		{"pair without a rule", ruleWith("[[rules.pairs]]", "lines = 1"), "x.toml:5: rule \"some-rule\": a pair names no rule"},
		{"pair too wide", ruleWith("[[rules.pairs]]", "rule = 'b'", "bytes = 65537"), "x.toml:5: rule \"some-rule\": a pair within 65537 bytes"},
		{"allow list of a rule", ruleWith("[[rules.allow]]", "paths = ['a']", "[[rules.allow]]", "regexes = ['(']"), "x.toml:8: rule \"some-rule\": error parsing regexp"},
		{"allow list", "[[allow]]\npaths = ['a']\ncondition = 'AND'", `x.toml:3: allow: unknown condition "AND" (any or all)`},
		{"allow target", "[[allow]]\nregexes = ['a']\ntarget = 'file'", `x.toml:3: allow: unknown target "file"`},
		{"allow nothing", "[[allow]]\ndescription = 'a'", "x.toml:1: allow: nothing is allowed"},
		{"allow everything", "[[allow]]\npaths = ['a']\nstopwords = ['']", "x.toml:3: allow: an empty string would allow everything"},
		{"one id twice", ruleWith("", ruleWith()), `x.toml:6: rule "some-rule" is already defined at x.toml:1`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load("x.toml", test.text)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			requirePlaces(t, err)
		})
	}
}

// requirePlaces holds every line of an error to open with file and line.
func requirePlaces(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	for _, line := range strings.Split(err.Error(), "\n") {
		file, rest, _ := strings.Cut(line, ":")
		n, _, _ := strings.Cut(rest, ": ")
		if !strings.HasSuffix(file, ".toml") || n == "" || strings.Trim(n, "0123456789") != "" {
			t.Errorf("no file and line: %s", line)
		}
	}
}

func TestLoadJoinsErrors(t *testing.T) {
	_, err := Load("x.toml", "[[rules]]\nid = 'a'\n[[rules]]\nid = 'b'\ntitle = 'B'\nregex = '('\n[[allow]]\n")
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok || len(joined.Unwrap()) != 3 {
		t.Errorf("got %v, want three errors", err)
	}
}

func TestLoad(t *testing.T) {
	f, err := Load("x.toml", `
[extend]
builtin = false
disable = ["other-rule"]

[[rules]]
id = "some-rule"
title = "Some rule"
kind = "identifier"
severity = "critical"
confidence = "high"
regex = '(?i)Token-(?P<name>[a-z]+)-(?P<secret>[0-9]{8})'
keywords = ["Token-"]
paths = ['\.env$']

[[rules.pairs]]
rule = "elsewhere"
lines = 3
required = true

[[rules.allow]]
stopwords = ["EXAMPLE"]
condition = "all"

[[rules]]
id = "by-path"
title = "By path"
paths = ['id_rsa$']

[[allow]]
regexes = ['^x+$']
target = "line"
rules = ["some-rule"]
`)
	if err != nil {
		t.Fatal(err)
	}
	if f.Builtin || !slices.Equal(f.Disable, []string{"other-rule"}) || len(f.Warnings) > 0 {
		t.Errorf("got %+v", f)
	}
	r := f.Set.Rule("some-rule")
	if r.Kind != Identifier || r.Severity != Critical || r.Confidence != Certain || r.SecretGroup != 2 || r.Source != "x.toml:6" {
		t.Errorf("got %+v", r)
	}
	if want := []Anchor{{Literal: "token-", After: r.Anchors()[0].After}}; !slices.Equal(r.Anchors(), want) {
		t.Errorf("anchors %+v, want %+v", r.Anchors(), want)
	}
	if !r.Paths[0].MatchString("app/.env") || r.Allow[0].StopWords[0] != "example" || !r.Allow[0].All {
		t.Errorf("got %+v", r)
	}
	if p := f.Set.Rule("by-path"); p.Regexp() != nil || len(p.Anchors()) > 0 || p.Severity != Medium || p.Confidence != Plausible {
		t.Errorf("got %+v", p)
	}
	if a := f.Set.Allow()[0]; a.Target != OnLine || a.All || !slices.Equal(a.Rules, []string{"some-rule"}) {
		t.Errorf("got %+v", a)
	}
	if f, err := Load("empty.toml", ""); err != nil || !f.Builtin {
		t.Errorf("an empty file: %+v, %v", f, err)
	}
}

func TestLevels(t *testing.T) {
	for _, s := range []Severity{Low, Medium, High, Critical} {
		text, err := s.MarshalText()
		var back Severity
		if err != nil || back.UnmarshalText(text) != nil || back != s || s.String() != string(text) {
			t.Errorf("%v becomes %s becomes %v", s, text, back)
		}
	}
	for _, c := range []Confidence{Doubtful, Plausible, Certain} {
		text, err := c.MarshalText()
		var back Confidence
		if err != nil || back.UnmarshalText(text) != nil || back != c {
			t.Errorf("%v becomes %s becomes %v", c, text, back)
		}
	}
	for _, k := range []Kind{Secret, Identifier} {
		text, err := k.MarshalText()
		var back Kind
		if err != nil || back.UnmarshalText(text) != nil || back != k {
			t.Errorf("%v becomes %s becomes %v", k, text, back)
		}
	}
	if !(Low < Medium && Medium < High && High < Critical && Doubtful < Plausible && Plausible < Certain) {
		t.Error("the levels are out of order")
	}
}
