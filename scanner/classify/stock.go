package classify

// stock reports whether a value that has these traits is made of nothing but the words
// that people type where a secret is asked for and none is at hand: my_password,
// test123, topsecret, P@ssw0rd, and P@ssw0rd1234! where nothing but letters would not do.
func stock(v []byte, has traits) bool {
	if len(v) > 100 {
		return false
	}
	words := lexicon()
	if words.compose(v, &itself) || has&uppers != 0 && words.compose(v, &lowerCase) {
		return true
	}
	if has&(decimals|others) == 0 {
		return false
	}
	n := len(v)
	for n > 0 && !isLetter(v[n-1]) {
		n--
	}
	return words.compose(v, &meant) || n > 4 && n < len(v) && words.compose(v[:n], &meant)
}

// compose is stock for a value each of whose bytes is read as another. A few are
// read of most values, which are none.
func (d *dictionary) compose(v []byte, as *[256]byte) bool {
	var room [100]byte
	long := 0
	for i := 0; i < len(v); {
		n := 0
		for before := uint8(edge); i+n < len(v) && n < len(room); n++ {
			s := symbols[as[v[i+n]]]
			if s == edge || s >= capital && n > 0 && (before < capital || i+n+1 < len(v) && isLower(as[v[i+n+1]])) {
				break
			}
			if n == 2 && d.lengthsAt(room[:2]) == 0 {
				return false
			}
			room[n] = as[v[i+n]] | 0x20
			before = s
		}
		if n == 0 {
			i++
			continue
		}
		if n > 1 && !d.made(room[:n], stockWord) {
			return false
		}
		long = max(long, n)
		i += n
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
