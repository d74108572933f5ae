package decode

import "encoding/binary"

// shortestWide is the least characters that are taken for UTF-16.
const shortestWide = 12

// stride is the distance at which UTF-16 is looked for: less than half of the
// shortest stretch of it.
const stride = 8

// An order is how UTF-16 stores a unit.
type order uint8

const (
	neither order = iota
	little
	big
)

// unit returns the order in which data starts with an ASCII character.
func unit(data []byte) order {
	switch {
	case len(data) < 2:
	case data[1] == 0 && textByte(data[0]):
		return little
	case data[0] == 0 && textByte(data[1]):
		return big
	}
	return neither
}

// pair reports whether four bytes may be two units of one order: a zero in each,
// at the same side, and at the other what is no less than a tab.
func pair(w uint32) bool {
	const firsts, seconds, tabs, carries = 0x00ff00ff, 0xff00ff00, 0x00090009, 0x01000100
	switch {
	case w&firsts == 0:
		w >>= 8
	case w&seconds != 0:
		return false
	}
	return (w+carries-tabs)&carries == carries
}

func textByte(b byte) bool { return b >= ' ' && b < 0x7f || b == '\n' || b == '\r' || b == '\t' }

// wideLength returns how many bytes at the start of data are ASCII characters
// in UTF-16.
func wideLength(data []byte) int {
	n := 0
	for o := unit(data); o != neither && unit(data[n:]) == o; {
		n += 2
	}
	return n
}

// wide finds stretches of ASCII in UTF-16.
func (d *decoder) wide() {
	for at := d.From; at < min(d.To+2*stride, len(d.data)); at += stride {
		if at+4 <= len(d.data) && !pair(binary.LittleEndian.Uint32(d.data[at:])) {
			continue
		}
		o := unit(d.data[at:])
		if o == neither || unit(d.data[min(len(d.data), at+2):]) != o {
			continue
		}
		from, to := at, at+wideLength(d.data[at:])
		for from >= 2 && unit(d.data[from-2:]) == o {
			from -= 2
		}
		if to-from >= 2*shortestWide {
			d.wideRun(d.phase(from, to, o))
		}
		at = to - stride
	}
}

// phase moves a stretch by a byte where the zeros in it belong to the other
// side: a stretch of one order looks like a shorter one of the other.
func (d *decoder) phase(from, to int, o order) (int, int) {
	switch {
	case o == big && from > 0 && unit(d.data[from-1:]) == little:
		return from - 1, to - 1 + wideLength(d.data[to-1:])
	case o == little && from > 0 && d.data[from-1] == 0 && unit(d.data[to-1:]) == big:
		return from - 1, to + 1
	}
	return from, to
}

// wideRun decodes a stretch from its start and, where it is long, from the
// positions of the grid.
func (d *decoder) wideRun(from, to int) {
	next := func(from int) int { // the position that takes over at from or behind it; 0 if none does
		if g := d.nextGrid(from); g+surely < to && (g < d.To || !d.Packed) {
			return d.unitAt(g)
		}
		return 0
	}
	if from >= d.From && from < d.To {
		d.narrow(from, min(to, from+Reach), owner{from: from, to: next(from + window), more: from+Reach < to})
	} else if d.GoesBack && from < d.From && d.From < to {
		at := d.unitAt(d.From)
		d.middleWide(from, at, to, next(max(at+1, from+window)))
	}
	for g := d.nextGrid(max(d.From, from+window)); g < min(d.To, to); g += grid {
		d.middleWide(from, d.unitAt(g), to, next(g+1))
	}
}

// unitAt returns where the unit starts that at is in.
func (d *decoder) unitAt(at int) int {
	if unit(d.data[at:]) != little { // where it does not matter which order it is, little
		at++
	}
	return at
}

// middleWide decodes what starts at at in a stretch, as far as another view takes
// over at next, if one does.
func (d *decoder) middleWide(from, at, to, next int) {
	end := at + grid + onward
	if next > 0 {
		end = next + onward
	}
	d.narrow(max(from, at-inward), min(to, end), owner{from: at, to: next, more: end < to, inside: true})
}

func (d *decoder) narrow(from, to int, o owner) {
	d.text, d.segments = d.text[:0], append(d.segments[:0], segment{src: from, scale: 2})
	for i := from; i+1 < to; i += 2 {
		d.text = append(d.text, d.data[i]|d.data[i+1])
	}
	if o.to == 0 {
		o.to = to
	}
	d.view(UTF16, from, to, 0, o)
}
