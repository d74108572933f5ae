package classify

import (
	"bytes"
	"math"
	"math/rand/v2"
	"testing"
)

// TestTraits holds what the traits of a value say against a look at its bytes.
func TestTraits(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	pools := []string{"0123456789abcdef", "ABCDEF01", "abcxyzABCXYZ", "abc019-_", "aZ9+/=", "aZ9!.: ,/-", "\x00\xff é"}
	for range 20_000 {
		pool := pools[random.IntN(len(pools))]
		v := make([]byte, 1+random.IntN(40))
		for i := range v {
			v[i] = pool[random.IntN(len(pool))]
		}
		has := traitsOf(v)
		if got, want := has.isHex(), isHex(v); got != want {
			t.Fatalf("%q: hex %v, want %v", v, got, want)
		}
		parts := []struct {
			is   func(byte) bool
			size int
		}{
			{isLower, 26}, {isUpper, 26}, {isDigit, 10}, {func(b byte) bool { return b == '-' || b == '_' }, 2},
			{func(b byte) bool { return b == '+' || b == '/' || b == '=' }, 2},
		}
		size, kinds, known := 0, 0, func(b byte) bool { return false }
		for i, p := range parts {
			if bytes.ContainsFunc(v, func(r rune) bool { return r < 0x80 && p.is(byte(r)) }) {
				if size += p.size; i < 3 {
					kinds++
				}
			}
			before := known
			known = func(b byte) bool { return before(b) || p.is(b) }
		}
		symbol := false
		for _, b := range v {
			if !known(b) {
				size += 30
				known = func(byte) bool { return true }
			}
			symbol = symbol || !isLetter(b) && !isDigit(b) && !isSeparator(b)
		}
		if symbol {
			kinds++
		}
		if got := has.kinds(); got != kinds {
			t.Fatalf("%q: %d kinds, want %d", v, got, kinds)
		}
		if len(v) >= 8 && isHex(v) && digits(v) > 0 && (bytes.ContainsAny(v, "abcdef") != bytes.ContainsAny(v, "ABCDEF")) {
			size = 16
		}
		if got, want := has.drawn(len(v)), math.Log2(float64(max(size, 1))); got != want {
			t.Fatalf("%q: %f bits a character, want %f", v, got, want)
		}
	}
}
