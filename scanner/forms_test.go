package scanner

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"strconv"
	"strings"
	"testing"
)

// FuzzForms: the forms of a value are what the standard library makes of it, and
// each is found in a longer text, wherever in the value what is escaped stands.
func FuzzForms(f *testing.F) {
	for _, v := range []string{"plain-value-1", `late "quote" behind sixteen`, "sixteen-and-more/then", "é and ü, \xff too", "tab\tand\nline $1", strings.Repeat("a", 40) + `\`} {
		f.Add(v, uint8(1))
	}
	f.Fuzz(func(t *testing.T, value string, lead uint8) {
		if len(value) < shortestLong || len(value) > longestEncoded {
			return
		}
		quote := strconv.Quote(value)
		forms := map[string]string{
			"as it is": value, "quoted": quote[1 : len(quote)-1], "query": url.QueryEscape(value), "path": url.PathEscape(value),
			"hex": hex.EncodeToString([]byte(value)), "HEX": strings.ToUpper(hex.EncodeToString([]byte(value))),
		}
		n := newNeedles([]string{value}, shortestLong, false)
		for name, form := range forms {
			if got := n.replace(form); got != redaction && !strings.Contains(got, redaction) {
				t.Errorf("%s of %q: %q is not found", name, value, form)
			}
		}
		for _, e := range []*base64.Encoding{base64.RawStdEncoding, base64.RawURLEncoding} {
			text := e.EncodeToString(append(bytes.Repeat([]byte("u"), int(lead%8)), value...))
			if got := n.replace(text); !strings.Contains(got, redaction) {
				t.Errorf("base64 of %q at %d: %q is not found", value, lead%8, text)
			}
		}
		for form, want := range []string{asItIs: value, quoted: quote[1 : len(quote)-1], inQuery: url.QueryEscape(value), inPath: url.PathEscape(value)} {
			if got := string(appendForm(nil, value, form)); got != want {
				t.Errorf("form %d of %q is %q, want %q", form, value, got, want)
			}
		}
	})
}
