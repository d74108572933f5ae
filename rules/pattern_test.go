package rules

import (
	"regexp"
	"testing"
)

// TestPattern: a pattern says what package regexp does, whichever way it is run.
func TestPattern(t *testing.T) {
	for expr, plain := range map[string]bool{
		`^[a-z/]+$`: true, `^[0-9a-f]{4}$`: true, `^[A-Z]{2,}$`: true, `^[ab]{1,3}$`: true, `^[a-z]*$`: true, `(?i)^[a-c]+$`: true,
		`(?i)^[k]+$`: false, `^[^a]+$`: false, `(?m)^[a-z]+$`: false, `^[a-z]+`: false, `[a-z]+$`: false, `^[a-z]$`: false, `^(a|bc)+$`: false,
		`(^|/)a?b$`: false, `[a-c]bc\z`: false, `(?i)ab$`: false, `(?m)ab$`: false, `a|bc$`: false, `b+$`: false, `.\x{fffd}$`: false, `.é$`: false,
	} {
		p, err := NewPattern(expr)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.get().of != nil; got != plain {
			t.Errorf("%s: plain %v", expr, got)
		}
		std := regexp.MustCompile(expr)
		for _, text := range []string{"", "a", "ab", "abc", "abcd", "12ab", "12abc", "a/b", "AB", "Ab", "ABC", "K", "\u212a", "ab\n", "\nab", "x\xff", "aé"} {
			if want := std.MatchString(text); p.MatchString(text) != want || p.Match([]byte(text)) != want {
				t.Errorf("%s on %q: not %v", expr, text, want)
			}
		}
	}
}
