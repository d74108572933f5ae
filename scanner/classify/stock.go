package classify

import (
	"bytes"
	"unicode/utf8"
)

// stock reports whether a value is made of nothing but the words that people
// type where a secret is asked for and none is at hand: my_password, test123,
// topsecret, P@ssw0rd.
func stock(v []byte) bool {
	if len(v) > 100 {
		return false
	}
	upper, digits := false, false
	for _, b := range v {
		upper = upper || isUpper(b)
		digits = digits || meant[b] != 0
	}
	var room [100]byte
	return stocked(v) || upper && stocked(lowerOf(room[:], v)) || digits && stocked(plain(room[:], v))
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

// meant are the letters that people write some digits and symbols for.
var meant = func() (letters [256]byte) {
	const digits, instead = "013457$@!|", "oieastsail"
	for i := range len(digits) {
		letters[digits[i]] = instead[i]
	}
	return letters
}()

// plain returns a value in lower case with the letters back that people
// replace by digits and symbols, in a room that it fits in.
func plain(room, v []byte) []byte {
	out := lowerOf(room, v)
	for i, b := range out {
		if letter := meant[b]; letter != 0 {
			out[i] = letter
		}
	}
	return out
}

// lowerOf is bytes.ToLower into a room that the value fits in, or into memory of
// its own where it is more than ASCII.
func lowerOf(room, v []byte) []byte {
	out := room[:len(v)]
	for i, b := range v {
		if b >= utf8.RuneSelf {
			return bytes.ToLower(v)
		}
		out[i] = lowered(b)
	}
	return out
}
