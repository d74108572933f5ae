package decode

import (
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// before and behind are how far a view reaches from an escape, and onward how
	// far at least past its part of the grid: what stands there is in the view of
	// the next part, too.
	before = 4 << 10
	behind = 16 << 10
	onward = 8 << 10
	// escapeGrid parts long stretches with many escapes.
	escapeGrid = 32 << 10
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
	s, digits := d.data[at:], 1
	if s[0] == '\\' {
		switch {
		case len(s) < len(`\x41`):
			return false
		case s[1] == 'x':
			digits = 2
		case s[1] == 'u' && s[2] == '0' && s[3] == '0':
			digits = 4
		default:
			return false
		}
	}
	if len(s) < digits+2 {
		return false
	}
	r := hexByte(s[digits:])
	return r >= 0 && textByte(byte(r))
}

// leads reports whether no other escape goes before the one at at in its
// stretch and part of the grid.
func (d *decoder) leads(at int) bool {
	start, _ := d.partOf(at)
	for i := at - 1; i >= start && !delimiters[d.data[i]]; i-- {
		if d.data[i] == d.data[at] && d.counts(i) {
			return false
		}
	}
	return true
}

// partOf returns the part of the grid that a position is in, half-open. What is a
// view itself is not cut up: all of it is there.
func (d *decoder) partOf(at int) (start, end int) {
	if d.Packed {
		return 0, len(d.data)
	}
	start = at - int((d.Pos+int64(at))%escapeGrid)
	return max(0, start), start + escapeGrid
}

// delimiters are what a stretch ends at.
var delimiters = func() (t [256]bool) {
	for b := range byte(' ' + 1) {
		t[b] = true
	}
	for _, b := range []byte("\"'`<>\x7f") {
		t[b] = true
	}
	return t
}()

// escape returns the character, a byte or half of a UTF-16 pair that is escaped
// at at, and how long the escape is; 0 if it is none.
func (d *decoder) escape(at int) (rune, int) {
	rest := d.data[at:]
	prefix := 1
	if rest[0] == '\\' {
		if len(rest) < len(`\x41`) {
			return 0, 0
		}
		switch rest[1] {
		case 'u':
			if len(rest) < len(`\u0041`) {
				return 0, 0
			}
			high, low := hexByte(rest[2:]), hexByte(rest[4:])
			if high < 0 || low < 0 {
				return 0, 0
			}
			return high<<8 | low, len(`\u0041`)
		case 'x':
			prefix = 2
		default:
			return 0, 0
		}
	}
	if len(rest) < prefix+2 {
		return 0, 0
	}
	r := hexByte(rest[prefix:])
	if r < 0 {
		return 0, 0
	}
	return r, prefix + 2
}

// hexByte returns what the two digits say that s starts with, or -1.
func hexByte(s []byte) rune {
	high, low := hexDigits[s[0]], hexDigits[s[1]]
	if (high|low)&noDigit != 0 {
		return -1
	}
	return rune(high<<4 | low)
}

// stretch decodes what stands round the escape at at.
func (d *decoder) stretch(at int) {
	from, to := at, at
	for from > max(0, at-before) && !delimiters[d.data[from-1]] {
		from--
	}
	_, part := d.partOf(at)
	for end := min(len(d.data), max(at+behind, part+onward)); to < end && !delimiters[d.data[to]]; {
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
		d.show(View{Form: form, Start: from, End: to, Data: d.text, segments: d.segments})
	}
}

// unescape appends what is escaped at at, and the bytes that are escaped alike
// behind it. It returns the length of all that; 0 if nothing is escaped.
func (d *decoder) unescape(at, to int) int {
	r, n := d.escape(at)
	if n == 0 || at+n > to {
		return 0
	}
	if n < len(`\u0041`) {
		return d.unescapeBytes(at, to, n)
	}
	if utf16.IsSurrogate(r) && at+n < to && d.data[at+n] == '\\' {
		if low, m := d.escape(at + n); m == n && at+n+m <= to {
			r, n = utf16.DecodeRune(r, low), n+m
		}
	}
	d.segments = append(d.segments, segment{data: len(d.text), src: at, width: n})
	d.text = utf8.AppendRune(d.text, r)
	return n
}

// unescapeBytes appends the bytes that are escaped at at, in n characters each,
// and returns the length of their escapes.
func (d *decoder) unescapeBytes(at, to, n int) int {
	d.segments = append(d.segments, segment{data: len(d.text), src: at, scale: n})
	s, i := d.data[at:to], 0
	prefix := n - 2 // % or \x, of which the first and the last byte are all there is
	for ; i+n <= len(s) && s[i] == s[0] && s[i+prefix-1] == s[prefix-1]; i += n {
		b := hexByte(s[i+prefix:])
		if b < 0 {
			break
		}
		d.text = append(d.text, byte(b))
	}
	return i
}
