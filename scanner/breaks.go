package scanner

import "strings"

// breaks finds where a text has one of a few bytes, which most often lie far apart.
type breaks struct {
	text, bytes string
	past        [8]int // where each of the bytes comes next, and one more
}

// next returns where the next of them is, len(text) if there is none. It is asked in
// order.
func (b *breaks) next(from int) int {
	first := len(b.text)
	if from < first && strings.IndexByte(b.bytes, b.text[from]) >= 0 {
		return from
	}
	for k := range len(b.bytes) {
		if b.past[k] <= from {
			b.past[k] = len(b.text) + 1
			if i := strings.IndexByte(b.text[from:], b.bytes[k]); i >= 0 {
				b.past[k] = from + i + 1
			}
		}
		first = min(first, b.past[k]-1)
	}
	return first
}
