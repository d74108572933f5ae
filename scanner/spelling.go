package scanner

// A spelling is a way to write down the bytes of a value, in which they can be read
// in a text.
type spelling uint8

const (
	plain spelling = iota // as they are, or with some of them escaped
	asHex
	asPercents
	asBase64 // where a value starts three bytes that four digits have; the next two where one and two bytes stand before it
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

// spare are the first bits of a value that share a digit of base64 with what stands
// before it, by how many bytes that is: eight digits end with as many beyond a key.
var spare = [...]int{0, 4, 2}

// startOf returns the first bytes of a text, as many as window says, the last in the
// low bits.
func startOf[T string | []byte](text T, window int) uint64 {
	start := uint64(0)
	for i := range window {
		start = start<<8 | uint64(text[i])
	}
	return start
}

// plainKey sums up bytes that a text has, the last in the low bits: of as many as
// window says, shortestMasked or keyed.
func plainKey(start uint64, window int) uint32 {
	if window == shortestLong {
		return mix(start >> (8 * (shortestLong - keyed)) & keyMask)
	}
	return mix(start & (1<<(8*shortestMasked) - 1))
}

// base64Key sums up eight digits, by which it is told at once that no value starts
// there.
func base64Key(digits uint64) uint32 { return mix(digits<<16 | 1) }

func mix(key uint64) uint32 { return uint32(key * 0x9e3779b97f4a7c15 >> 32) }

// A reader reads a text byte by byte, and as base64.
type reader struct {
	next   int
	bytes  uint64 // the last before next
	digits uint64 // likewise, six bits of each
	// notBase64 and notHex have a bit for each of the last eight bytes that is no
	// digit.
	notBase64, notHex uint8
}

// read goes on to a position.
func (r *reader) read(text string, to int) {
	for ; r.next < to; r.next++ {
		b := text[r.next]
		sextet, nibble := sextets[b], nibbles[b]
		r.bytes, r.digits = r.bytes<<8|uint64(b), r.digits<<6|uint64(sextet&63)
		r.notBase64, r.notHex = r.notBase64<<1|sextet>>7, r.notHex<<1|nibble>>7
	}
}

// bytesInHex returns the first bytes that are in hexadecimal at a position, each so far
// behind the one before.
func bytesInHex(text string, at, step int) (start uint64, ok bool) {
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
	return start, true
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
