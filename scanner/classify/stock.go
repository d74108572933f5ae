package classify

import (
	"bytes"
	"strings"
)

// stock reports whether a value is made of nothing but the words that people
// type where a secret is asked for and none is at hand: my_password, test123,
// topsecret, P@ssw0rd.
func stock(v []byte) bool {
	if len(v) > 100 {
		return false
	}
	return stocked(parts(v)) || stocked(parts(bytes.ToLower(v))) || stocked(parts(plain(v)))
}

func stocked(words []string) bool {
	long := 0
	for _, w := range words {
		if len(w) > 1 && !made(w, stockWord) {
			return false
		}
		long = max(long, len(w))
	}
	return long > 1
}

// plain returns a value in lower case with the letters back that people
// replace by digits and symbols.
func plain(v []byte) []byte {
	out := bytes.ToLower(v)
	for i, b := range out {
		if at := strings.IndexByte("013457$@!|", b); at >= 0 {
			out[i] = "oieastsail"[at]
		}
	}
	return out
}
