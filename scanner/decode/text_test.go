package decode

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
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

// TestHopeful: what is promising is not given up.
func TestHopeful(t *testing.T) {
	random := rand.New(rand.NewPCG(2, 1))
	promises, vain := 0, 0
	for range 200_000 {
		plain := []byte(text(headDigits, random.Uint64()))[:headDigits/4*3]
		switch random.IntN(6) {
		case 0:
			copy(plain, "\x1f\x8b\x08")
		case 1:
			copy(plain, []string{"\xff\xfe", "\xfe\xff", "\xff\xfe\xfe\xff"}[random.IntN(3)])
			fallthrough
		case 2:
			for i := random.IntN(2); i < len(plain); i += 2 {
				plain[i] = 0
			}
		case 3:
			for range 1 + random.IntN(3) {
				plain[random.IntN(len(plain))] = byte(random.Uint32())
			}
		}
		hope := hopeful([]byte(base64.StdEncoding.EncodeToString(plain)))
		if promising(plain) {
			promises++
			if !hope {
				t.Fatalf("%q: given up in base64", plain)
			}
		} else if hope {
			vain++
		}
		start := plain[:shortest]
		hope = hopefulHex([]byte(hex.EncodeToString(start)))
		if promising(start) {
			promises++
			if !hope {
				t.Fatalf("%q: given up in hex", start)
			}
		} else if hope {
			vain++
		}
	}
	if promises < 200_000 || vain > 100_000 { // of 400,000
		t.Errorf("%d promises, %d hopes in vain", promises, vain)
	}
}

// TestPair: four bytes that are two units of one order are a pair.
func TestPair(t *testing.T) {
	values := []byte{0, 1, 8, '\t', '\n', ' ', 'A', 0x7e, 0x7f, 0x80, 0xff}
	for n := range len(values) * len(values) * len(values) * len(values) {
		var data []byte
		for range 4 {
			data = append(data, values[n%len(values)])
			n /= len(values)
		}
		if o := unit(data); o != neither && unit(data[2:]) == o && !pair(binary.LittleEndian.Uint32(data)) {
			t.Errorf("%q: no pair", data)
		}
	}
}
