package scanner

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestAlone: of several settings in one text the password alone is the secret, however
// it is written; in quotes of its own it is all of it.
func TestAlone(t *testing.T) {
	s := builtinScanner(t)
	random, drawn := rand.New(rand.NewPCG(5, 6)), make([]byte, 12)
	for i := range drawn {
		drawn[i] = "bcdfghjkmnpqrstvwxyz23456789"[random.IntN(28)]
	}
	password := string(drawn)
	for line, want := range map[string]string{
		"cache: net=tcp,password=«,db=0,size=100": password,
		"url: Server=db;Password=«;Encrypt=True;": password,
		"password: '«;Encrypt=True'":              password + ";Encrypt=True",
		"password=«":                              password,
	} {
		r := s.Scan(t.Context(), text{data: strings.Replace(line, "«", password, 1) + "\n", path: "a.yml"})
		if len(r.Findings) != 1 || r.Findings[0].raw[0] != want || r.Findings[0].Occurrences[0].Span.Length != int64(len(want)) {
			t.Errorf("%s: %s", line, describe(r))
		}
	}
}

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

// TestContainsFold: a word is found whatever the case of its letters, and what is
// no letter as it is.
func TestContainsFold(t *testing.T) {
	for _, c := range []struct {
		data, word string
		want       bool
	}{
		{"AKIAEXAMPLE", "example", true}, {"xeXamPle", "example", true}, {"examplE", "example", true}, {"exampl", "example", false},
		{"a_key", "_k", true}, {"a\x7fkey", "_k", false}, {"A@B", "`b", false}, {"id-0", "-0", true}, {"id\r0", "-0", false}, {"", "a", false}, {"a", "", true},
	} {
		if got := containsFold([]byte(c.data), c.word); got != c.want {
			t.Errorf("%q in %q: %v", c.word, c.data, got)
		}
	}
}
