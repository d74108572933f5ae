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

// TestTellingEnd holds that promised asks of no word in vain whether it may end
// with a telling one.
func TestTellingEnd(t *testing.T) {
	for _, name := range []string{
		"dbpubkey", "dbpublickey", "pass", "passes", "mypass", "dbpassword", "dbpasswd", "dbpassphrase", "dbpasswort", "dbpasscode", "dbpwd",
		"mysecret", "mytoken", "xapikey", "mysecrets", "myseckey", "apikey", "key", "keys", "salt", "authsalt", "mynonce",
	} {
		if !tellingEnd([]byte(name)) {
			t.Errorf("%s ends with a word that tells", name)
		}
	}
	for _, name := range []string{"", "k", "length", "file", "config"} {
		if tellingEnd([]byte(name)) {
			t.Errorf("%s ends with no word that tells", name)
		}
	}
}
