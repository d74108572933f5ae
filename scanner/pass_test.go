package scanner

import (
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

func TestHollow(t *testing.T) {
	for data, want := range map[string]bool{"": false, "\x00": true, "\x00\x00\x00": true, "\x00\x00.": false, ".\x00": false, "..": false} {
		if got := Hollow([]byte(data)); got != want {
			t.Errorf("Hollow(%q) = %v", data, got)
		}
	}
}

// TestTakesNULs: what has only NULs is passed over unless a rule may find
// something there.
func TestTakesNULs(t *testing.T) {
	for rule, want := range map[string]bool{
		`keywords = ["\u0000\u0000\u0000\u0000"]`:        true,
		`keywords = ["\u0000\u0000key\u0000"]`:           false,
		`keywords = ["key", "\u0000\u0000\u0000\u0000"]`: true,
		`unanchored = true`:                              true,
	} {
		f, err := rules.Load("test.toml", "[[rules]]\nid = 'nul'\ntitle = 'NULs'\nregex = '\\x00{40}|key'\n"+rule)
		if err != nil {
			t.Fatalf("%s: %v", rule, err)
		}
		d, err := newDetector(f.Set)
		if err != nil {
			t.Fatal(err)
		}
		if d.nuls != want {
			t.Errorf("%s: %v, want %v", rule, d.nuls, want)
		}
	}
	if d := testScanner(t).detector; !d.nuls { // one of its rules has no anchor
		t.Error("an unanchored rule takes no NULs")
	}
}
