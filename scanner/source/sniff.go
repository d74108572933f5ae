package source

import (
	"bytes"
	"encoding/binary"

	"github.com/sluice-sec/sluice/scanner"
)

// sniffed is how much of a stream's start decides what it is.
const sniffed = 8 << 10

// isBinary reports whether a stream that starts so is no text: it has a NUL
// byte, or many control characters.
func isBinary(start []byte) bool {
	start = start[:min(len(start), sniffed)]
	return bytes.IndexByte(start, 0) >= 0 || controls(start) > len(start)/20
}

// controls counts the control characters that text does not have. Every file
// is asked, and most have none: many bytes at a time are looked at for one.
func controls(data []byte) int {
	if bytes.IndexByte(data, '\v') >= 0 { // which mayControl does not see
		return countControls(data)
	}
	n := 0
	for ; len(data) >= 32; data = data[32:] {
		w := data[:32:32]
		if (mayControl(binary.LittleEndian.Uint64(w))|mayControl(binary.LittleEndian.Uint64(w[8:]))|
			mayControl(binary.LittleEndian.Uint64(w[16:]))|mayControl(binary.LittleEndian.Uint64(w[24:])))&highBits != 0 {
			n += countControls(w)
		}
	}
	return n + countControls(data)
}

func countControls(data []byte) int {
	n := 0
	for _, b := range data {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b && b != '\b' {
			n++
		}
	}
	return n
}

const eachByte, highBits = 0x0101010101010101, 0x8080808080808080

// mayControl returns the high bit of each of eight bytes that may be a control
// character which text does not have, and other bits that mean nothing. It is
// wrong about escape, which is rare in text, and about the vertical tab.
func mayControl(x uint64) uint64 {
	y := (x &^ highBits) ^ 9*eachByte // backspace to carriage return are 0 to 5 now, other control characters 6 to 31
	from6, from32 := y+(0x80-6)*eachByte, y+(0x80-32)*eachByte
	return from6 &^ from32 &^ x
}

// sniffEncoding returns the encoding of a stream that starts so, and the
// length of its byte order mark. Without a mark it is UTF-16 where every other
// byte is NUL in what is otherwise ASCII.
func sniffEncoding(start []byte) (scanner.Encoding, int) {
	start = start[:min(len(start), sniffed)]
	switch {
	case bytes.HasPrefix(start, []byte{0xef, 0xbb, 0xbf}):
		return scanner.Bytes, 3
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}) && isUTF16(start[2:], binary.LittleEndian):
		return scanner.UTF16LE, 2
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}) && isUTF16(start[2:], binary.BigEndian):
		return scanner.UTF16BE, 2
	}
	units := len(start) / 2
	if units < 4 || bytes.IndexByte(start, 0) < 0 {
		return scanner.Bytes, 0
	}
	var little, big int
	most := units * 9 / 10
	for i := 0; i < units && i-max(little, big) <= units-most; i++ { // else neither gets there
		switch first, second := start[2*i], start[2*i+1]; {
		case second == 0 && printable(first):
			little++
		case first == 0 && printable(second):
			big++
		}
	}
	switch {
	case little >= most:
		return scanner.UTF16LE, 0
	case big >= most:
		return scanner.UTF16BE, 0
	}
	return scanner.Bytes, 0
}

// isUTF16 reports whether data after a byte order mark may be text. The two
// bytes of the mark start other things too: MPEG audio, UTF-32, plain text that
// a careless program put a mark before. What they hide would be lost.
func isUTF16(data []byte, order binary.ByteOrder) bool {
	units, wrong, ascii := len(data)/2, 0, 0
	high := false // the unit before was the first of a pair
	for i := range units {
		u := order.Uint16(data[2*i:])
		low := u >= 0xdc00 && u < 0xe000
		if high != low || u == 0 || u >= 0xfffe {
			wrong++
		}
		high = u >= 0xd800 && u < 0xdc00
		if printable(data[2*i]) && printable(data[2*i+1]) {
			ascii++
		}
	}
	return wrong <= 2+units/200 && (units < 8 || ascii < units*9/10)
}

func printable(b byte) bool { return b >= ' ' && b < 0x7f || b == '\n' || b == '\r' || b == '\t' }
