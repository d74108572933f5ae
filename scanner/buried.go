package scanner

// leastRound is how many digits of base64 round a match make it a piece of them.
const leastRound = 96

// buried reports whether a match is a piece of long base64, as of a picture or a font in
// a page: chance writes there what some tokens look like. A token that stands in a URL
// has a slash beside it, too, but not so much without a point, a colon or a dash, of
// small letters, capitals and digits.
func buried(data []byte, start, end int) bool {
	joined := func(at int) bool { return at >= 0 && at < len(data) && (data[at] == '/' || data[at] == '+') }
	if !joined(start-1) && !joined(end) {
		return false
	}
	from, to, sorts := start, end, uint8(0)
	for from > max(0, start-leastRound) && base64Sorts[data[from-1]] != 0 {
		from--
		sorts |= base64Sorts[data[from]]
	}
	for to < min(len(data), end+leastRound) && base64Sorts[data[to]] != 0 {
		sorts |= base64Sorts[data[to]]
		to++
	}
	return start-from+to-end >= leastRound && sorts == allSorts
}

// allSorts are those of the digits of base64 but for its symbols.
const allSorts = 0b1111

// base64Sorts has a bit for each sort of the digits of base64; 0 for what is none.
var base64Sorts = func() (t [256]uint8) {
	for b := range t {
		switch b := byte(b); {
		case b >= 'a' && b <= 'z':
			t[b] = 1
		case b >= 'A' && b <= 'Z':
			t[b] = 2
		case b >= '0' && b <= '9':
			t[b] = 4
		case b == '+' || b == '/':
			t[b] = 8
		}
	}
	return t
}()
