package source

import (
	"bytes"
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// sniffed is how much of a stream's start decides what it is.
const sniffed = 8 << 10

// isBinary reports whether a stream that starts so is no text: it has a NUL
// byte, or many control characters.
func isBinary(start []byte) bool {
	start = start[:min(len(start), sniffed)]
	if bytes.IndexByte(start, 0) >= 0 {
		return true
	}
	control := 0
	for _, b := range start {
		if b < ' ' && b != '\n' && b != '\r' && b != '\t' && b != '\f' && b != 0x1b && b != '\b' {
			control++
		}
	}
	return control > len(start)/20
}

// sniffUTF16 tells text in UTF-16 by its byte order mark, whose length it
// returns, or by NUL in every other byte of what is otherwise ASCII.
func sniffUTF16(start []byte) (scanner.Encoding, int) {
	switch {
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}):
		return scanner.UTF16LE, 2
	case bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return scanner.UTF16BE, 2
	}
	start = start[:min(len(start), sniffed)&^1]
	if len(start) < 8 {
		return scanner.Bytes, 0
	}
	var little, big int
	for i := 0; i < len(start); i += 2 {
		switch lo, hi := start[i], start[i+1]; {
		case hi == 0 && printable(lo):
			little++
		case lo == 0 && printable(hi):
			big++
		}
	}
	switch units := len(start) / 2; {
	case little >= units*9/10:
		return scanner.UTF16LE, 0
	case big >= units*9/10:
		return scanner.UTF16BE, 0
	}
	return scanner.Bytes, 0
}

func printable(b byte) bool { return b >= ' ' && b < 0x7f || b == '\n' || b == '\r' || b == '\t' }

// A decoder reads UTF-16 as UTF-8. A unit that is no character, and a half
// unit at the end, become U+FFFD.
type decoder struct {
	r       io.Reader
	order   binary.ByteOrder
	raw     [4096]byte
	kept    int // bytes of raw not decoded yet
	pending []byte
	err     error
}

func newDecoder(r io.Reader, e scanner.Encoding) *decoder {
	d := &decoder{r: r, order: binary.LittleEndian}
	if e == scanner.UTF16BE {
		d.order = binary.BigEndian
	}
	return d
}

func (d *decoder) Read(p []byte) (int, error) {
	for len(d.pending) == 0 && d.err == nil {
		n, err := d.r.Read(d.raw[d.kept:])
		d.err = err
		d.decode(d.raw[:d.kept+n])
	}
	if len(d.pending) == 0 {
		return 0, d.err
	}
	n := copy(p, d.pending)
	d.pending = d.pending[n:]
	return n, nil
}

// decode turns all whole characters of raw into pending, and at the end of the
// stream the rest.
func (d *decoder) decode(raw []byte) {
	d.pending = d.pending[:0]
	i := 0
	for ; i+2 <= len(raw); i += 2 {
		r := rune(d.order.Uint16(raw[i:]))
		if utf16.IsSurrogate(r) {
			if i+4 > len(raw) && d.err == nil {
				break
			}
			second := rune(utf8.RuneError)
			if i+4 <= len(raw) {
				second = rune(d.order.Uint16(raw[i+2:]))
			}
			if r = utf16.DecodeRune(r, second); r != utf8.RuneError {
				i += 2
			}
		}
		d.pending = utf8.AppendRune(d.pending, r)
	}
	if d.err != nil && i < len(raw) {
		d.pending = utf8.AppendRune(d.pending, utf8.RuneError)
		i = len(raw)
	}
	d.kept = copy(d.raw[:], raw[i:])
}
