package scanner

import (
	"regexp/syntax"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

// TestRemainder holds that what stands behind a keyword, found once for all
// rules and remembered, is what the whole expression of each finds there.
func TestRemainder(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	d, err := newDetector(set)
	if err != nil {
		t.Fatal(err)
	}
	line := strings.Repeat("key:secret_key:", 80)
	text := []byte("key_secret.token-auth = \"" + "a1b2" + "c3d4" + "\";\npwd=abc pw: " + "x1" + "y2z3" + "\nKEYTOKEN->'abcdef', auth\n" +
		"t.key=e.value.of(n),e.token=next.read(i);t.key=e.value.of(n),e.token=next.read(i);\n\npassKEY\u212aey=\"\u00e9\u00e9\u00e9\" " +
		line + "\n" + strings.Repeat("token=(", 200) + "x" + line)
	shared := map[*remainder]int{}
	for _, last := range []bool{true, false} {
		finder := newFinder()
		w := &finder.window
		w.detector, w.chunk = d, &Chunk{Data: text, Last: last, Origin: &Origin{}}
		finder.at.reset(w.chunk)
		var got []int
		w.emit = func(f found) { got = slices.Clone(f.groups) }
		asked := 0
		ask := func(literal, start int) {
			for r := d.refs[literal]; r != nil; r = r.next {
				p := r.plan
				s := p.shortcuts()
				if s.rest == nil {
					continue
				}
				shared[s.rest]++
				asked++
				hi := start + r.anchor.After + 1
				got = nil
				if !w.behind(r, s, start) {
					continue
				}
				clipped := hi < len(text) || !last
				want := s.pinned.regexp().FindSubmatchIndex(text[start:min(hi, len(text))])
				if want != nil && clipped && start+want[1] == min(hi, len(text)) {
					want = nil
				}
				// Of two keywords of which one starts with the other, the
				// longer one is an anchor of its own.
				if shift(want, start); !slices.Equal(got, want) && !(got == nil && r.anchor.Literal == "pw") {
					t.Errorf("%s at %d, %q: %v, want %v", p.rule.ID, start, text[start:min(start+40, len(text))], got, want)
				}
			}
		}
		for range 5 { // runs that many go before are made by a table
			w.begin()
			d.matcher.Scan(text, 0, ask)
		}
		if asked < 2500 {
			t.Errorf("%d anchors", asked)
		}
	}
	if len(shared) != 1 {
		t.Errorf("the generic rules have %d remainders, want one for all", len(shared))
	}
}

func TestKeywords(t *testing.T) {
	for expr, want := range map[string]string{
		`(?i)(?:pass|pwd|pw\b)`: "pass pwd pw|",
		`(?:a|b)c`:              "", // the parser makes a class of it
		`key`:                   "key",
		`(?:key|keys)`:          "key keys",
		`key[0-9]`:              "",
		`k+`:                    "",
	} {
		parsed, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, k := range spellings(parsed) {
			if k.word {
				k.text += "|"
			}
			got = append(got, k.text)
		}
		slices.Sort(got)
		wanted := strings.Fields(want)
		slices.Sort(wanted)
		if !slices.Equal(got, wanted) {
			t.Errorf("%s: %q, want %q", expr, got, wanted)
		}
	}
	for _, c := range []struct {
		keywords []keyword
		want     bool
	}{
		{[]keyword{{text: "pwd"}, {text: "pw", word: true}}, true},
		{[]keyword{{text: "pwd"}, {text: "pw"}}, false},
		{[]keyword{{text: "pw-"}, {text: "pw", word: true}}, false},
		{[]keyword{{text: ""}}, false},
		{nil, false},
	} {
		if got := apart(c.keywords); got != c.want {
			t.Errorf("%v: %v", c.keywords, got)
		}
	}
}

// TestJudgedOnce holds that a value of several rules is judged alike for each,
// in a line that is longer than what a judge sees as in a short one.
func TestJudgedOnce(t *testing.T) {
	value := "x7Kq" + "Zp2m" + "Vw9s" + "Tn4r"
	for _, text := range []string{
		"secret_token_key = \"" + value + "\"\n",
		strings.Repeat("'a' ", 2000) + "secret_token_key = \"" + value + "\"\n",
	} {
		s := builtinScanner(t)
		finder := newFinder()
		var ids []string
		finder.keep = func(h *Hit) { ids = append(ids, h.Rule.ID+" "+h.Name+" "+h.Reason) }
		finder.find(&collector{scanner: s}, &Chunk{Data: []byte(text), Last: true, Line: 1, Column: 1, Origin: &Origin{Path: "a.yml"}}, nil)
		slices.Sort(ids)
		reason := ids[0][strings.Index(ids[0], " "):]
		if len(ids) != 3 || slices.ContainsFunc(ids, func(id string) bool { return !strings.HasSuffix(id, reason) }) {
			t.Errorf("%q", ids)
		}
	}
}
