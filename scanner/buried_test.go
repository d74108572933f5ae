package scanner

import (
	"strings"
	"testing"
)

// TestBuried parts a token that stands alone, in a path or a query from what is a piece
// of longer base64.
func TestBuried(t *testing.T) {
	const token = "EAAtoken1token2"
	base64 := strings.Repeat("aB3/xYz9", 12)
	for text, want := range map[string]bool{
		"«":                                false,
		base64 + "/«/" + base64:            true,
		base64 + "/«":                      true,
		"«+" + base64:                      true,
		base64 + "=«/x":                    false,
		"https://a.example/" + "«":         false,
		"https://a.example/hooks/v1/«/x":   false,
		strings.Repeat("/path", 30) + "/«": false,
		base64[:80] + "/«":                 false,
	} {
		start := strings.Index(text, "«")
		data := strings.Replace(text, "«", token, 1)
		if got := buried([]byte(data), start, start+len(token)); got != want {
			t.Errorf("%s: %v", data, got)
		}
	}
}
