package match

import (
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	digits64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_"
	hexits   = "0123456789abcdefABCDEF"
)

// TestSieve: every filter marks what a look at each byte does, at every length.
func TestSieve(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	pairs := []Pair{{'%', hexits}, {'\\', "ux"}}
	for _, f := range filters() {
		s := newSieve(digits64, pairs, f)
		for size := range 5 * blockLength {
			data := make([]byte, size)
			for i := range data {
				data[i] = byte(random.IntN(256))
				if random.IntN(2) == 0 {
					data[i] = `%\uxg1af\u00A`[random.IntN(12)]
				}
			}
			var set, found [4]uint64
			n := s.Mark(data, set[:], found[:])
			if want := min(size/blockLength, 4); n != want {
				t.Fatalf("%s: %d blocks of %d bytes, want %d", f, n, size, want)
			}
			for i := range n * blockLength {
				inSet := set[i/blockLength]>>(i%blockLength)&1 != 0
				inPair := found[i/blockLength]>>(i%blockLength)&1 != 0
				wantPair := false
				for _, p := range pairs {
					wantPair = wantPair || data[i] == p.First && i+1 < size && (strings.IndexByte(p.Second, data[i+1]) >= 0)
				}
				if inSet != (strings.IndexByte(digits64, data[i]) >= 0) {
					t.Fatalf("%s: byte %#x at %d of %d: in the set %t", f, data[i], i, size, inSet)
				}
				if inPair != wantPair && !(i+1 < size && data[i+1] >= 128) {
					t.Fatalf("%s: %q at %d of %d: a pair %t", f, data[i:min(size, i+2)], i, size, inPair)
				}
			}
		}
	}
}

func BenchmarkSieve(b *testing.B) {
	data := []byte(strings.Repeat("func (s *Sieve) Mark(data []byte) int { return s.mark(data) } // %d\\n", 1<<14))
	set, pairs := make([]uint64, len(data)/blockLength), make([]uint64, len(data)/blockLength)
	for _, f := range filters() {
		s := newSieve(digits64, []Pair{{'%', hexits}, {'\\', "ux"}}, f)
		b.Run(f.String(), func(b *testing.B) {
			b.SetBytes(int64(len(data)))
			for b.Loop() {
				s.Mark(data, set, pairs)
			}
		})
	}
}
