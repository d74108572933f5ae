package classify

// stock reports whether a value is made of nothing but the words that people
// type where a secret is asked for and none is at hand: my_password, test123,
// topsecret, P@ssw0rd, and P@ssw0rd1234! where nothing but letters would not do.
func stock(v []byte) bool {
	if len(v) > 100 {
		return false
	}
	if stocked(v, &itself) || stocked(v, &lowerCase) || stocked(v, &meant) {
		return true
	}
	n := len(v)
	for n > 0 && !isLetter(v[n-1]) {
		n--
	}
	return n > 4 && n < len(v) && stocked(v[:n], &meant)
}

// stocked is stock for a value each of whose bytes is read as another. A few are
// read of most values, which are none.
func stocked(v []byte, as *[256]byte) bool {
	var room [100]byte
	long := 0
	for i := 0; i < len(v); {
		n := 0
		for n < len(room) && i+n < len(v) && symbols[as[v[i+n]]] != edge {
			room[n] = as[v[i+n]]
			n++
		}
		if n == 0 {
			i++
			continue
		}
		w := room[:hump(room[:n])]
		for at := range w {
			w[at] |= 0x20
		}
		if len(w) > 1 && !made(w, stockWord) {
			return false
		}
		long = max(long, len(w))
		i += len(w)
	}
	return long > 1
}

// What a byte is read as: itself; a small letter for a capital of ASCII; and a letter,
// too, for a digit or a symbol that people write for it.
var itself, lowerCase, meant = func() (itself, lower, meant [256]byte) {
	for b := range itself {
		itself[b] = byte(b)
		lower[b] = lowered(byte(b))
	}
	meant = lower
	const digits, instead = "013457$@!|", "oieastsail"
	for i := range len(digits) {
		meant[digits[i]] = instead[i]
	}
	return itself, lower, meant
}()
