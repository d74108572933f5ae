package classify

import (
	"encoding/base64"
	"math/rand/v2"
	"testing"
)

// TestDecodes holds the table against package base64.
func TestDecodes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const bytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_.:[]"
	for range 100_000 {
		var four [4]byte
		for i := range four {
			four[i] = bytes[random.IntN(len(bytes))]
		}
		var start [3]byte
		n, err := base64.StdEncoding.Decode(start[:], four[:])
		if got, want := decodes(four[:]), err == nil && all(start[:n], isPrintable); got != want {
			t.Fatalf("%q: %v, want %v", four, got, want)
		}
	}
}
