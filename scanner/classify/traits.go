package classify

import (
	"math"
	"math/bits"
)

// traits are the sorts of bytes that a value has. Most questions about the shape of
// one are about a sort that it has none of.
type traits uint32

const (
	lowers traits = 1 << iota
	uppers
	decimals
	dashes   // - and _
	pluses   // + / and =
	others   // no letter, no digit and none of these
	far      // letters that are no hexadecimal digits
	symbolic // neither a letter nor a digit nor a separator
	slashes  // / and :
	breaks   // what parts a value that is no one's password: blank . : ,
	hyphens  // -
	colons   // :
	ats      // @
	dots     // .
	repeats  // * and +
	escaping // \ % ( [
	openers  // { ( < %
	jsonEnds // what a text of JSON in another text ends with: " \
	controls // what nobody can type
	beyond   // what is not ASCII
)

// alphabet is the traits that tell what a value may have been drawn from.
const alphabet = lowers | uppers | decimals | dashes | pluses | others

// byteTraits are those of a value of one byte.
var byteTraits = func() (all [256]traits) {
	for i := range all {
		b := byte(i)
		t := &all[i]
		switch {
		case isLower(b):
			*t = lowers
		case isUpper(b):
			*t = uppers
		case isDigit(b):
			*t = decimals
		case b == '-' || b == '_':
			*t = dashes
		case b == '+' || b == '/' || b == '=':
			*t = pluses
		default:
			*t = others
		}
		if isLetter(b) && !isHexDigit(b) {
			*t |= far
		}
		if !isLetter(b) && !isDigit(b) && !isSeparator(b) {
			*t |= symbolic
		}
		switch {
		case b >= 0x80:
			*t |= beyond
		case b < ' ' || b == 0x7f:
			*t |= controls
		}
	}
	for t, bytes := range map[traits]string{
		slashes: "/:", breaks: " .:,", hyphens: "-", colons: ":", ats: "@", dots: ".", repeats: "*+", escaping: `\%([`, openers: "{(<%", jsonEnds: `"\`,
	} {
		for _, b := range []byte(bytes) {
			all[b] |= t
		}
	}
	return all
}()

func traitsOf(v []byte) (t traits) {
	for ; len(v) >= 4; v = v[4:] {
		t |= byteTraits[v[0]] | byteTraits[v[1]] | byteTraits[v[2]] | byteTraits[v[3]]
	}
	for _, b := range v {
		t |= byteTraits[b]
	}
	return t
}

// kinds counts the kinds of characters: small letters, capitals, digits, symbols;
// separators are none.
func (t traits) kinds() int {
	return bits.OnesCount32(uint32(t & (lowers | uppers | decimals | symbolic)))
}

// isHex reports whether there are hexadecimal digits and nothing else.
func (t traits) isHex() bool { return t != 0 && t&^(lowers|uppers|decimals) == 0 }

// drawn returns the bits of a character drawn from the smallest common alphabet
// that has them all, given how many there are.
func (t traits) drawn(length int) float64 {
	if length >= 8 && t&alphabet&^(lowers|uppers) == decimals && t&far == 0 && (t&lowers != 0) != (t&uppers != 0) {
		return alphabets[16]
	}
	return alphabets[sizes[t&alphabet]]
}

// sizes are those of the alphabets, by the traits that tell.
var sizes = func() (all [alphabet + 1]int) {
	for t := range all {
		for i, size := range [...]int{26, 26, 10, 2, 2, 30} {
			all[t] += t >> i & 1 * size
		}
	}
	return all
}()

// alphabets has for each size the bits of a character.
var alphabets = func() (bits [26 + 26 + 10 + 2 + 2 + 30 + 1]float64) {
	for size := range bits {
		bits[size] = math.Log2(float64(max(size, 1)))
	}
	return bits
}()
