package decode

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"unicode/utf8"
)

// shortest is the least text that makes a view, in bytes.
const shortest = 12

// textLength returns how much of the start of data is text: UTF-8 without
// control characters. A code point that an end of the data cuts off counts. The
// first known bytes, none or more than a code point has, are known to be text
// that ends with a whole one.
func textLength(data []byte, known int) int {
	i := known
	if known == 0 {
		for i < min(len(data), utf8.UTFMax-1) && !utf8.RuneStart(data[i]) {
			i++
		}
	}
	for i < len(data) {
		if i+8 <= len(data) {
			if i += plainLength(data[i:]); i == len(data) {
				break
			}
		}
		b := data[i]
		switch {
		case b >= utf8.RuneSelf:
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n < 2 && utf8.FullRune(data[i:]) {
				return i
			}
			i += n
			continue
		case !textByte(b):
			return i
		}
		i++
	}
	return len(data)
}

// plainLength returns how many bytes at the start of data, in whole words, are
// ASCII and text; len(data) if all are. Most text is made of such, and eight are told
// at once.
func plainLength(data []byte) int {
	i := 0
	for ; i+8 <= len(data); i += 8 {
		for doubts := doubtful(data[i:]); doubts != 0; doubts &= doubts - 1 {
			if at := i + bits.TrailingZeros64(doubts)/8; !textByte(data[at]) {
				return at
			}
		}
	}
	if i > 0 && doubtful(data[len(data)-8:]) == 0 { // some of which were looked at
		return len(data)
	}
	return i
}

// doubtful has the highest bit of each of the first eight bytes that is beyond ASCII,
// 0x7f or below a space.
func doubtful(data []byte) uint64 {
	const (
		ones  = 0x0101010101010101
		highs = 0x80 * ones
	)
	w := binary.LittleEndian.Uint64(data)
	return (w | (w + ones) | ^((w | highs) - ' '*ones)) & highs
}

// wholeText returns how much of data, of which the first n bytes are text, ends
// with a whole code point.
func wholeText(data []byte, n int) int {
	for i := n - 1; i >= max(0, n-utf8.UTFMax+1); i-- {
		if utf8.RuneStart(data[i]) {
			if !utf8.FullRune(data[i:]) {
				return i
			}
			break
		}
	}
	return n
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
	start = start[:min(len(start), 2*shortest)]
	n := wideLength(start)
	return n >= len(start)-1 && n >= shortest
}

func isText(data []byte) bool { return textLength(data, 0) == len(data) }

// opensPacked reports whether what starts so is no text, but to be decoded once
// more.
func opensPacked(start []byte) bool { return isGzip(start) || opensUTF16(start) }

// usable returns how much of a decoded stretch makes a view, known as in
// textLength: all of what is to be decoded once more, as packed says, and the
// text at the start of anything else.
func usable(data []byte, known int) (n int, packed bool) {
	if opensPacked(data) {
		return len(data), true
	}
	if n = textLength(data, known); n < shortest {
		n = 0
	}
	return n, false
}
