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
		if got, want := textLength(data), naive(data); got != want {
			t.Fatalf("%q: %d, want %d", data, got, want)
		}
	}
}
