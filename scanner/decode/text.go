package decode

import (
	"bytes"
	"unicode/utf8"
)

// shortest is the least text that makes a view, in bytes.
const shortest = 12

// textLength returns how much of the start of data is text: UTF-8 without
// control characters. A code point that an end of the data cuts off counts.
func textLength(data []byte) int {
	i := 0
	for i < min(len(data), utf8.UTFMax-1) && !utf8.RuneStart(data[i]) {
		i++
	}
	for i < len(data) {
		b := data[i]
		switch {
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n < 2 && utf8.FullRune(data[i:]) {
				return i
			}
			i += n
			continue
		case b < ' ' && b != '\n' && b != '\t' && b != '\r', b == 0x7f:
			return i
		}
		i++
	}
	return len(data)
}

// promising reports whether what starts so, as a stretch decodes, is worth
// decoding whole. Most stretches that only look encoded are told by this.
func promising(start []byte) bool {
	return len(start) >= shortest && (isText(start) || opensUTF16(start)) || isGzip(start)
}

func isGzip(start []byte) bool { return bytes.HasPrefix(start, []byte("\x1f\x8b\x08")) }

// opensUTF16 reports whether each of the first units has an ASCII character.
func opensUTF16(start []byte) bool {
	start = bytes.TrimPrefix(bytes.TrimPrefix(start, []byte("\xff\xfe")), []byte("\xfe\xff"))
	n := wideLength(start)
	return n >= min(len(start), 2*shortest)-1 && n >= shortest
}

func isText(data []byte) bool { return textLength(data) == len(data) }

// usable returns how much of a decoded stretch makes a view: all of what is to
// be decoded once more, and the text at the start of anything else.
func usable(data []byte) int {
	if isGzip(data) || opensUTF16(data) {
		return len(data)
	}
	n := textLength(data)
	if n < shortest {
		return 0
	}
	return n
}
