package classify

import (
	"bytes"
	"slices"
	"strings"
)

// stock reports whether a value is made of nothing but the words that people
// type where a secret is asked for and none is at hand: my_password, test123,
// topsecret, P@ssw0rd.
func stock(v []byte) bool {
	if len(v) > 100 {
		return false
	}
	return stocked(v) || slices.ContainsFunc(v, isUpper) && stocked(bytes.ToLower(v)) ||
		bytes.ContainsAny(v, replaced) && stocked(plain(v))
}

func stocked(v []byte) bool {
	var room [100]byte
	long := 0
	for i := 0; i < len(v); {
		n := hump(v[i:])
		if n == 0 {
			i++
			continue
		}
		w := room[:n]
		for at, b := range v[i : i+n] {
			w[at] = b | 0x20
		}
		if n > 1 && !made(w, stockWord) {
			return false
		}
		long = max(long, n)
		i += n
	}
	return long > 1
}

// replaced are the digits and symbols that people write for letters, and
// letters these.
const (
	replaced = "013457$@!|"
	meant    = "oieastsail"
)

// plain returns a value in lower case with the letters back that people
// replace by digits and symbols.
func plain(v []byte) []byte {
	out := bytes.ToLower(v)
	for i, b := range out {
		if at := strings.IndexByte(replaced, b); at >= 0 {
			out[i] = meant[at]
		}
	}
	return out
}
