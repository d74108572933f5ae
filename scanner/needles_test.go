package scanner

import (
	"fmt"
	"strings"
	"testing"
)

// TestNeedles: the longest value that starts first is taken out, whatever
// others share its beginning.
func TestNeedles(t *testing.T) {
	var values []string
	for i := range 2000 {
		values = append(values, fmt.Sprintf("shared-beginning-of-all-%04d", i))
	}
	values = append(values, "shared-b", "shared-beginning-of-all-0001-and-more")
	n := newNeedles(values, shortestLong, false)
	for text, want := range map[string]string{
		"shared-beginning-of-all-1999":                        redaction,
		"xshared-beginning-of-all-1999.":                      "x" + redaction + ".",
		"shared-beginning-of-all-9999":                        redaction + "eginning-of-all-9999",
		"shared-beginning-of-all-0001-and-more":               redaction,
		"shared-beginning-of-all-0001-and":                    redaction + "-and",
		"shared-bshared-b":                                    redaction + redaction,
		"SHARED-B shared- nothing":                            "SHARED-B shared- nothing",
		"":                                                    "",
		strings.Repeat("é", 10) + "shared-b":                  strings.Repeat("é", 10) + redaction,
		"2Fshared%2Dbeginning 7368617265642d62 " + "tail end": "2Fshared%2Dbeginning " + redaction + " tail end",
	} {
		if got := n.replace(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

func TestNeedlesWords(t *testing.T) {
	n := newNeedles([]string{"test", "p@ss", "tests"}, shortestMasked, true)
	for text, want := range map[string]string{
		"test":                          redaction,
		"test test,p@ss":                redaction + " " + redaction + "," + redaction,
		"testing attest test1 _p@ss_ x": "testing attest test1 _" + redaction + "_ x",
		"tests":                         redaction,
	} {
		if got := n.replace(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// TestNeedlesSpelled: every form of a value is found wherever it starts in a text,
// and behind another.
func TestNeedlesSpelled(t *testing.T) {
	for _, v := range []string{"abcdefgh", "\x00\xff\xfe\x80~?>\x01", "??????????????", `early "quote", and`, "longer than eight bytes \xe2\x82\xac"} {
		n := newNeedles([]string{v}, shortestLong, false)
		for f := range formCount {
			form := string(appendForm(nil, v, f))
			for _, before := range []string{"", "Az", "%4", "é ", "0123456789abcdef"} {
				text := before + form + " " + form
				if got, want := n.replace(text), before+redaction+" "+redaction; got != want {
					t.Errorf("form %d of %q in %q: %q, want %q", f, v, text, got, want)
				}
			}
		}
	}
}
