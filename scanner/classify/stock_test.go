package classify

import (
	"bytes"
	"math"
	"strings"
	"testing"
)

// FuzzStock: a value is made of stock words if it is as it stands, in lower case,
// or with the letters back that digits and symbols stand for.
func FuzzStock(f *testing.F) {
	for _, v := range []string{"k8$xQ!", "P@ssw0rd", "my_password", "TopSecret1", "P@ssw0rd1234!", "Ünlucky", "\u212Aey", "", "7e57"} {
		f.Add([]byte(v))
	}
	f.Fuzz(func(t *testing.T, v []byte) {
		low := bytes.Clone(v)
		for i, b := range low {
			low[i] = lowered(b)
		}
		back := bytes.Clone(low)
		for i, b := range back {
			if at := strings.IndexByte("013457$@!|", b); at >= 0 {
				back[i] = "oieastsail"[at]
			}
		}
		want := lexicon().compose(v, &itself) || lexicon().compose(low, &itself) || lexicon().compose(back, &itself)
		end := bytes.LastIndexFunc(v, func(r rune) bool { return r < 0x80 && isLetter(byte(r)) }) + 1
		want = want || end > 4 && end < len(v) && lexicon().compose(back[:end], &itself)
		want = want && len(v) <= 100
		if got := stock(v, traitsOf(v)); got != want {
			t.Errorf("%q: %v, want %v", v, got, want)
		}
	})
}

// FuzzEntropy: the sum is that over all bytes in their order, to the last bit, so
// that a rule's bound means the same.
func FuzzEntropy(f *testing.F) {
	f.Add([]byte("abcabcd"))
	f.Add(bytes.Repeat([]byte("ab"), 100))
	f.Fuzz(func(t *testing.T, data []byte) {
		var counts [256]int
		for _, b := range data {
			counts[b]++
		}
		want := 0.0
		for _, n := range counts {
			if n > 0 {
				want += float64(n) * math.Log2(float64(n))
			}
		}
		if len(data) > 0 {
			want = math.Log2(float64(len(data))) - want/float64(len(data))
		}
		if got := Entropy(data); got != want {
			t.Errorf("%q: %v, want %v", data, got, want)
		}
	})
}
