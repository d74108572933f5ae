package rules

import (
	"regexp"
	"testing"
)

func TestTail(t *testing.T) {
	for _, c := range []struct{ expr, text, want string }{
		{`(?i)(?P<name>[a-z]{0,9}(?:password|passwd)[a-z]{0,9})\s?=\s?(?P<secret>\w{8,})`, "mypasswordxx = abcdefgh", "passwordxx = abcdefgh"},
		{`[a-z]{1,4}-token-[0-9]{4}`, "xy-token-1234", "-token-1234"},
		{`token-[0-9]{4}`, "token-1234", ""},
		{`(?:a{1,3}token|b{2}token)[0-9]`, "aatoken1", ""},
	} {
		anchors, _, err := derive(c.expr, nil)
		if err != nil {
			t.Fatal(err)
		}
		got := tail(parsed(c.expr), anchors)
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
