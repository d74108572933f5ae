package scanner

// A spelling is a way to write down the bytes of a value, in which they can be read
// in a text.
type spelling uint8

const (
	plain spelling = iota // as they are, or with some of them escaped
	asHex
	asPercents
	asBase64 // behind so many bytes that the first has a digit of its own; the next two with one and two more before it
)

// forms are those of a value that are spelled so and no other way.
func (s spelling) forms() [2]int {
	switch s {
	case asHex:
		return [...]int{escapedForms, escapedForms + 1}
	case asPercents:
		return [...]int{escapedForms + 2, escapedForms + 3}
	}
	first := escapedForms + 4 + int(s-asBase64)
	return [...]int{first, first + 3}
}

// keyed is how many bytes of a longer value keys are made of: but for their first
// four bits they are in the first eight digits of base64, wherever in a longer text
// it starts.
const (
	keyed   = 6
	keyMask = 1<<(8*keyed-4) - 1
)

// keyOf sums up the first bytes of a text: shortestMasked or keyed of them.
func keyOf[T string | []byte](text T, window int) uint32 {
	if window != wordLike {
		return mix(uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24)
	}
	_ = text[7]
	start := uint64(text[7]) | uint64(text[6])<<8 | uint64(text[5])<<16 | uint64(text[4])<<24 |
		uint64(text[3])<<32 | uint64(text[2])<<40 | uint64(text[1])<<48 | uint64(text[0])<<56
	return mix(start >> (8 * (wordLike - keyed)) & keyMask)
}

func mix(key uint64) uint32 { return uint32(key * 0x9e3779b97f4a7c15 >> 32) }

// A base64Reader reads a text as base64, position by position.
type base64Reader struct {
	bits uint64 // of the last digits
	run  int    // of digits that end where the next is read
	next int
}

// read reports whether eight digits start at a position, which bits ends with. There
// are eight bytes, and it was asked for no later one before.
func (d *base64Reader) read(text string, at int) bool {
	for ; d.next < at+wordLike; d.next++ {
		digit := sextets[text[d.next]]
		if d.bits, d.run = d.bits<<6|uint64(digit), d.run+1; digit == noDigit {
			d.bits, d.run = 0, 0
		}
	}
	return d.run >= wordLike
}

// hexAt returns the part of the first bytes that keys are made of, where they
// are in hexadecimal, each so far behind the one before.
func hexAt(text string, at, step int) (start uint64, ok bool) {
	if at+(keyed-1)*step+2 > len(text) {
		return 0, false
	}
	for i := range keyed {
		high, low := nibbles[text[at+i*step]], nibbles[text[at+i*step+1]]
		if high|low == noDigit {
			return 0, false
		}
		start = start<<8 | uint64(high)<<4 | uint64(low)
	}
	return start & keyMask, true
}

// noDigit is in tables of digits what is none.
const noDigit = 0xff

// sextets are the values of digits of base64 in either alphabet, nibbles those of
// digits of hexadecimal in either case.
var sextets, nibbles = func() (sextets, nibbles [256]uint8) {
	for b := range sextets {
		sextets[b], nibbles[b] = noDigit, noDigit
	}
	for _, alphabet := range [...]string{letterDigits + "+/", letterDigits + "-_"} {
		for i, b := range []byte(alphabet) {
			sextets[b] = uint8(i)
		}
	}
	for _, digits := range [...]string{lowerDigits, upperDigits} {
		for i, b := range []byte(digits) {
			nibbles[b] = uint8(i)
		}
	}
	return sextets, nibbles
}()

const letterDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
