package match

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
	n, seen := 1, map[bitSet]bool{}
	split := func(set bitSet) {
		if !seen[set] {
			seen[set] = true
			n = r.split(set, n)
		}
	}
	for at := range p.insts {
		i := &p.insts[at]
		switch i.op {
		case opChar, opFixed, opFolded, opGreedy, opLazy:
			split(i.start().bits)
		}
		for _, o := range []*opening{i.first, i.otherFirst} {
			if o != nil {
				split(o.bytes)
			}
		}
		if i.branches != nil {
			for n := range i.branches.at {
				var set bitSet
				for b, left := range i.branches.with {
					if left>>n&1 != 0 {
						set.add(byte(b))
					}
				}
				split(set)
			}
		}
	}
	samples := make([]byte, n)
	for b := 255; b >= 0; b-- {
		samples[r.class[b]] = byte(b)
	}
	return samples
}

// split parts each class that has some bytes in a set and some out of it, and
// returns how many classes there are then. Those that are out keep the number.
func (r *routes) split(set bitSet, n int) int {
	var some, all, moved [256]uint8 // by class
	for b, c := range r.class {
		if all[c]++; set.has(byte(b)) {
			some[c]++
		}
	}
	for b, c := range r.class {
		if !set.has(byte(b)) || some[c] == all[c] {
			continue
		}
		if moved[c] == 0 {
			moved[c] = uint8(n)
			n++
		}
		r.class[b] = moved[c]
	}
	return n
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
