package rules

import (
	"regexp"
	"strings"
	"testing"
)

func TestCutAt(t *testing.T) {
	for _, c := range []struct{ expr, text, want string }{
		{`(?i)(?P<name>[a-z]{0,9}(?:password|passwd)[a-z]{0,9})\s?=\s?(?P<secret>\w{8,})`, "mypasswordxx = abcdefgh", "passwordxx = abcdefgh"},
		{`[a-z]{1,4}-token-[0-9]{4}`, "xy-token-1234", "-token-1234"},
		{`(?i)[a-z]{0,9}(?:cohere[a-z_]{0,9}key|\bco_api_key)=[0-9]{4}`, "my_cohere_apikey=1234", "cohere_apikey=1234"},
		{`[a-z]{0,9}(?:alphabetically|alphabet[a-z]{0,9}secret)[0-9]{4}`, "my_alphabetsecret1234", "alphabetsecret1234"},
		{`[a-z]{0,9}(?:\b-token-|-secret-)[0-9]{4}`, "my-token-1234", ""},
		{`token-[0-9]{4}`, "token-1234", ""},
		{`(?:a{1,3}token|b{2}token)[0-9]`, "aatoken1", ""},
	} {
		anchors, _, err := derive(c.expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		pieces := flatten(parsed(c.expr))
		_, got := cutAt(pieces, tailAt(pieces, anchors))
		if c.want == "" {
			if got != nil {
				t.Errorf("%s: tail %s, want none", c.expr, got)
			}
			continue
		}
		if text := regexp.MustCompile(got.String() + `$`).FindString(c.text); text != c.want {
			t.Errorf("%s: tail %s matches %q, want %q", c.expr, got, text, c.want)
		}
	}
}

// TestLead: what may stand before an anchor, and the blanks there.
func TestLead(t *testing.T) {
	for expr, want := range map[string]string{
		`user=[^;]{1,9};\s*`:           ";",
		`(?i)(?:to|ok )\s?`:            "oOkK",
		`x(?:[0-3]|\s)?`:               "0123x",
		`(?:a b|c)+`:                   "bc",
		`x[ \t]{2}`:                    "x",
		`a|b\b`:                        "ab",
		`(?:a|\s)`:                     "",
		`x?`:                           "",
		`[^\x00-\x60\x62-\x{10ffff}]$`: "a",
	} {
		got := lead(parsed(expr))
		if want == "" {
			if got != nil {
				t.Errorf("%s: a lead, want none", expr)
			}
			continue
		}
		if got == nil {
			t.Errorf("%s: no lead", expr)
			continue
		}
		for b, in := range got {
			if in != strings.ContainsRune(want, rune(b)) && b < 0x80 {
				t.Errorf("%s: %q is in it: %v", expr, b, in)
			}
		}
	}
}
