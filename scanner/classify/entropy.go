package classify

import "math"

// Entropy returns the Shannon entropy of the bytes, in bits a byte; 0 for none.
func Entropy(data []byte) float64 {
	if len(data) == 0 {
		return 0
	}
	var counts [256]int
	for _, b := range data {
		counts[b]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			sum += float64(n) * math.Log2(float64(n))
		}
	}
	total := float64(len(data))
	return math.Log2(total) - sum/total
}
