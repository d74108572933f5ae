package classify

import "encoding/binary"

// A measure is what a value has, and how random it is by what its name promises.
type measure struct {
	promise promise
	length  uint8 // 0: of none
	has     traits
	rare    float64
}

func measured(v []byte, s promise) measure {
	has := traitsOf(v)
	return measure{s, uint8(len(v)), has, randomness(v, has, s)}
}

// measures are those remembered: some values come again and again, and of one that is not
// dismissed the judge asks soon after. The zero value is ready.
type measures struct {
	short [512]struct { // no longer than a spelling
		spelling
		measure
	}
	long [128]struct {
		text [mostMeasured]byte
		measure
	}
}

// mostMeasured bounds a value that is kept.
const mostMeasured = 80

// measure returns what a value has, and how random it is, from memory where it can. A
// nil receiver remembers nothing.
func (t *Titles) measure(v []byte, s promise) (has traits, rare float64) {
	if t == nil || len(v) == 0 || len(v) > mostMeasured {
		has = traitsOf(v)
		return has, randomness(v, has, s)
	}
	if len(v) <= longestSpelled {
		text := spell(v)
		slot := &t.values.short[text.hash()>>(64-9)]
		if slot.spelling != text || int(slot.length) != len(v) || slot.promise != s {
			slot.spelling, slot.measure = text, measured(v, s)
		}
		return slot.has, slot.rare
	}
	ends := spelling{binary.LittleEndian.Uint64(v), binary.LittleEndian.Uint64(v[len(v)-8:])}
	slot := &t.values.long[ends.hash()>>(64-7)]
	if string(slot.text[:slot.length]) != string(v) || slot.promise != s {
		slot.measure = measured(v, s)
		copy(slot.text[:], v)
	}
	return slot.has, slot.rare
}
