package decode

import (
	"math/rand/v2"
	"testing"
)

// TestNextHex: hex in a line of digits is found where a look at each byte finds it.
func TestNextHex(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	const all = "0123456789abcdefABCDEFGHIJKLMNOPQRSTUVWXYZghijklmnopqrstuvwxyz+/-_"
	found := 0
	for range 20_000 {
		data := make([]byte, random.IntN(120))
		for i := range data {
			data[i] = all[random.IntN(len("0123456789abcdefABCDEF"))]
		}
		for range random.IntN(6) {
			if len(data) > 0 {
				data[random.IntN(len(data))] = all[random.IntN(len(all))]
			}
		}
		d, from, want := decoder{data: data}, random.IntN(len(data)+1), len(data)
		for at := from; at < len(data) && want == len(data); at++ {
			end := at
			for end < len(data) && hexDigits[data[end]] != noDigit {
				end++
			}
			if got := d.hexEnd(at, len(data)); got != end {
				t.Fatalf("%q from %d: hex ends at %d, want %d", data, at, got, end)
			}
			if end-at >= shortestRun {
				want = at
			}
		}
		if got := d.nextHex(from, len(data)); got != want {
			t.Fatalf("%q from %d: hex at %d, want %d", data, from, got, want)
		}
		if want < len(data) {
			found++
		}
	}
	if found < 5_000 {
		t.Errorf("hex in %d lines alone", found)
	}
}
