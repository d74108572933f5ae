package rules

import (
	"errors"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// loadGitleaks loads a configuration whose extended files are given.
func loadGitleaks(text string, files map[string]string) (*File, error) {
	return LoadGitleaks(".gitleaks.toml", text, func(path string) (string, error) {
		if text, ok := files[path]; ok {
			return text, nil
		}
		return "", errors.New("no such file")
	})
}

func mustLoadGitleaks(t *testing.T, text string, files map[string]string) *File {
	t.Helper()
	f, err := loadGitleaks(text, files)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func requireWarnings(t *testing.T, f *File, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, f.Warnings); diff != "" {
		t.Errorf("warnings: %s", diff)
	}
}

// TestGitleaksFiles loads the configurations in testdata, which have among
// them what configurations of public projects were seen to have, and holds the
// warnings to those that the files name in lines "# warning: ".
func TestGitleaksFiles(t *testing.T) {
	names, err := filepath.Glob("testdata/gitleaks/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	for _, name := range names {
		t.Run(filepath.Base(name), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			f, err := LoadFile(filepath.Base(name), string(text), func(path string) (string, error) {
				extended, err := os.ReadFile(filepath.Join("testdata/gitleaks", path))
				return string(extended), err
			})
			if err != nil {
				t.Fatal(err)
			}
			var want []string
			for line := range strings.Lines(string(text)) {
				if w, ok := strings.CutPrefix(strings.TrimSpace(line), "# warning: "); ok {
					want = append(want, w)
				}
			}
			requireWarnings(t, f, want...)
			if _, err := f.Apply(); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestGitleaksRule(t *testing.T) {
	f := mustLoadGitleaks(t, `
title = "ours"
minVersion = "v8.25.0"

[[rules]]
id = "Team_Token 1"
description = """
A token of the team.
Made by hand."""
regex = '''(?i)(team)[_-]token\s*=\s*"([0-9a-f]{32})"'''
secretGroup = 2
entropy = 3.5
path = '''\.(?:env|ya?ml)$'''
keywords = ["TEAM"]
tags = ["team", "token"]

[[rules]]
id = "by-path"
path = '''\.p12$'''
`, nil)
	r := f.Set.Rule("Team_Token 1")
	got := fmt.Sprintf("%s|%s|%v %v %v %d %v %v %v %v %s", r.Title, r.Description, r.Kind, r.Severity, r.Confidence, r.SecretGroup, r.Entropy, r.Paths, r.Keywords, r.Tags, r.Source)
	want := "A token of the team.|A token of the team.\nMade by hand.|secret medium medium 2 3.5 [\\.(?:env|ya?ml)$] [TEAM] [team token] .gitleaks.toml:5"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
	if r.Anchoring != Inside || r.Regexp().FindString(`team-token = "0123456789abcdef0123456789abcdef"`) == "" {
		t.Errorf("anchoring %v, expression %v", r.Anchoring, r.Regexp())
	}
	if p := f.Set.Rule("by-path"); p.Title != "by-path" || p.Regexp() != nil || !p.Paths[0].MatchString("a/b.p12") {
		t.Errorf("got %+v", p)
	}
	if f.Builtin || f.Disable != nil {
		t.Errorf("builtin %v, disable %v", f.Builtin, f.Disable)
	}
	requireWarnings(t, f)
}

func TestGitleaksAnchoring(t *testing.T) {
	tests := []struct {
		name, rule string
		want       Anchoring
		literals   string
	}{
		{"keyword in the literal", `regex = 'my_token=[0-9]+'` + "\n" + `keywords = ["token"]`, Inside, "my_token="},
		{"keyword within, but not the best literal", `regex = 'id=[0-9]+;token'` + "\n" + `keywords = ["id"]`, Inside, "id"},
		{"keyword elsewhere", `regex = '[0-9]{9}token'` + "\n" + `keywords = ["Acme", "corp"]`, Near, "acme corp"},
		{"keyword in one branch", `regex = '(?:akia|asia)[0-9]+'` + "\n" + `keywords = ["akia"]`, Near, "akia"},
		{"keyword and no literal", `regex = '[0-9a-f]{32}'` + "\n" + `keywords = ["acme"]`, Near, "acme"},
		{"keyword of one byte", `regex = 'token=[0-9]+'` + "\n" + `keywords = ["acme", "="]`, Inside, "token="},
		{"empty keyword", `regex = 'token=[0-9]+'` + "\n" + `keywords = [""]`, Inside, "token="},
		{"no keyword", `regex = 'token=[0-9]+'`, Inside, "token="},
		{"two bytes, close by", `regex = 'fb[0-9]{20}'`, Inside, "fb"},
		{"two bytes, no bound", `regex = 'fb.*[0-9]{20}'`, Everywhere, ""},
		{"nothing", `regex = '[0-9a-f]{32}'`, Everywhere, ""},
		{"letters of another alphabet", `regex = '[0-9]{9}'` + "\n" + `keywords = ["Пароль"]`, Near, "Пароль пароль ПАРОЛЬ"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := mustLoadGitleaks(t, "[[rules]]\nid = 'a'\n"+test.rule, nil)
			r := f.Set.Rule("a")
			var literals []string
			for _, a := range r.Anchors() {
				literals = append(literals, a.Literal)
			}
			if r.Anchoring != test.want || strings.Join(literals, " ") != test.literals {
				t.Errorf("anchoring %v by %q, want %v by %q", r.Anchoring, literals, test.want, test.literals)
			}
			if slow := len(f.Warnings) > 0; slow != (test.want == Everywhere) {
				t.Errorf("warnings %q", f.Warnings)
			}
		})
	}
}

func TestGitleaksReach(t *testing.T) {
	f := mustLoadGitleaks(t, "[[rules]]\nid = 'short'\nregex = 'token=.*'\n[[rules]]\nid = 'long'\nregex = '-----BEGIN KEY[\\s\\S]*END'", nil)
	if got := f.Set.Rule("short").Anchors()[0].After; got != defaultReach {
		t.Errorf("a short literal reaches %d", got)
	}
	if got := f.Set.Rule("long").Anchors()[0].After; got != MaxReach {
		t.Errorf("a long literal reaches %d", got)
	}
}

func TestGitleaksAllowlists(t *testing.T) {
	f := mustLoadGitleaks(t, `
[allowlist]
description = "one table"
regexes = '''one string'''
stopwords = ["Example"]
commits = [" ABCDEF0123456789abcdef0123456789abcdef01 "]

[[allowlists]]
description = "an array"
paths = ['''^docs/''', '''\.md$''']
regexTarget = "line"
regexes = ['''notsecret''']
condition = "&&"

[[rules]]
id = "a"
regex = 'token-[0-9]+'
[rules.allowlist]
regexTarget = "match"
regexes = ['''x''']
[[rules.allowlists]]
condition = "or"
stopwords = ["y"]

[[rules]]
id = "b"
regex = 'token=[0-9]+'
[[rules.allowlist]]
paths = ['''z''']
[[rules.allowlist]]
condition = "AND"
paths = ['''q''']
`, nil)
	describe := func(lists []Allowlist) string {
		var out []string
		for _, a := range lists {
			out = append(out, fmt.Sprintf("%v %v %v %v %v %v", a.All, a.Regexes, a.Target, a.StopWords, a.Paths, a.Commits))
		}
		return strings.Join(out, "\n")
	}
	for _, c := range []struct {
		got  []Allowlist
		want string
	}{
		{f.Set.Allow(), "false [one string] 0 [example] [] [abcdef0123456789abcdef0123456789abcdef01]\ntrue [notsecret] 2 [] [^docs/ \\.md$] []"},
		{f.Set.Rule("a").Allow, "false [x] 1 [] [] []\nfalse [] 0 [y] [] []"},
		{f.Set.Rule("b").Allow, "false [] 0 [] [z] []\ntrue [] 0 [] [q] []"},
	} {
		if got := describe(c.got); got != c.want {
			t.Errorf("got\n%s\nwant\n%s", got, c.want)
		}
	}
	requireWarnings(t, f)
}

func TestGitleaksRefuses(t *testing.T) {
	rule := "[[rules]]\nid = 'a'\nregex = 'token'\n"
	tests := []struct{ name, text, want string }{
		{"syntax", "[[rules]]\nid = 'a", ".gitleaks.toml:2: "},
		{"bad regex", "[[rules]]\nid = 'a'\ndescription = 'b'\nregex = '''(?!token)'''", ".gitleaks.toml:4: rule \"a\": error parsing regexp: invalid or unsupported Perl syntax: `(?!`"},
		{"bad path", "[[rules]]\nid = 'a'\npath = '*.env'", ".gitleaks.toml:3: rule \"a\": error parsing regexp: missing argument"},
		{"bad allow list of a rule", rule + "[rules.allowlist]\npaths = [\n'''*.md''']", ".gitleaks.toml:5: allow list: error parsing regexp"},
		{"bad allow list", "[[allowlists]]\npaths = ['a']\n[[allowlists]]\nregexes = ['(']", ".gitleaks.toml:4: allow list: error parsing regexp"},
		{"condition", "[allowlist]\npaths = ['a']\ncondition = 'XOR'", `.gitleaks.toml:3: allow list: unknown condition "XOR"`},
		{"regexTarget", "[allowlist]\nregexes = ['a']\nregexTarget = 'commit'", `.gitleaks.toml:3: allow list: unknown regexTarget "commit"`},
		{"secretGroup", rule + "secretGroup = 1", `.gitleaks.toml:4: rule "a": secretGroup 1: the expression has 0 groups`},
		{"secretGroup below zero", rule + "secretGroup = -1", `.gitleaks.toml:4: rule "a": secretGroup -1`},
		{"wrong type", rule + "keywords = [1]", ".gitleaks.toml:4: a list of strings holds 1"},
		{"wrong type of the first of two", rule + "entropy = 'x'\n" + strings.ReplaceAll(rule, "'a'", "'b'") + "entropy = 3", ".gitleaks.toml:4: rules.entropy: incompatible types"},
		{"neither regex nor path", "[[rules]]\nid = 'b'\npath = 'x'\n[[rules]]\nid = 'a'", `.gitleaks.toml:4: rule "a": neither regex nor path is given`},
		{"no name", "[[rules]]\nregex = 'token'", `.gitleaks.toml:1: rule "": neither id nor description is given`},
		{"required without an id", rule + "[[rules.required]]\nwithinLines = 2", ".gitleaks.toml:4: rule \"a\": required names no rule"},
		{"path and useDefault", "[extend]\nuseDefault = true\npath = 'base.toml'", ".gitleaks.toml:3: of path and useDefault only one can be given"},
		{"extended file missing", "[extend]\npath = 'none.toml'", ".gitleaks.toml:2: extend none.toml: no such file"},
		{"extended file bad", "[extend]\npath = 'bad.toml'", "bad.toml:2: rule \"a\": error parsing regexp"},
		{"cycle", "[extend]\npath = './self.toml'", "self.toml:2: self.toml extends itself"},
		{"three files deep", "[extend]\npath = 'one.toml'", "two.toml:2: three.toml is more than 2 files deep"},
	}
	files := map[string]string{
		"bad.toml":    "[[rules]]\nregex = '('\nid = 'a'",
		"./self.toml": "[extend]\npath = 'self.toml'",
		"one.toml":    "[extend]\npath = 'two.toml'",
		"two.toml":    "[extend]\npath = 'three.toml'",
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := loadGitleaks(test.text, files)
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want %s", err, test.want)
			}
			requirePlaces(t, err)
		})
	}
}

func TestGitleaksWarns(t *testing.T) {
	f := mustLoadGitleaks(t, `
[extend]
url = "https://example.com/x.toml"
[[rules]]
id = "a"
regex = 'token-[0-9]+'
severity = "HIGH"
[[rules.entropies]]
Min = "4.5"
[[rules]]
id = "a"
regex = 'token=[0-9]+'
[rules.allowlist]
targetRules = ["a"]
regexes = ['''''', 'x']
[[rules.required]]
id = "b"
withinColumns = 5
withinLines = 0
[[rules.required]]
id = "nobody"
[[rules]]
description = "No id: 1"
regex = 'other-[0-9]+'
[[rules]]
description = "no ID, 1"
regex = 'another-[0-9]+'
[[rules]]
id = "b"
regex = 'b_token'
skipReport = true
[detect]
level = "x"
[[allowlists]]
targetRules = ["nobody"]
paths = ['x']
`, nil)
	requireWarnings(t, f,
		".gitleaks.toml:13: an empty string, which would allow everything, has no effect",
		".gitleaks.toml:13: targetRules has no effect in the allow list of a rule",
		`.gitleaks.toml:10: rule "a" is already defined at .gitleaks.toml:4; this one holds`,
		".gitleaks.toml:1: rules without an id are called after their descriptions: 2",
		`.gitleaks.toml:7: unknown key "rules.severity": it has no effect`,
		`.gitleaks.toml:8: unknown key "rules.entropies": it has no effect`,
		`.gitleaks.toml:32: unknown key "detect": it has no effect`,
		".gitleaks.toml:3: url has no effect: nothing is fetched",
		".gitleaks.toml:16: withinLines = 0 is read as 1",
		".gitleaks.toml:16: withinColumns has no effect",
		`.gitleaks.toml:20: required has no effect: 0 rules answer to "nobody"`,
		`.gitleaks.toml:34: targetRules: there is no rule "nobody"`,
	)
	a := f.Set.Rule("a")
	if a.Expr != "token=[0-9]+" || !slices.Equal(a.Pairs, []Pair{{Rule: "b", Lines: 1, Required: true}}) || len(a.Allow[0].Regexes) != 1 {
		t.Errorf("got %+v", a)
	}
	if f.Set.Rule("no-id-1") == nil || f.Set.Rule("no-id-1-2") == nil || f.Set.Rule("b").Kind != Identifier || len(f.Set.Allow()) != 0 {
		t.Errorf("got %s and allow lists %+v", ids(f.Set), f.Set.Allow())
	}
}

func TestGitleaksExtendsFile(t *testing.T) {
	f := mustLoadGitleaks(t, `
[extend]
path = "ci/base.toml"
disabledRules = ["gone", "mine", "nobody"]
[[rules]]
id = "changed"
description = "Mine"
keywords = ["extra"]
tags = ["mine"]
[[rules.allowlists]]
paths = ['''mine''']
[[rules]]
id = "mine"
regex = 'mine-[0-9]+'
[[allowlists]]
paths = ['''global''']
[[allowlists]]
paths = ['''both''']
targetRules = ["changed", "kept", "gone"]
[[allowlists]]
paths = ['''none''']
targetRules = ["gone"]
`, map[string]string{"ci/base.toml": `
[[rules]]
id = "changed"
description = "Theirs"
regex = '(base)-([0-9]+)'
secretGroup = 2
entropy = 2.5
keywords = ["base"]
tags = ["base"]
[[rules.allowlists]]
paths = ['''base''']
[[rules]]
id = "gone"
regex = 'gone-[0-9]+'
[[rules]]
id = "mine"
regex = 'theirs-[0-9]+'
entropy = 4
[[rules]]
id = "kept"
regex = 'kept-[0-9]+'
[[allowlists]]
paths = ['''theirs''']
`})
	if got := ids(f.Set); got != "changed@.gitleaks.toml:5 mine@.gitleaks.toml:12 kept@ci/base.toml:19" {
		t.Errorf("got %s", got)
	}
	r := f.Set.Rule("changed")
	got := fmt.Sprint(r.Title, r.Expr, r.SecretGroup, r.Entropy, r.Keywords, r.Tags, len(r.Allow))
	if want := "Mine(base)-([0-9]+)2 2.5 [base extra] [base mine] 2"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if m := f.Set.Rule("mine"); m.Expr != "mine-[0-9]+" || m.Entropy != 0 {
		t.Errorf("got %+v", m)
	}
	allow := f.Set.Allow()
	if len(allow) != 3 || !slices.Equal(allow[1].Rules, []string{"changed", "kept"}) || allow[2].Paths[0].String() != "theirs" {
		t.Errorf("got %+v", allow)
	}
	if f.Builtin {
		t.Error("the built-in rules are wanted")
	}
}

func TestGitleaksExtendsBuiltin(t *testing.T) {
	f := mustLoadGitleaks(t, `
[extend]
useDefault = true
disabledRules = ["slack-bot-token", "adobe-client-id", "twilio-account-sid", "nobody"]

# Changes each of ours that gitleaks' stands for.
[[rules]]
id = "github-app-token"
entropy = 3.0
path = '''\.env$'''
secretGroup = 1
[[rules.allowlists]]
stopwords = ["mine"]

# Takes the place of ours.
[[rules]]
id = "gitlab-pat"
regex = '''MYGL-[0-9A-Za-z_-]{20}'''

# There is none of ours to change.
[[rules]]
id = "adafruit-api-key"
[[rules.allowlists]]
stopwords = ["mine"]

[[allowlists]]
targetRules = ["github-app-token", "gitlab-pat", "slack-bot-token", "adafruit-api-key", "github-refresh-token"]
paths = ['''x''']

[[allowlists]]
targetRules = ["slack-bot-token", "adobe-client-id"]
paths = ['''y''']
`, nil)
	requireWarnings(t, f,
		`.gitleaks.toml:4: disabledRules: there is no rule "nobody"`,
		`.gitleaks.toml:11: secretGroup has no effect: the built-in rule "github-app-installation-token" has another expression`,
		`.gitleaks.toml:11: secretGroup has no effect: the built-in rule "github-app-installation-jwt" has another expression`,
		`.gitleaks.toml:11: secretGroup has no effect: the built-in rule "github-app-user-token" has another expression`,
		`.gitleaks.toml:21: rule "adafruit-api-key" has no effect: it has neither regex nor path, and there is no built-in rule for it`,
	)
	set, err := f.Apply()
	if err != nil {
		t.Fatal(err)
	}
	base, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(set.Rules()), len(base.Rules())-2; got != want { // one replaced by another, two disabled
		t.Errorf("%d rules, want %d", got, want)
	}
	for _, id := range []string{"slack-bot-token", "gitlab-access-token", "twilio-account-sid", "adafruit-api-key"} {
		if set.Rule(id) != nil {
			t.Errorf("rule %q is there", id)
		}
	}
	app, was := set.Rule("github-app-user-token"), base.Rule("github-app-user-token")
	if app.Expr != was.Expr || app.Entropy != 3 || len(app.Allow) != len(was.Allow)+1 || len(app.Paths) != 1 || app.Checksum != was.Checksum {
		t.Errorf("got %+v", app)
	}
	pat := set.Rule("gitlab-pat")
	if pat.Title != base.Rule("gitlab-access-token").Title || pat.Remediation.Revoke == "" || pat.Kind != Secret || pat.SecretGroup != -1 {
		t.Errorf("got %+v", pat)
	}
	want := []string{"github-app-installation-token", "github-app-installation-jwt", "github-app-user-token", "gitlab-pat", "github-refresh-token"}
	allow := set.Allow()
	if len(allow) != len(base.Allow())+1 || !slices.Equal(allow[len(allow)-1].Rules, want) {
		t.Errorf("got %+v", allow)
	}
}

// TestGitleaksDisablesWhatPairs disables a rule that another one needs.
func TestGitleaksDisablesWhatPairs(t *testing.T) {
	f := mustLoadGitleaks(t, "[extend]\nuseDefault = true\ndisabledRules = ['aws-access-token']", nil)
	set, err := f.Apply()
	if err != nil {
		t.Fatal(err)
	}
	if set.Rule("aws-access-key-id") != nil || set.Rule("aws-secret-access-key") == nil {
		t.Errorf("disabled are %v", f.Disable)
	}
	own := mustLoadGitleaks(t, "[extend]\nuseDefault = true\ndisabledRules = ['aws-access-token']\n[[rules]]\nid = 'aws-access-key-id'\nregex = 'AKIAMINE[0-9]+'", nil)
	set, err = own.Apply()
	if err != nil {
		t.Fatal(err)
	}
	if r := set.Rule("aws-access-key-id"); r == nil || r.Expr != "AKIAMINE[0-9]+" {
		t.Errorf("got %+v", r)
	}
}

// TestGitleaksWithoutRules holds that a file that could find nothing gets the
// built-in rules.
func TestGitleaksWithoutRules(t *testing.T) {
	for _, text := range []string{"", "[allowlist]\npaths = ['x']", "[[rules]]\nid = 'jwt'\n[[rules.allowlists]]\npaths = ['x']"} {
		f := mustLoadGitleaks(t, text, nil)
		set, err := f.Apply()
		if err != nil {
			t.Fatal(err)
		}
		if set.Rule("jwt") == nil || len(f.Warnings) != 1 || !strings.Contains(f.Warnings[0], "the built-in rules are used") {
			t.Errorf("%q: warnings %q", text, f.Warnings)
		}
	}
}

func TestGitleaksRequired(t *testing.T) {
	f := mustLoadGitleaks(t, `
[extend]
useDefault = true
[[rules]]
id = "pair"
regex = 'pair-[0-9]+'
[[rules.required]]
id = "github-pat"
withinLines = 3
[[rules.required]]
id = "private-key"
`, nil)
	if got := f.Set.Rule("pair").Pairs; !slices.Equal(got, []Pair{{Rule: "github-personal-access-token", Lines: 3, Required: true}}) {
		t.Errorf("got %+v", got)
	}
	if len(f.Warnings) != 1 || !regexp.MustCompile(`^\.gitleaks\.toml:10: required has no effect: \d+ rules answer to "private-key"$`).MatchString(f.Warnings[0]) {
		t.Errorf("warnings %q", f.Warnings)
	}
}

// TestGitleaksIDs holds that every rule the published list names is there.
func TestGitleaksIDs(t *testing.T) {
	published, err := gitleaksIDs()
	if err != nil {
		t.Fatal(err)
	}
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, id := range slices.Sorted(maps.Keys(published)) {
		for _, ours := range published[id] {
			if set.Rule(ours) == nil {
				t.Errorf("%s: there is no rule %q", id, ours)
			}
		}
	}
	for _, r := range set.Rules() {
		if ours, theirs := published[r.ID]; theirs && len(ours) == 0 {
			t.Errorf("%s is said to have no counterpart", r.ID)
		}
	}
}

func TestLoadFile(t *testing.T) {
	own, foreign := "[[rules]]\nid = 'a'\ntitle = 'A'\nregex = 'token'\n", "[[rules]]\nid = 'a'\nregex = 'token'\n"
	tests := []struct {
		name, file, text string
		gitleaks         bool
	}{
		{"ours", "x.toml", own, false},
		{"a title is ours, whatever the name", ".gitleaks.toml", own, false},
		{"no title", "x.toml", foreign, true},
		{"title of the file", "x.toml", "title = 'x'", true},
		{"allow", ".gitleaks.toml", "[[allow]]\npaths = ['a']", false},
		{"allowlist", ".sluice.toml", "[allowlist]\npaths = ['a']", true},
		{"allowlists", ".sluice.toml", "[[allowlists]]\npaths = ['a']", true},
		{"extend builtin", ".gitleaks.toml", "[extend]\nbuiltin = true", false},
		{"extend useDefault", ".sluice.toml", "[extend]\nuseDefault = true", true},
		{"case of keys", ".sluice.toml", "[Extend]\nusedefault = true", true},
		{"dotted", ".sluice.toml", "extend.useDefault = true", true},
		{"inline", ".sluice.toml", "rules = [{ id = 'a', regex = 'token', secretGroup = 0 }]", true},
		{"nothing", ".sluice.toml", "", false},
		{"nothing, by name", "ci/.gitleaks.toml", "# nothing", true},
		{"both, by name", ".gitleaks.toml", foreign + "confidence = 'high'\n[allowlist]\npaths = ['a']", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := isGitleaks(test.file, test.text); got != test.gitleaks {
				t.Errorf("gitleaks: %v", got)
			}
			if _, err := LoadFile(test.file, test.text, nil); err != nil {
				t.Error(err)
			}
		})
	}
	_, err := LoadFile(".sluice.toml", own+"[rules.allowlist]\npaths = ['a']", nil)
	if err == nil || err.Error() != `.sluice.toml:5: unknown key "rules.allowlist"` {
		t.Errorf("got %v", err)
	}
	if _, err := LoadFile(".gitleaks.toml", "x", nil); err == nil || !strings.HasPrefix(err.Error(), ".gitleaks.toml:1: ") {
		t.Errorf("got %v", err)
	}
}
