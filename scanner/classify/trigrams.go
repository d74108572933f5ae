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

// surprises are the quarters of a bit of the trigrams, each at a place that shifts
// alone come to: five bits for each of the three symbols.
var surprises = func() *[1 << 15]uint8 {
	all := new([1 << 15]uint8)
	for row := range letters * letters {
		for c := range letters {
			all[row/letters<<10|row%letters<<5|c] = trigrams[row*rowLength+c] - 'A'
		}
	}
	return all
}()

// surprise returns the quarters of a bit that the last symbol carries after the two
// before it, of some that stand in five bits each, the last one lowest.
func surprise(symbols int) int { return int(surprises[symbols&(1<<15-1)]) }

// symbol returns the place of a letter in the table, case ignored; edge for
// any other byte.
func symbol(b byte) int { return int(symbols[b] &^ capital) }

// capital marks the symbols of capitals, in symbols alone.
const capital = 1 << 5

var symbols = func() (all [256]uint8) {
	for b := range byte(letters - 1) {
		all['a'+b], all['A'+b] = b+1, b+1|capital
	}
	return all
}()
