package match

import (
	"regexp"
	"regexp/syntax"
	"testing"
)

func TestNeeds(t *testing.T) {
	for _, c := range []struct {
		expr, bytes string
		end, none   bool
	}{
		{expr: `a=.*;`, bytes: ";"},
		{expr: `(?i)(?:key|Zoo)x?`, bytes: "YZyz"},
		{expr: `[^\s]{3,}?(?:"|'|[,;]{0,5}(?:[#<]|\z))`, bytes: `"#'<`, end: true},
		{expr: `(?:q)+`, bytes: "q"},
		{expr: `(?:q){0,4}`, none: true},
		{expr: `(?:~|x*)`, none: true},
		{expr: `[a-z ]{4}`, none: true}, // what all text has
		{expr: `.~`, bytes: "~"},
	} {
		re, err := syntax.Parse(c.expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		n := NeedsOf(re)
		if c.none != (n == nil) {
			t.Errorf("%s: %v", c.expr, n)
		}
		if n == nil {
			continue
		}
		var got []byte
		for b := range 128 {
			if n.bytes[b] {
				got = append(got, byte(b))
			}
		}
		if string(got) != c.bytes {
			t.Errorf("%s: needs %q, want %q", c.expr, got, c.bytes)
		}
		if n.end != c.end {
			t.Errorf("%s: end %t", c.expr, n.end)
		}
	}
}

// FuzzNeeds: what matches has a byte that is needed, or ends where the data does.
func FuzzNeeds(f *testing.F) {
	f.Add(`a=.*;`, "xa=12;")
	f.Add(`(?i)k(?:[^s]|\x{17f}+?)("|\z)`, "KſK")
	f.Add(`(?:é|\pL)x{2,3}`, "éxx")
	f.Fuzz(func(t *testing.T, expr, data string) {
		re, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			return
		}
		n := needed(re)
		if n == nil {
			return
		}
		for _, m := range regexp.MustCompile(expr).FindAllStringIndex(data, -1) {
			if n.Next([]byte(data[:m[1]]), m[0]) == m[1] && !(n.end && m[1] == len(data)) {
				t.Errorf("%s: %q has none of what is needed", expr, data[m[0]:m[1]])
			}
		}
	})
}
