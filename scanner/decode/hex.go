package decode

import (
	"encoding/binary"
	"math/bits"
)

// hexes finds the runs of hex digits that start in [from, to), in a line that
// is looked at as far as end.
func (d *decoder) hexes(from, to, end int, o owner) {
	for at := d.nextHex(from, end); at < to; at = d.nextHex(at, end) {
		stop := d.hexEnd(at+shortestRun, end)
		if o.inside && at == from {
			d.hexInside(at, stop, o)
		} else {
			d.hex(at, stop, owner{from: at, next: max(at+1, o.next)})
		}
		at = stop + 1
	}
}

// hexesHopeful reports whether hexes may make anything of a line, in which hex starts
// at at.
func (d *decoder) hexesHopeful(at, end int) bool {
	for ; at < end; at = d.nextHex(at, end) {
		if hopefulHex(d.data[at:]) {
			return true
		}
		at = d.hexEnd(at+shortestRun, end) + 1
	}
	return false
}

// nextHex returns where the next shortestRun hex digits from at on start, in a line
// of digits to end; end if there are none.
func (d *decoder) nextHex(at, end int) int {
search:
	for line := d.data[:end]; at+shortestRun <= len(line); {
		// Few runs are hex, which the last digits that one must have tell first.
		if last := at + shortestRun - 1; hexDigits[line[last]] == noDigit {
			at = last + 1
			continue
		}
		for i := at + shortestRun - 8; i >= at; i -= 8 {
			if others := noHex(binary.LittleEndian.Uint64(line[i : i+8])); others != 0 {
				at = i + 8 - bits.LeadingZeros64(others)/8
				continue search
			}
		}
		return at
	}
	return end
}

// hexEnd returns where the hex digits from at on end in a line of digits to end.
func (d *decoder) hexEnd(at, end int) int {
	line := d.data[:end]
	for ; at+8 <= len(line); at += 8 {
		if others := noHex(binary.LittleEndian.Uint64(line[at : at+8])); others != 0 {
			return at + bits.TrailingZeros64(others)/8
		}
	}
	for at < len(line) && hexDigits[line[at]] != noDigit {
		at++
	}
	return at
}

// noHex has the highest bit of each of eight digits of base64 that is none of hex:
// in lower case, these are all that stand before 0 and behind f.
func noHex(w uint64) uint64 {
	const ones = 0x0101010101010101
	w |= ('a' - 'A') * ones
	return (^(w + (0x80-'0')*ones) | (w + (0x7f-'f')*ones)) & (0x80 * ones)
}

// hexInside decodes a run of hex from a position within it, before which stands an
// even or an odd number of its digits.
func (d *decoder) hexInside(at, stop int, o owner) {
	if !d.hexText(at) && !d.hexText(at+1) { // as nearly everywhere
		return
	}
	from := at
	for from > max(0, at-inward) && hexDigits[d.data[from-1]] != noDigit {
		from--
	}
	for _, from := range []int{from, at} { // some of what stands before, if it is no other text
		even, odd := d.hex(from, stop, o), d.hex(from+1, stop, o)
		if even || odd {
			break
		}
	}
}

// hexText reports whether hex digits at at say text.
func (d *decoder) hexText(at int) bool {
	d.text = d.text[:0]
	for i := at; i+1 < len(d.data) && len(d.text) < shortest; i += 2 {
		d.text = append(d.text, hexDigits[d.data[i]]<<4|hexDigits[d.data[i+1]])
	}
	return promising(d.text)
}

// hex decodes the run of hex between from and to, and reports whether that made a
// view.
func (d *decoder) hex(from, to int, o owner) bool {
	if from+2*shortest <= to && !hopefulHex(d.data[from:]) {
		return false
	}
	d.text = d.text[:0]
	i := from
	for ; i+1 < to; i += 2 {
		d.text = append(d.text, hexDigits[d.data[i]]<<4|hexDigits[d.data[i+1]])
		if len(d.text) == shortest && !promising(d.text) {
			return false
		}
	}
	d.segments = append(d.segments[:0], segment{src: from, scale: 1})
	o.more = i+1 < len(d.data) && hexDigits[d.data[i]] != noDigit && hexDigits[d.data[i+1]] != noDigit
	return d.view(Hex, from, i, 0, o)
}
