package classify

import _ "embed"

// trigrams tells how surprising a letter is after two others in the words that
// people write in programs: 27 rows of 27 lines of 27 characters, indexed by
// the two letters before and the letter itself, 0 being the edge of a word and
// 1 to 26 the letters. A character counts quarters of a bit from 'A' on. The
// table is made of the identifiers and comments of Go's standard library by
//
//	go test ./scanner/classify -run TestTrigrams -update
//
//go:embed trigrams.txt
var trigrams string

const (
	letters   = 27
	rowLength = letters + 1 // with its line end
	edge      = 0
)

// surprise returns the bits that the third symbol carries after the first two.
func surprise(a, b, c int) float64 {
	return float64(trigrams[(a*letters+b)*rowLength+c]-'A') / 4
}

// symbol returns the place of a letter in the table, case ignored; edge for
// any other byte.
func symbol(b byte) int {
	if b |= 0x20; b >= 'a' && b <= 'z' {
		return int(b-'a') + 1
	}
	return edge
}
