package decode

import (
	"math/rand/v2"
	"testing"
	"unicode/utf8"
)

// TestTextLength: text is told eight bytes at once as it is one by one.
func TestTextLength(t *testing.T) {
	naive := func(data []byte) int {
		i := 0
		for i < min(len(data), utf8.UTFMax-1) && !utf8.RuneStart(data[i]) {
			i++
		}
		for i < len(data) {
			r, n := utf8.DecodeRune(data[i:])
			if r == utf8.RuneError && n == 1 && utf8.FullRune(data[i:]) || r < utf8.RuneSelf && !textByte(byte(r)) {
				return i
			}
			i += n
		}
		return i
	}
	random := rand.New(rand.NewPCG(1, 1))
	for range 200_000 {
		data := []byte(text(random.IntN(60), random.Uint64()))
		for range random.IntN(3) {
			if len(data) > 0 {
				data[random.IntN(len(data))] = byte(random.Uint32()) >> random.IntN(3)
			}
		}
		data = data[min(len(data), random.IntN(3)):]
		want := naive(data)
		if got := textLength(data, 0); got != want {
			t.Fatalf("%q: %d, want %d", data, got, want)
		}
		// What comes in two parts is the same, if the first is no mere end of a
		// code point.
		part := data[:min(len(data), utf8.UTFMax-1+random.IntN(60))]
		known := wholeText(part, textLength(part, 0))
		if got := textLength(data, known); got != want {
			t.Fatalf("%q after %q: %d, want %d", data, data[:known], got, want)
		}
	}
}
