package classify

import (
	"math"
	"math/bits"
)

// Entropy returns the Shannon entropy of the bytes, in bits a byte; 0 for none.
func Entropy(data []byte) float64 {
	switch {
	case len(data) == 0:
		return 0
	case len(data) <= math.MaxUint8:
		return entropy[uint8](data)
	}
	return entropy[int](data)
}

// entropy is Entropy, with counts that are large enough for the data and no
// larger, since they have to be cleared.
func entropy[T uint8 | int](data []byte) float64 {
	var counts [256]T
	var seen byteSet
	for _, b := range data {
		counts[b]++
		seen[b>>6] |= 1 << (b & 63)
	}
	sum := 0.0
	for i, word := range seen {
		for ; word != 0; word &= word - 1 {
			sum += times(int(counts[i<<6|bits.TrailingZeros64(word)]))
		}
	}
	total := float64(len(data))
	return math.Log2(total) - sum/total
}

// times returns n times its logarithm.
func times(n int) float64 {
	if n < len(logarithms) {
		return logarithms[n]
	}
	return float64(n) * math.Log2(float64(n))
}

// logarithms are times of the numbers that most bytes of a value come up to.
var logarithms = func() (all [64]float64) {
	for n := 1; n < len(all); n++ {
		all[n] = float64(n) * math.Log2(float64(n))
	}
	return all
}()
