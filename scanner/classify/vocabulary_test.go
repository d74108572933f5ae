package classify

import (
	"strings"
	"testing"
)

// TestLexicon asks for each word, and for others that look like it.
func TestLexicon(t *testing.T) {
	want := map[string]wordKind{}
	for kind, text := range vocabulary {
		for w := range strings.FieldsSeq(text) {
			want[w] |= kind
		}
	}
	for w := range want {
		for _, text := range []string{w, w + "x", "x" + w, w[:len(w)-1], w + strings.Repeat("a", 40)} {
			if got := lexicon().kind([]byte(text)); got != want[text] {
				t.Errorf("%q is %b, want %b", text, got, want[text])
			}
		}
	}
}

// TestEndings: how a word ends is told by its last two letters and no others.
func TestEndings(t *testing.T) {
	for end, words := range map[ending]string{
		publicEnding:   "dbpubkey dbpublickey",
		keyEnding:      "key xkey",
		keysEnding:     "keys",
		passEnding:     "pass mypass",
		passwordEnding: "dbpassword dbpasswd dbpassphrase dbpasswort dbpasscode dbpwd",
		secretEnding:   "mysecret mytoken xapikey mysecrets myseckey apikey",
		saltEnding:     "salt authsalt",
		nonceEnding:    "mynonce",
		noEnding:       "k length file config passes hockeys they",
	} {
		for _, w := range strings.Fields(words) {
			if got := endingOf([]byte(w)); got != end {
				t.Errorf("%s has ending %d, want %d", w, got, end)
			}
		}
	}
	if endingOf(nil) != noEnding {
		t.Error("nothing ends with a word that tells")
	}
}
