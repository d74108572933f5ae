package decode

import (
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// before and behind are how far a view reaches from an escape.
	before = 4 << 10
	behind = 2 * escapeGrid
	// escapeGrid parts long stretches with many escapes.
	escapeGrid = 8 << 10
)

// escapes finds the stretches, of what stands between white space and quotes,
// that hold an escape of a character that counts, among the places that marks
// has in the block at block. Each is decoded from the first such escape in each
// part of the grid.
func (d *decoder) escapes(block int, marks uint64) {
	for ; marks != 0; marks &= marks - 1 {
		if at := block + bits.TrailingZeros64(marks); at < d.To && d.counts(at) && d.leads(at) {
			d.stretch(at)
		}
	}
}

// counts reports whether there is an escape at at, of an ASCII character that
// can be a part of a text.
func (d *decoder) counts(at int) bool {
	r, n := d.escape(at)
	return n > 0 && r < utf8.RuneSelf && textByte(byte(r))
}

// leads reports whether no other escape goes before the one at at in its
// stretch and part of the grid.
func (d *decoder) leads(at int) bool {
	start := at - min(at, int((d.Pos+int64(at))%escapeGrid))
	for i := at - 1; i >= start && !delimits(d.data[i]); i-- {
		if d.data[i] == d.data[at] && d.counts(i) {
			return false
		}
	}
	return true
}

// delimits reports whether a stretch ends at b.
func delimits(b byte) bool {
	return b <= ' ' || b == '"' || b == '\'' || b == '`' || b == '<' || b == '>' || b == 0x7f
}

// escape returns the character, a byte or half of a UTF-16 pair that is escaped
// at at, and how long the escape is; 0 if it is none.
func (d *decoder) escape(at int) (rune, int) {
	digits, prefix := 2, 1
	if d.data[at] == '\\' {
		if prefix = 2; at+1 >= len(d.data) {
			return 0, 0
		}
		switch d.data[at+1] {
		case 'u':
			digits = 4
		case 'x':
		default:
			return 0, 0
		}
	}
	end := at + prefix + digits
	if end > len(d.data) {
		return 0, 0
	}
	var r rune
	for _, b := range d.data[at+prefix : end] {
		digit := hexDigits[b]
		if digit == noDigit {
			return 0, 0
		}
		r = r<<4 | rune(digit)
	}
	return r, end - at
}

// stretch decodes what stands round the escape at at.
func (d *decoder) stretch(at int) {
	from, to := at, at
	for from > max(0, at-before) && !delimits(d.data[from-1]) {
		from--
	}
	for to < min(len(d.data), at+behind) && !delimits(d.data[to]) {
		to++
	}
	d.text, d.segments = d.text[:0], d.segments[:0]
	literal := -1
	for i := from; i < to; {
		n := 0
		if d.data[i] == d.data[at] {
			n = d.unescape(i, to)
		}
		if n == 0 {
			if literal < 0 {
				literal = i
				d.segments = append(d.segments, segment{data: len(d.text), src: i, scale: 1})
			}
			d.text = append(d.text, d.data[i])
			i++
			continue
		}
		literal, i = -1, i+n
	}
	form := Percent
	if d.data[at] == '\\' {
		form = Escape
	}
	if len(d.text) >= shortest && d.afford(len(d.text)) {
		d.emit(&View{Form: form, Start: from, End: to, Data: d.text, segments: d.segments})
	}
}

// unescape appends what is escaped at at and returns the length of the escape;
// 0 if there is none.
func (d *decoder) unescape(at, to int) int {
	r, n := d.escape(at)
	if n == 0 || at+n > to {
		return 0
	}
	start := len(d.text)
	switch {
	case n < len(`\uXXXX`): // a byte
		d.text = append(d.text, byte(r))
	case utf16.IsSurrogate(r) && at+n < to && d.data[at+n] == '\\':
		if low, m := d.escape(at + n); m == n && at+n+m <= to {
			r, n = utf16.DecodeRune(r, low), n+m
		}
		fallthrough
	default:
		d.text = utf8.AppendRune(d.text, r)
	}
	d.segments = append(d.segments, segment{data: start, src: at, width: n})
	return n
}
