package source

import (
	"encoding/binary"
	"io"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// A decoder reads UTF-16 as UTF-8. A unit that is no character, and a half
// unit at the end, become U+FFFD.
type decoder struct {
	r       io.Reader
	order   binary.ByteOrder
	low     int // where the low byte of a unit stands
	raw     [4096]byte
	kept    int // bytes of raw not decoded yet
	text    [2 * 4096]byte
	pending []byte // of text
	err     error
}

func newDecoder(r io.Reader, e scanner.Encoding) *decoder {
	d := &decoder{r: r, order: binary.LittleEndian}
	if e == scanner.UTF16BE {
		d.order, d.low = binary.BigEndian, 1
	}
	return d
}

// Read may return 0 and no error after a read that held no whole character.
func (d *decoder) Read(p []byte) (int, error) {
	if len(d.pending) == 0 && d.err == nil {
		var n int
		n, d.err = d.r.Read(d.raw[d.kept:])
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
	d.pending = d.text[:0]
	for len(raw) > 0 {
		for len(raw) >= 2 && raw[1-d.low] == 0 && raw[d.low] < utf8.RuneSelf { // most of it
			d.pending = append(d.pending, raw[d.low])
			raw = raw[2:]
		}
		r, n := d.next(raw)
		if n == 0 {
			break
		}
		d.pending = utf8.AppendRune(d.pending, r)
		raw = raw[n:]
	}
	d.kept = copy(d.raw[:], raw)
}

// next returns the first character of raw and its length in bytes, 0 if more
// of the stream is needed to tell.
func (d *decoder) next(raw []byte) (rune, int) {
	ended := d.err != nil
	switch {
	case len(raw) >= 2:
	case ended:
		return utf8.RuneError, len(raw)
	default:
		return 0, 0
	}
	first := rune(d.order.Uint16(raw))
	if !utf16.IsSurrogate(first) {
		return first, 2
	}
	if len(raw) >= 4 {
		if r := utf16.DecodeRune(first, rune(d.order.Uint16(raw[2:]))); r != utf8.RuneError {
			return r, 4
		}
	} else if !ended {
		return 0, 0
	}
	return utf8.RuneError, 2
}
