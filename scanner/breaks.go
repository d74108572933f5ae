package scanner

import "strings"

// breaks finds where a text has one of a few bytes, which most often lie far apart.
type breaks struct {
	text  string
	kinds int // of those that still come
	bytes [8]byte
	past  [8]int // where each of them comes next, and one more
}

func breaksOf(text, bytes string) breaks {
	b := breaks{text: text, kinds: len(bytes)}
	copy(b.bytes[:], bytes)
	return b
}

// next returns where the next of them is, len(text) if there is none. It is asked in
// order.
func (b *breaks) next(from int) int {
	first := len(b.text)
	for k := 0; k < b.kinds; k++ {
		if b.past[k] <= from {
			i := strings.IndexByte(b.text[from:], b.bytes[k])
			if i < 0 {
				b.kinds--
				b.bytes[k], b.past[k] = b.bytes[b.kinds], b.past[b.kinds]
				k--
				continue
			}
			b.past[k] = from + i + 1
		}
		first = min(first, b.past[k]-1)
	}
	return first
}
