package scanner

import (
	"strings"
	"testing"
)

// TestHoldsWord: a word is found whatever the case, as lower case makes it of what
// is no ASCII.
func TestHoldsWord(t *testing.T) {
	for _, value := range []string{"", "example", "AKIAEXAMPLE7", "xExAmPl", "exampl\u00c9xample", "E\u212aAMPLE", "e[ample", "EXAMPLE\u0130"} {
		for _, word := range []string{"example", "ekample", "\u00e9x", "e{ample", "a"} {
			want := strings.Contains(strings.ToLower(value), word)
			if got := holdsWord([]string{"unseen", word}, []byte(value)); got != want {
				t.Errorf("%q in %q: %v, want %v", word, value, got, want)
			}
		}
	}
}
