package rules

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDerive(t *testing.T) {
	at := func(literal string, least, most, after int) Anchor {
		return Anchor{Literal: literal, BeforeMin: least, Before: most, After: after}
	}
	tests := []struct {
		name, expr string
		want       []Anchor
	}{
		{"literal", `ghp_[0-9A-Za-z]{36}`, []Anchor{at("ghp_", 0, 0, 40)}},
		{"case ignored, no k and no s", `(?i)GHP_x`, []Anchor{at("ghp_x", 0, 0, 5)}},
		{"long s and Kelvin sign lengthen", `(?i)ks[0-9]token`, []Anchor{at("token", 3, 6, 7)}},
		{"class of one letter", `[Tt]oken`, []Anchor{at("token", 0, 0, 5)}},
		{"small class is listed", `id[12]x`, []Anchor{at("id1x", 0, 0, 4), at("id2x", 0, 0, 4)}},
		{"wide class is stepped over", `[0-9a-z]{3,5}-key`, []Anchor{at("-key", 3, 5, 4)}},
		{"alternation of unlike lengths", `(?:abcd|efghijk)[0-9]{2}`, []Anchor{at("abcd", 0, 0, 6), at("efghijk", 0, 0, 9)}},
		{"alternation with a bare branch", `(?:abcd|)x`, nil},
		{"alternation with a wild branch", `(?:abcd|[0-9]+)`, nil},
		{"factored prefix", `(?:cloudflare|cf-token)=[0-9a-z]{3}`, []Anchor{at("cf-token=", 0, 0, 14), at("cloudflare=", 0, 0, 14)}},
		{"prefix before a branch", `sq0(?:csp-[0-9]{4}|atp-[0-9]{2})`, []Anchor{at("sq0atp-", 0, 0, 11), at("sq0csp-", 0, 0, 11)}},
		{"optional prefix", `(?:my)?token`, []Anchor{at("mytoken", 0, 0, 7), at("token", 0, 0, 7)}},
		{"repeated", `(?:ab){3}`, []Anchor{at("ababab", 0, 0, 6)}},
		{"repeated with a wild part", `(?:x*foo){2}`, []Anchor{at("foo", 0, unbounded, unbounded)}},
		{"repeated at least once", `(?:tok[0-9]){1,3}`, []Anchor{at("tok", 0, 0, 12)}},
		{"repeated never", `(?:tok[0-9]){0,3}`, nil},
		{"no repetition", `(?:foo){0}tok`, []Anchor{at("tok", 0, 0, 3)}},
		{"nested groups", `((a)(b(c)))d`, []Anchor{at("abcd", 0, 0, 4)}},
		{"word boundaries", `\bakia\b`, []Anchor{at("akia", 0, 0, 4)}},
		{"lines and texts", `(?m)^pass$`, []Anchor{at("pass", 0, 0, 4)}},
		{"any character", `(?s).key`, []Anchor{at("key", 1, 4, 3)}},
		{"not ASCII", `пароль=.`, []Anchor{at("пароль=", 0, 0, 17)}},
		{"not ASCII and case ignored", `(?i)пароль:{3}`, []Anchor{at(":::", 12, 13, 3)}},
		{"replacement character", `[\x{FFFD}a]abc`, []Anchor{at("abc", 1, 3, 3)}},
		{"longest part of a long literal", strings.Repeat("ab", 40), []Anchor{at(strings.Repeat("ab", 16), 0, 0, 80)}},
		{"two bytes are too few", `ab[0-9]+`, nil},
		{"nothing", ``, nil},
		{"matches nothing", `[^\x00-\x{10FFFF}]abc`, []Anchor{at("abc", 0, 0, 3)}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, _, err := derive(test.expr, nil)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestDeriveKeywords(t *testing.T) {
	tests := []struct {
		expr     string
		keywords []string
		want     []Anchor
	}{
		{`my_akia[0-9]{4}`, []string{"akia"}, []Anchor{{Literal: "akia", BeforeMin: 3, Before: 3, After: 8}}},
		{`sq0(?:csp-[0-9]{4}|atp-[0-9]{2})`, []string{"sq0csp", "sq0atp"}, []Anchor{{Literal: "sq0atp", After: 11}, {Literal: "sq0csp", After: 11}}},
		{`id-[0-9]{4}`, []string{"id"}, []Anchor{{Literal: "id", After: 7}}},
		{`(?:akia|asia)[0-9]{4}`, []string{"akia"}, nil},
		{`token=[0-9]{4}`, []string{"key"}, nil},
		{`(?i)\b(?:db2|bolt)(?:\+[0-9]{1,9})?://x`, []string{"db2://", "db2+", "bolt://", "bolt+"},
			[]Anchor{{Literal: "bolt+", After: 18}, {Literal: "bolt://", After: 18}, {Literal: "db2+", After: 18}, {Literal: "db2://", After: 18}}},
		{`(?i)\b(?:db2|bolt)(?:\+[0-9]{1,9})?://x`, []string{"db2://", "bolt://", "bolt+"}, nil},
		{`key(?:=[0-9]|:[0-9]{2})*;`, []string{"key;", "key=", "key:"}, []Anchor{{Literal: "key:", After: unbounded}, {Literal: "key;", After: unbounded}, {Literal: "key=", After: unbounded}}},
		{`[0-9]id(?:[a-z]{0,3})?-`, []string{"id-"}, nil},
	}
	for _, test := range tests {
		got, _, err := derive(test.expr, test.keywords)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s by %q: %s", test.expr, test.keywords, diff)
		}
	}
}

// TestDeriveHolds makes expressions and texts that they match: one of the
// anchors stands in the text, where it says it does.
func TestDeriveHolds(t *testing.T) {
	anchored, worded, cut := 0, 0, 0
	for seed := range uint64(6000) {
		g := &generator{rand.New(rand.NewPCG(seed, 7))}
		expr, sample := g.expr(3)
		re, err := regexp.Compile(`\A(?:` + expr + `)\z`)
		if err != nil {
			continue // repeats within repeats
		}
		anchors, longest, err := derive(expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		var keywords []Anchor
		if anchors != nil {
			anchored++
			word := anchors[0].Literal
			keywords, _, _ = derive(expr, []string{word[g.IntN(len(word)-1):]})
		}
		var samples []string
		for range 12 {
			samples = append(samples, sample())
		}
		named, _, err := derive(expr, openings(samples))
		if err != nil {
			t.Fatal(err)
		}
		if named != nil {
			worded++
		}
		bounded := Rule{anchors: anchors}
		bounded.bound(0)
		rest := regexp.MustCompile(`\A`)
		pieces := flatten(parsed(expr))
		if _, t := cutAt(pieces, tailAt(pieces, bounded.anchors)); t != nil {
			rest = regexp.MustCompile(`\A(?:` + t.String() + `)`)
			cut++
		}
		for range 8 {
			text := sample()
			if !re.MatchString(text) {
				continue // an assertion does not hold
			}
			if longest <= MaxReach && len(text) > longest {
				t.Fatalf("seed %d: %q: %q is longer than %d", seed, expr, text, longest)
			}
			for _, as := range [][]Anchor{anchors, keywords, named} {
				if as != nil && len(standing(as, text)) == 0 {
					t.Fatalf("seed %d: %q: %+v stand not in %q", seed, expr, as, text)
				}
			}
			if anchors != nil && !matchesAt(rest, text, standing(anchors, text)) {
				t.Fatalf("seed %d: %q: %q from its anchor on is not matched by %q", seed, expr, text, rest)
			}
		}
	}
	if anchored < 1000 || worded < 500 || cut < 200 {
		t.Errorf("only %d expressions had anchors, %d by keywords, and %d had tails", anchored, worded, cut)
	}
}

// openings returns what matches start with, as keywords.
func openings(matches []string) []string {
	words := []string{}
	for _, text := range matches {
		if text = strings.Map(lower, text[:min(len(text), 4)]); len(text) >= shortestKeyword {
			words = append(words, text)
		}
	}
	return words
}

// standing returns where in a match one of the anchors stands at a distance
// that it allows.
func standing(anchors []Anchor, match string) []int {
	low := []byte(match)
	for i, c := range low {
		low[i] = byte(lower(rune(c)))
	}
	var at []int
	for _, a := range anchors {
		for i := a.BeforeMin; i <= min(a.Before, len(low)); i++ {
			if bytes.HasPrefix(low[i:], []byte(a.Literal)) && (len(match)-i <= a.After || a.After == unbounded) {
				at = append(at, i)
			}
		}
	}
	return at
}

func matchesAt(re *regexp.Regexp, text string, places []int) bool {
	for _, i := range places {
		if re.MatchString(text[i:]) {
			return true
		}
	}
	return false
}

// A generator makes expressions at random, each with a function that makes a
// text for it.
type generator struct{ *rand.Rand }

func (g *generator) expr(depth int) (string, func() string) {
	if depth == 0 {
		return g.leaf()
	}
	switch g.IntN(8) {
	case 0, 1, 2:
		return g.concat(depth)
	case 3:
		return g.alternate(depth)
	case 4:
		return g.repeat(depth)
	case 5:
		expr, sample := g.expr(depth - 1)
		return "(" + expr + ")", sample
	case 6:
		expr, sample := g.expr(depth - 1)
		return "(?i:" + expr + ")", func() string { return g.recase(sample()) }
	}
	return g.leaf()
}

func (g *generator) concat(depth int) (string, func() string) {
	var exprs []string
	var samples []func() string
	for range 1 + g.IntN(4) {
		expr, sample := g.expr(depth - 1)
		exprs, samples = append(exprs, expr), append(samples, sample)
	}
	return strings.Join(exprs, ""), func() string {
		var b strings.Builder
		for _, sample := range samples {
			b.WriteString(sample())
		}
		return b.String()
	}
}

func (g *generator) alternate(depth int) (string, func() string) {
	var exprs []string
	var samples []func() string
	for range 2 + g.IntN(3) {
		expr, sample := g.expr(depth - 1)
		if g.IntN(12) == 0 {
			expr, sample = "", func() string { return "" }
		}
		exprs, samples = append(exprs, expr), append(samples, sample)
	}
	return "(?:" + strings.Join(exprs, "|") + ")", func() string { return samples[g.IntN(len(samples))]() }
}

func (g *generator) repeat(depth int) (string, func() string) {
	expr, sample := g.expr(depth - 1)
	least, most := g.IntN(4), 0
	most = least + g.IntN(3)
	operators := []struct {
		text        string
		least, most int
	}{{"?", 0, 1}, {"*", 0, 3}, {"+?", 1, 3}, {fmt.Sprintf("{%d}", least), least, least}, {fmt.Sprintf("{%d,%d}", least, most), least, most},
		{fmt.Sprintf("{%d,}", least), least, least + 2}}
	o := operators[g.IntN(len(operators))]
	return "(?:" + expr + ")" + o.text, func() string {
		var b strings.Builder
		for range o.least + g.IntN(o.most-o.least+1) {
			b.WriteString(sample())
		}
		return b.String()
	}
}

func (g *generator) leaf() (string, func() string) {
	classes := []struct{ expr, runes string }{
		{`[0-9]`, "0179"}, {`[a-z]`, "aksz"}, {`[Aa]`, "Aa"}, {`[k-s]`, "kls"}, {`[^x]`, "aé\n日x"}, {`.`, "aZ-é𝄞"}, {`(?s:.)`, "a\n"},
		{`[ab]`, "ab"}, {`\w`, "a_9"}, {`[é-ü]`, "éêü"}, {`[\x{FFFD}a]`, "a\uFFFD\xff"}, {`\s`, " \t"},
	}
	switch n := g.IntN(12); {
	case n < 5:
		const letters = "abkstAKSZ019_-=:"
		text := make([]byte, 1+g.IntN(7))
		for i := range text {
			text[i] = letters[g.IntN(len(letters))]
		}
		return regexp.QuoteMeta(string(text)), func() string { return string(text) }
	case n < 6:
		return "пaроль", func() string { return "пaроль" }
	case n < 7:
		zero := []string{`\b`, `(?m:^)`, `(?m:$)`, `\B`, ``}[g.IntN(5)]
		return zero, func() string { return "" }
	}
	c := classes[g.IntN(len(classes))]
	return c.expr, func() string {
		if strings.HasSuffix(c.runes, "\xff") && g.IntN(2) == 0 {
			return "\xff"
		}
		runes := []rune(c.runes)
		return string(runes[g.IntN(len(runes))])
	}
}

// recase turns the case of some letters.
func (g *generator) recase(text string) string {
	out := []byte(text)
	for i, c := range out {
		if (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z') && g.IntN(2) == 0 {
			out[i] = c ^ 0x20
		}
	}
	return string(out)
}

// TestBuiltinAnchors finds an anchor of each built-in rule in what the rule
// matches of its own examples.
func TestBuiltinAnchors(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for _, r := range set.Rules() {
		if r.Expr == "" || r.Anchoring != Inside {
			continue
		}
		for _, e := range r.Match {
			text, _, err := e.Expand(r)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range r.Regexp().FindAllString(text, -1) {
				checked++
				if len(standing(r.Anchors(), m)) == 0 {
					t.Errorf("%s: %s: no anchor of %+v stands in %q", r.Source, r.ID, r.Anchors(), m)
				}
			}
		}
	}
	if checked < 200 {
		t.Errorf("only %d matches checked", checked)
	}
}

func TestReach(t *testing.T) {
	tests := []struct {
		name, extra    string
		before, beyond int
	}{
		{"a bound of the expression's own holds", `regex = '[0-9]{5000}key[0-9]{900}'`, 5000, 903},
		{"no bound", `regex = '[0-9]*key[0-9]*'`, defaultReach, defaultReach},
		{"an author's bound", "regex = '[0-9]*key[0-9]*'\nreach = 65536", MaxReach, MaxReach},
		{"an author's bound, less than the expression's", "regex = '[0-9]{0,900}key[0-9]*'\nreach = 100", 100, 100},
		{"not less than what must stand before", "regex = '[0-9]{900}key'\nreach = 100", 900, 3},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			extra := strings.ReplaceAll(test.extra, "{5000}", strings.Repeat("[0-9]{1000}", 5)[5:])
			f, err := Load("x.toml", "[[rules]]\nid = 'a'\ntitle = 'A'\n"+extra)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range f.Set.Rules()[0].Anchors() {
				if a.Before != test.before || a.After != test.beyond {
					t.Errorf("%+v, want %d before and %d after", a, test.before, test.beyond)
				}
			}
		})
	}
}
