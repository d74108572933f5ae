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

// surprise returns the quarters of a bit that the third symbol carries after
// the first two.
func surprise(a, b, c int) int {
	return int(trigrams[(a*letters+b)*rowLength+c] - 'A')
}

// symbol returns the place of a letter in the table, case ignored; edge for
// any other byte.
func symbol(b byte) int { return int(symbols[b]) }

var symbols = func() (all [256]uint8) {
	for b := range byte(letters - 1) {
		all['a'+b], all['A'+b] = b+1, b+1
	}
	return all
}()
