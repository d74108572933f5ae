package decode

import (
	"encoding/binary"
	"slices"
	"unicode/utf8"
)

// checkedDigits is how often base64 is looked at again while it is decoded.
const checkedDigits = 64

// base64 decodes the run that starts at from, at most as far as to, and reports
// whether that made a view.
func (d *decoder) base64(from, to int, o owner) bool {
	d.text, d.segments = d.text[:0], append(d.segments[:0], segment{src: from, scale: 1})
	var bits uint32
	n, at, text := 0, from, 0 // digits; how much of what they say is text
	to = min(to, len(d.data))
	for check := headDigits; at < to; {
		if n%4 == 0 {
			whole := d.groups(d.data[at:min(to, at+check-n)])
			at, n = at+whole, n+whole
		}
		if n < check && at < to {
			digit := digits[d.data[at]]
			if digit == noDigit {
				next := d.lineBreak(at)
				if o.more = next >= to; next < 0 || o.more {
					break
				}
				at = next
				d.segments = append(d.segments, segment{data: n, src: at, scale: 1})
				continue
			}
			at++
			bits = bits<<6 | uint32(digit)
			if n++; n%4 != 0 {
				continue
			}
			d.text = append(d.text, byte(bits>>16), byte(bits>>8), byte(bits))
		}
		if n == check {
			if n == headDigits && !promising(d.text) {
				return false
			}
			if n > headDigits && !d.goodSoFar(&text) {
				break
			}
			check = (n/checkedDigits + 1) * checkedDigits
		}
	}
	switch n % 4 {
	case 2:
		d.text = append(d.text, byte(bits>>4))
	case 3:
		d.text = append(d.text, byte(bits>>10), byte(bits>>2))
	}
	if at == to && at < len(d.data) {
		o.more = digits[d.data[at]] != noDigit || d.lineBreak(at) >= 0
	}
	return d.view(Base64, from, at, text, o)
}

// groups decodes the groups of four digits that src starts with, and returns
// how many digits these are.
func (d *decoder) groups(src []byte) int {
	n, i := len(d.text), 0
	text := slices.Grow(d.text, len(src)+8)[:n+len(src)+8] // room for what is written at once
	for ; i+8 <= len(src); i += 8 {
		s := src[i : i+8 : i+8]
		a, b, c, e := digits[s[0]], digits[s[1]], digits[s[2]], digits[s[3]]
		f, g, h, j := digits[s[4]], digits[s[5]], digits[s[6]], digits[s[7]]
		if (a|b|c|e|f|g|h|j)&noDigit != 0 {
			break
		}
		high := uint64(a)<<18 | uint64(b)<<12 | uint64(c)<<6 | uint64(e)
		low := uint64(f)<<18 | uint64(g)<<12 | uint64(h)<<6 | uint64(j)
		binary.BigEndian.PutUint64(text[n:], high<<40|low<<16)
		n += 6
	}
	for ; i+4 <= len(src); i += 4 {
		a, b, c, e := digits[src[i]], digits[src[i+1]], digits[src[i+2]], digits[src[i+3]]
		if (a|b|c|e)&noDigit != 0 {
			break
		}
		binary.BigEndian.PutUint32(text[n:], uint32(a)<<26|uint32(b)<<20|uint32(c)<<14|uint32(e)<<8)
		n += 3
	}
	d.text = text[:n]
	return i
}

// goodSoFar reports whether the text may still be one, known as in
// textLength, and how much of it is known now.
func (d *decoder) goodSoFar(known *int) bool {
	if opensPacked(d.text) {
		return true
	}
	n := textLength(d.text, *known)
	*known = wholeText(d.text, n)
	return len(d.text)-n < utf8.UTFMax // it may end within a code point
}

// An owner says which part of a view is its own: what is made from from on, as far
// as to or, where that is not known, as a view takes over that starts within the
// run, at the first position of the grid that may be one from next on.
type owner struct {
	from, to, next int
	more           bool // is encoded behind the view
	inside         bool // a long run, of which some stands before the view
}

// surely is how far a view goes on behind the position at which another takes over.
const surely = 256

// view emits the decoded text, known as in textLength, as far as it is of use, and
// reports whether there is any that the owner asks for.
func (d *decoder) view(form Form, from, to, known int, o owner) bool {
	n, packed := usable(d.text, known)
	if n == 0 || !d.afford(len(d.text)) {
		return false
	}
	d.shown = View{
		Form: form, Start: from, End: to, Data: d.text[:n], Binary: packed,
		GoesBack: o.inside, GoesOn: o.more && n == len(d.text), segments: d.segments,
	}
	owned := span{o.from, to}
	switch {
	case packed:
		owned.from = from
	case o.to > 0:
		owned.to = o.to
	case o.inside || to > o.next+surely: // few are as long
		_, end := d.shown.source(n - 1)
		if end <= o.from { // some other text
			d.show(span{from, to})
			return false
		}
		if g := d.nextWithin(o.next, end-surely); g >= 0 {
			owned.to = g
		}
	}
	d.show(owned)
	return true
}
