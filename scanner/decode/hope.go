package decode

// A hope is what may come next where bytes were text so far. Nearly all that only
// looks encoded is told by the first few bytes that it stands for.
type hope uint8

const (
	anything hope = iota // at the start, which may be within a code point, and later in one
	noMore               // after ASCII: nothing that a code point goes on with
	more                 // where a code point begins: nothing else
	hopeless             // the last, so that it is a mask of all
)

// hopes are what there is to hope for after one more byte.
var hopes = func() (t [hopeless + 1][256]hope) {
	for before := range t {
		for b := range 256 {
			next := hopeless
			switch {
			case textByte(byte(b)):
				next = noMore
			case b >= 0x80 && b < 0xc0:
				next = anything
			case b >= 0xc2 && b < 0xf5:
				next = more
			}
			goesOn := next == anything
			if hope(before) == hopeless || hope(before) == noMore && goesOn || hope(before) == more && !goesOn {
				next = hopeless
			}
			t[before][b] = next
		}
	}
	return t
}()

// startsPacked reports whether two bytes may be how UTF-16 or gzip starts.
func startsPacked(a, b byte) bool { return a == 0 || b == 0 || a == 0x1f || a >= 0xfe }

// hopeful reports whether what the first headDigits of digits of base64 say may be
// promising.
func hopeful(run []byte) bool {
	now := anything
	head := (*[headDigits]byte)(run)
	for i := 0; i+4 <= len(head); i += 4 {
		h := head[i : i+4 : i+4]
		n := uint32(digits[h[0]])<<18 | uint32(digits[h[1]])<<12 | uint32(digits[h[2]])<<6 | uint32(digits[h[3]])
		a, b, c := byte(n>>16), byte(n>>8), byte(n)
		if i == 0 && startsPacked(a, b) {
			return true
		}
		if now = hopes[hopes[hopes[now&hopeless][a]&hopeless][b]&hopeless][c]; now == hopeless {
			return false
		}
	}
	return true
}

// hopefulHex is hopeful for the first shortestRun digits of hex.
func hopefulHex(run []byte) bool {
	now := anything
	head := (*[shortestRun]byte)(run)
	for i := 0; i+4 <= len(head); i += 4 {
		h := head[i : i+4 : i+4]
		a, b := hexDigits[h[0]]<<4|hexDigits[h[1]], hexDigits[h[2]]<<4|hexDigits[h[3]]
		if i == 0 && startsPacked(a, b) {
			return true
		}
		if now = hopes[hopes[now&hopeless][a]&hopeless][b]; now == hopeless {
			return false
		}
	}
	return true
}
