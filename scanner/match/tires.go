package match

import "unicode/utf8"

// tires says of ASCII characters how many of one in a row, from a place on, no
// match can go on with there; 0 where it can with any number. So a value that a
// thousand backslashes stand in is not asked at each what may end it.
type tires [utf8.RuneSelf]uint8

// mostTires bounds how many are looked at, which is no more than a run sees past
// its place anyway.
const mostTires = utf8.UTFMax

// at reports whether so many stand at pos.
func (t *tires) at(data []byte, pos int) bool {
	if pos >= len(data) || data[pos] >= utf8.RuneSelf {
		return false
	}
	b := data[pos]
	n := int(t[b])
	if n == 0 || n > len(data)-pos {
		return false
	}
	for _, other := range data[pos+1 : pos+n] {
		if other != b {
			return false
		}
	}
	return true
}

// tiresOf returns the tires of an instruction, with its opening; nil if there is
// nothing to tell.
func (p *Program) tiresOf(at int, first *opening) *tires {
	var t tires
	some := false
	for b := range t {
		if first.bytes.has(byte(b)) {
			t[b] = p.tire(int32(at), byte(b))
			some = some || t[b] > 0
		}
	}
	if !some {
		return nil
	}
	return &t
}

// tire returns the tires of one byte: how many make that none of the places that
// a match can be at takes the last of them.
func (p *Program) tire(at int32, b byte) uint8 {
	here := p.closureBefore(nil, step{at: at}, int(b))
	for n := uint8(1); n <= mostTires; n++ {
		var next []step
		taken := false
		for _, s := range here {
			set := p.setAt(s)
			if set == nil {
				return 0
			}
			if set.ascii[b] {
				taken = true
				next = p.closureBefore(next, step{s.at, s.done + 1}, int(b))
			}
		}
		switch {
		case !taken:
			return n
		case len(next) > mostSteps:
			return 0
		}
		here = next
	}
	return 0
}
