package scanner

import (
	"encoding/base64"
	"strconv"
)

// formCount is how many forms a value is looked for in.
const formCount = 14

// The forms that are the value itself where nothing in it is escaped.
const (
	asItIs = iota
	quoted
	inQuery
	inPath
	escapedForms // those from here on are of any value
)

// appendForm appends what a value looks like: as it is, quoted, percent-encoded
// where a URL asks for it, in hexadecimal, percent-encoded throughout, and in
// base64 wherever it starts in a longer text.
func appendForm(dst []byte, v string, form int) []byte {
	switch form {
	case asItIs:
		return append(dst, v...)
	case quoted:
		start := len(dst)
		dst = strconv.AppendQuote(dst, v)
		return append(dst[:start], dst[start+1:len(dst)-1]...)
	case inQuery, inPath:
		return appendEscaped(dst, v, form)
	case 4:
		return appendHex(dst, v, lowerDigits, "")
	case 5:
		return appendHex(dst, v, upperDigits, "")
	case 6:
		return appendHex(dst, v, lowerDigits, "%")
	case 7:
		return appendHex(dst, v, upperDigits, "%")
	case 8, 9, 10:
		return appendWithin(dst, base64.RawStdEncoding, v, form-8)
	}
	return appendWithin(dst, base64.RawURLEncoding, v, form-11)
}

const (
	lowerDigits = "0123456789abcdef"
	upperDigits = "0123456789ABCDEF"
)

func appendHex(dst []byte, v, digits, before string) []byte {
	for i := range len(v) {
		dst = append(dst, before...)
		dst = append(dst, digits[v[i]>>4], digits[v[i]&15])
	}
	return dst
}

// appendEscaped is url.QueryEscape or url.PathEscape.
func appendEscaped(dst []byte, v string, form int) []byte {
	for i := range len(v) {
		switch b := v[i]; {
		case escapes[b]>>form&1 == 0:
			dst = append(dst, b)
		case b == ' ' && form == inQuery:
			dst = append(dst, '+')
		default:
			dst = append(dst, '%', upperDigits[b>>4], upperDigits[b&15])
		}
	}
	return dst
}

// appendWithin appends the digits that hold nothing but v where lead bytes stand
// before it.
func appendWithin(dst []byte, e *base64.Encoding, v string, lead int) []byte {
	var few [16]byte
	start := len(dst)
	dst = e.AppendEncode(dst, append(few[:lead], v...))
	first := (lead*8 + 5) / 6       // digits that hold bits of what stands before
	last := (lead + len(v)) * 8 / 6 // digits before one that holds bits of what follows
	return append(dst[:start], dst[start+first:start+last]...)
}

// inAll has the bits of all the forms that something can be escaped in.
const inAll = 1<<quoted | 1<<inQuery | 1<<inPath

// escapes has for each byte a bit for each form that it is escaped in. Of a byte
// that is no ASCII all are set: whether it is escaped depends on its neighbours.
var escapes = func() (bits [256]uint8) {
	for b := range bits {
		switch c := byte(b); {
		case alphanumeric(c), c == '-', c == '_', c == '.', c == '~':
		case c > ' ' && c < 0x7f:
			bits[b] = 1 << inQuery
			switch c {
			case '"', '\\':
				bits[b] |= 1<<quoted | 1<<inPath
			case '$', '&', '+', '=', ':', '@':
			default:
				bits[b] |= 1 << inPath
			}
		case c == ' ':
			bits[b] = 1<<inQuery | 1<<inPath
		default:
			bits[b] = inAll
		}
	}
	return bits
}()

// escapedIn returns a bit for each form that is not the value itself because
// something in it is escaped.
func escapedIn(v string) uint8 {
	all := uint8(0)
	for i := 0; i < len(v) && all != inAll; i++ {
		all |= escapes[v[i]]
	}
	return all
}
