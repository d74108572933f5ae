package pack

import "errors"

var errDelta = errors.New("a delta that is damaged")

// sizes reads what a delta begins with, the sizes of its base and of what it
// makes of it, and returns the instructions.
func sizes(delta []byte) (base, result uint64, rest []byte, err error) {
	if base, delta, err = size(delta); err != nil {
		return 0, 0, nil, err
	}
	result, rest, err = size(delta)
	return base, result, rest, err
}

// size reads a number of seven bits a byte, the least first.
func size(text []byte) (n uint64, rest []byte, err error) {
	for i, b := range text {
		if i == 9 {
			break
		}
		n |= uint64(b&0x7f) << (7 * i)
		if b&0x80 == 0 {
			return n, text[i+1:], nil
		}
	}
	return 0, nil, errDelta
}

// apply carries out instructions on a base, which must fill out exactly.
func apply(out, base, instructions []byte) error {
	for len(instructions) > 0 {
		op := instructions[0]
		instructions = instructions[1:]
		if op&0x80 == 0 { // so many bytes that are new; 0 is reserved
			n := int(op)
			if n == 0 || n > len(instructions) || n > len(out) {
				return errDelta
			}
			copy(out, instructions[:n])
			out, instructions = out[n:], instructions[n:]
			continue
		}
		var from, n uint
		for bit := range 4 {
			if op&(1<<bit) != 0 {
				if len(instructions) == 0 {
					return errDelta
				}
				from |= uint(instructions[0]) << (8 * bit)
				instructions = instructions[1:]
			}
		}
		for bit := range 3 {
			if op&(0x10<<bit) != 0 {
				if len(instructions) == 0 {
					return errDelta
				}
				n |= uint(instructions[0]) << (8 * bit)
				instructions = instructions[1:]
			}
		}
		if n == 0 {
			n = 0x10000
		}
		if n > uint(len(out)) || from > uint(len(base)) || n > uint(len(base))-from {
			return errDelta
		}
		copy(out, base[from:from+n])
		out = out[n:]
	}
	if len(out) > 0 {
		return errDelta
	}
	return nil
}
