package match

import (
	"math"
	"math/bits"
)

// routes says for each instruction of a program, and for each byte that may
// stand at the place, where a run comes to without a choice: past the loops
// that take nothing there and the branches that cannot go on. So a run takes a
// step only where something is taken, noted or left open.
type routes struct {
	class [256]uint8 // of bytes that no instruction tells apart
	to    []uint16   // by instruction, then by class; the last class is the end of the data
	width int        // of a row
}

// nowhere is where a run comes to that has failed.
const nowhere = 1<<16 - 1

// at returns where a run at an instruction and a place comes to.
func (r *routes) at(at int, data []byte, pos int) uint16 {
	c := r.width - 1
	if pos < len(data) {
		c = int(r.class[data[pos]])
	}
	return r.to[at*r.width+c]
}

func newRoutes(p *Program) *routes {
	r := &routes{}
	samples := r.classify(p)
	r.width = len(samples) + 1
	r.to = make([]uint16, len(p.insts)*r.width)
	for at := range p.insts {
		for c, b := range samples {
			r.to[at*r.width+c] = p.route(at, []byte{b})
		}
		r.to[at*r.width+r.width-1] = p.route(at, nil)
	}
	return r
}

// classify sorts the bytes into classes, and returns one byte of each.
func (r *routes) classify(p *Program) []byte {
	var room [32]bitSet
	classes := append(room[:0], bitSet{math.MaxUint64, math.MaxUint64, math.MaxUint64, math.MaxUint64})
	for at := range p.insts {
		i := &p.insts[at]
		switch i.op {
		case opChar, opFixed, opFolded, opGreedy, opLazy:
			classes = split(classes, i.start().bits)
		}
		for _, o := range []*opening{i.first, i.otherFirst} {
			if o != nil {
				classes = split(classes, o.bytes)
			}
		}
		if i.branches != nil {
			sets := i.branches.sets()
			for n := range i.branches.at {
				classes = split(classes, sets[n])
			}
		}
	}
	samples := make([]byte, len(classes))
	for c := range classes {
		set := &classes[c]
		for b := 255; b >= 0; b-- {
			if set.has(byte(b)) {
				r.class[b], samples[c] = uint8(c), byte(b)
			}
		}
	}
	return samples
}

// sets returns for each branch which bytes it can go on with.
func (b *branches) sets() (sets [mostBranches]bitSet) {
	for c, left := range b.with {
		for ; left != 0; left &= left - 1 {
			sets[bits.TrailingZeros32(left)].add(byte(c))
		}
	}
	return sets
}

// split parts each class that has some bytes in a set and some out of it.
func split(classes []bitSet, set bitSet) []bitSet {
	for i := range classes {
		in, out := &classes[i], classes[i]
		some, all := uint64(0), uint64(0)
		for w := range set {
			some |= in[w] & set[w]
			all |= in[w] &^ set[w]
		}
		if some == 0 || all == 0 {
			continue
		}
		for w := range set {
			in[w], out[w] = in[w]&^set[w], out[w]&set[w]
		}
		classes = append(classes, out)
	}
	return classes
}

// route follows a run from an instruction as far as it has no choice; data is
// the byte that stands there, or nothing.
func (p *Program) route(at int, data []byte) uint16 {
	for {
		i := &p.insts[at]
		next := at
		switch i.op {
		case opJump:
			next = int(i.arg)
		case opChar, opFixed, opFolded:
			if set := i.start(); len(data) == 0 || !set.ascii[data[0]] {
				return nowhere
			}
		case opGreedy, opLazy:
			switch {
			case i.max != 0 && len(data) > 0 && i.set.ascii[data[0]]:
			case i.min > 0, !i.first.allows(data, 0):
				return nowhere
			default:
				next = at + 1
			}
		case opSplit:
			one, other := i.first.allows(data, 0), i.otherFirst.allows(data, 0)
			switch {
			case !one && !other:
				return nowhere
			case !one:
				next = int(i.arg)
			case !other:
				next = at + 1
			}
		case opAlternate:
			left := i.branches.end
			if len(data) > 0 {
				left = i.branches.with[data[0]]
			}
			switch {
			case left == 0:
				return nowhere
			case left&(left-1) == 0:
				next = i.branches.first(left)
			}
		}
		if next == at {
			return uint16(at)
		}
		at = next
	}
}

// start is the first character of what an instruction takes.
func (i *inst) start() *charSet {
	if i.set != nil {
		return i.set
	}
	return i.sets[0]
}
