package decode

import (
	"bytes"
	"math/bits"
	"unicode/utf16"
	"unicode/utf8"
)

const (
	// escapeGrid parts long stretches with many escapes. What begins in a part
	// belongs to its view, which shows leadIn bytes before the part and leadOut
	// behind it. An escape and its part lie within Reach of the part before and
	// of the one behind.
	escapeGrid = 28 << 10
	leadIn     = 8 << 10
	leadOut    = 16 << 10
	// before is how far before the first escape begins what is looked at, where no
	// view goes before.
	before = 8 << 10
)

// escapes finds the stretches, of what stands between white space and quotes,
// that hold an escape of a character that counts, among the places that marks
// has in the block at block. Each is decoded from the first such escape in each
// part of the grid.
func (d *decoder) escapes(block int, marks uint64) {
	for ; marks != 0; marks &= marks - 1 {
		at := block + bits.TrailingZeros64(marks)
		if at >= d.To {
			return
		}
		done := &d.undone[0]
		if d.data[at] == '\\' {
			done = &d.undone[1]
		}
		if at < *done || !d.counts(at) {
			continue
		}
		part, _ := d.partOf(at)
		if start, escape := d.back(at, part, d.data[at]); !escape { // else another one leads
			*done = d.stretch(at, start)
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

// back goes back from at to an escape that counts and starts with lead, in the same
// stretch, and reports whether there is one. Else it returns where the stretch starts,
// or least if it goes on there.
func (d *decoder) back(at, least int, lead byte) (stop int, escape bool) {
	which := delimiter | stops[lead]
	for at > least {
		if at-8 >= least && noneOf(which, d.data[at-8:]) {
			at -= 8
			continue
		}
		for range min(8, at-least) {
			switch kind := stops[d.data[at-1]] & which; {
			case kind == delimiter:
				return at, false
			case kind != 0 && d.counts(at-1):
				return at - 1, true
			}
			at--
		}
	}
	return least, false
}

// noneOf reports whether none of the first eight bytes of data is one of those stops.
func noneOf(which uint8, data []byte) bool {
	s := data[:8:8]
	return (stops[s[0]]|stops[s[1]]|stops[s[2]]|stops[s[3]]|stops[s[4]]|stops[s[5]]|stops[s[6]]|stops[s[7]])&which == 0
}

// stretchEnd returns where the stretch that at is in ends, or to if it goes on there.
func (d *decoder) stretchEnd(at, to int) int {
	for at+8 <= to && noneOf(delimiter, d.data[at:]) {
		at += 8
	}
	for at < to && stops[d.data[at]] != delimiter {
		at++
	}
	return at
}

// escapeBehind returns the first escape that counts and starts with lead, from at on and
// before most, with no end of the stretch before it; -1 if there is none.
func (d *decoder) escapeBehind(at, most int, lead byte) int {
	for i := at; i < min(len(d.data), most) && stops[d.data[i]] != delimiter; i++ {
		if d.data[i] == lead && d.counts(i) {
			return i
		}
	}
	return -1
}

// partOf returns the part of the grid that a position is in, half-open. What is a
// view itself is not cut up further.
func (d *decoder) partOf(at int) (start, end int) {
	if d.Packed {
		return d.From, d.To
	}
	start = at - int((d.Pos+int64(at))%escapeGrid)
	return max(0, start), start + escapeGrid
}

// What a look over a stretch stops at: what it ends at, and what an escape may start
// with.
const (
	delimiter = 1 << iota
	percent
	backslash
)

// stops say which of these a byte is, if it is one.
var stops = func() (t [256]uint8) {
	for b := range byte(' ' + 1) {
		t[b] = delimiter
	}
	for _, b := range []byte("\"'`<>\x7f") {
		t[b] = delimiter
	}
	t['%'], t['\\'] = percent, backslash
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

// stretch decodes what stands round the escape at at, the first in its part, in which
// the stretch goes back to start. It returns before what no other escape leads.
func (d *decoder) stretch(at, start int) (done int) {
	lead, part := d.data[at], span{}
	part.from, part.to = d.partOf(at)
	owned := span{max(0, at-before), len(d.data)}
	if owned.from < part.from {
		if _, escape := d.back(part.from, max(0, part.from-escapeGrid), lead); escape {
			owned.from = part.from // the view before has what begins before
		}
	}
	from := max(0, owned.from-leadIn)
	if start == part.from && from < start {
		for start > from && stops[d.data[start-1]] != delimiter {
			start--
		}
	}
	from = max(from, start)
	to := d.stretchEnd(at, min(len(d.data), part.to+leadOut))
	done = min(to, part.to)
	if to > part.to {
		if next := d.escapeBehind(part.to, part.to+escapeGrid, lead); next >= 0 {
			owned.to = max(part.to, next-before)
		}
	}
	goesBack, goesOn := from > 0 && stops[d.data[from-1]] != delimiter, to < len(d.data) && stops[d.data[to]] != delimiter
	if goesBack {
		_, from = d.astride(from)
	}
	if goesOn {
		to, _ = d.astride(to)
	}
	d.decodeEscapes(from, to, lead)
	form := Percent
	if lead == '\\' {
		form = Escape
	}
	if len(d.text) >= shortest && d.afford(len(d.text)) {
		d.shown = View{Form: form, Start: from, End: to, Data: d.text, GoesBack: goesBack, GoesOn: goesOn, segments: d.segments}
		d.show(owned)
	}
	return done
}

// astride returns the escape that position at lies in, of either form, so that views
// of both are cut alike, half-open; at twice if it lies in none.
func (d *decoder) astride(at int) (from, to int) {
	const longest = len(`\ud83d\ude00`)
	for i := max(0, at-longest+1); i < at; i++ {
		if d.data[i] == '%' || d.data[i] == '\\' {
			if _, n := d.whole(i, len(d.data)); i+n > at {
				return i, i + n
			}
		}
	}
	return at, at
}

// decodeEscapes makes the text of what stands between from and to, where escapes
// start with lead.
func (d *decoder) decodeEscapes(from, to int, lead byte) {
	d.text, d.segments = d.text[:0], d.segments[:0]
	literal := -1
	for i := from; i < to; {
		n := 0
		if d.data[i] == lead {
			n = d.unescape(i, to)
		}
		if n > 0 {
			literal, i = -1, i+n
			continue
		}
		if literal < 0 {
			literal = i
			d.segments = append(d.segments, segment{data: len(d.text), src: i, scale: 1})
		}
		next := to // of what is to be decoded
		if n := bytes.IndexByte(d.data[i+1:to], lead); n >= 0 {
			next = i + 1 + n
		}
		d.text = append(d.text, d.data[i:next]...)
		i = next
	}
}

// unescape appends what is escaped at at, and the bytes that are escaped alike
// behind it. It returns the length of all that; 0 if nothing is escaped.
func (d *decoder) unescape(at, to int) int {
	r, n := d.whole(at, to)
	if n == 0 || n < len(`\u0041`) {
		return d.unescapeBytes(at, to, n)
	}
	d.segments = append(d.segments, segment{data: len(d.text), src: at, width: n})
	d.text = utf8.AppendRune(d.text, r)
	return n
}

// whole is escape for a character that may be a pair, and ends before to.
func (d *decoder) whole(at, to int) (rune, int) {
	r, n := d.escape(at)
	if n == 0 || at+n > to {
		return 0, 0
	}
	if n == len(`\u0041`) && utf16.IsSurrogate(r) && at+n < to && d.data[at+n] == '\\' {
		if low, m := d.escape(at + n); m == n && at+n+m <= to {
			r, n = utf16.DecodeRune(r, low), n+m
		}
	}
	return r, n
}

// unescapeBytes appends the bytes that are escaped at at, in n characters each,
// and returns the length of their escapes.
func (d *decoder) unescapeBytes(at, to, n int) int {
	if n == 0 {
		return 0
	}
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
