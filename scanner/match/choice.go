package match

import (
	"math/bits"
	"regexp/syntax"
	"unicode/utf8"
)

// mostBranches of one alternation have a bit each in a frame.
const mostBranches = 30

// branches are where the alternatives begin, and for each byte, and for the
// end of the data, a bit for each that can go on with it.
type branches struct {
	at   []int32
	with [256]uint32
	end  uint32
	// second and solid are with of the byte behind, and of the first byte that
	// is no blank, for a place where a blank stands; nil where they tell nothing.
	second, solid *[256]uint32
}

func (c *compiler) alternate(subs []*syntax.Regexp) error {
	if n := len(subs); n > mostBranches {
		rest := &syntax.Regexp{Op: syntax.OpAlternate, Sub: subs[mostBranches-1:]}
		subs = append(subs[:mostBranches-1:mostBranches-1], rest)
	}
	b := &branches{at: make([]int32, 0, len(subs))}
	if err := c.add(inst{op: opAlternate, branches: b}); err != nil {
		return err
	}
	c.depth++
	defer func() { c.depth-- }()
	var ends []int
	for i, sub := range subs {
		b.at = append(b.at, int32(len(c.insts)))
		if err := c.piece(sub); err != nil {
			return err
		}
		if i == len(subs)-1 {
			break
		}
		ends = append(ends, len(c.insts))
		if err := c.add(inst{op: opJump}); err != nil {
			return err
		}
	}
	for _, end := range ends {
		c.insts[end].arg = int32(len(c.insts))
	}
	return nil
}

// repeat unfolds the repetitions of what is more than a character.
func (c *compiler) repeat(re *syntax.Regexp, least, most int) error {
	lazy := re.Flags&syntax.NonGreedy != 0
	sub := re.Sub[0]
	if set := c.setOf(sub); set != nil {
		i := inst{op: opGreedy, set: set, min: int32(least), max: int32(most)}
		if lazy {
			i.op = opLazy
		}
		if most < 0 && c.again == 0 {
			c.loops++
			i.loop = int32(c.loops)
		}
		return c.add(i)
	}
	if canBeEmpty(sub) {
		return errEmpty
	}
	c.depth++
	defer func() { c.depth-- }()
	for range least {
		if err := c.piece(sub); err != nil {
			return err
		}
	}
	if most < 0 {
		return c.loop(sub, lazy)
	}
	var splits []int
	for range most - least {
		splits = append(splits, len(c.insts))
		if err := c.add(inst{op: opSplit}); err != nil {
			return err
		}
		if err := c.piece(sub); err != nil {
			return err
		}
	}
	for _, at := range splits {
		c.branch(at, len(c.insts), lazy)
	}
	return nil
}

// loop is any number of a piece.
func (c *compiler) loop(sub *syntax.Regexp, lazy bool) error {
	split := len(c.insts)
	c.again++
	defer func() { c.again-- }()
	if err := c.add(inst{op: opSplit}); err != nil {
		return err
	}
	if err := c.piece(sub); err != nil {
		return err
	}
	if err := c.add(inst{op: opJump, arg: int32(split)}); err != nil {
		return err
	}
	c.branch(split, len(c.insts), lazy)
	return nil
}

// branch has the split go on behind itself or at out, and says which first.
func (c *compiler) branch(at, out int, lazy bool) {
	c.insts[at].arg = int32(out)
	if lazy {
		c.insts[at].min = 1
	}
}

// first returns where the first of the branches that are left begins.
func (b *branches) first(left uint32) int { return int(b.at[bits.TrailingZeros32(left)]) }

// choose returns the branches that can go on at pos, and how far into the data
// that depends on.
func (b *branches) choose(data []byte, pos int) (left uint32, far int) {
	if pos >= len(data) {
		return b.end, pos
	}
	left, far = b.with[data[pos]], pos
	if b.second != nil {
		if far++; far < len(data) {
			left &= b.second[data[far]]
		}
	}
	if b.solid != nil && left&(left-1) != 0 && blank[data[pos]] {
		at := pos + 1
		for at < len(data) && blank[data[at]] {
			at++
		}
		if at < len(data) {
			left &= b.solid[data[at]]
		}
		far = max(far, at)
	}
	return left, far
}

// blank are the characters of \s.
var blank = byteSet{' ': true, '\t': true, '\n': true, '\r': true, '\f': true, '\v': true}

// foresee sets second and solid, where one byte leaves more than one branch.
func (b *branches) foresee(p *Program) {
	open, openBlank := false, false
	for c, left := range b.with {
		if left&(left-1) != 0 {
			open, openBlank = true, openBlank || blank[c]
		}
	}
	if open {
		b.second = b.table(p.secondOf)
	}
	if openBlank {
		b.solid = b.table(p.solidOf)
	}
}

// table has for each byte a bit for each branch whose set has it, nil if all
// have all.
func (b *branches) table(setOf func(at int32) *byteSet) *[256]uint32 {
	var table *[256]uint32
	for n, at := range b.at {
		set := setOf(at)
		if set == nil {
			continue
		}
		if table == nil {
			table = new([256]uint32)
			for c := range table {
				table[c] = 1<<len(b.at) - 1
			}
		}
		for c, in := range set {
			if !in {
				table[c] &^= 1 << n
			}
		}
	}
	return table
}

// secondOf returns what can stand behind the first byte of a branch; nil where
// any byte can.
func (p *Program) secondOf(at int32) *byteSet {
	var second byteSet
	var behind []step
	here := p.closure(nil, step{at: at})
	for _, s := range here {
		set := p.setAt(s)
		if set == nil {
			return nil
		}
		if set.high != noHigh { // the rest of a character
			for b := utf8.RuneSelf; b < len(second); b++ {
				second[b] = true
			}
		}
		behind = p.closure(behind, step{s.at, s.done + 1})
	}
	if max(len(here), len(behind)) > mostSteps {
		return nil
	}
	for _, s := range behind {
		set := p.setAt(s)
		if set == nil {
			return nil
		}
		second.join(&set.ascii)
	}
	return &second
}

// solidOf returns what can stand behind the blanks that a branch starts with;
// nil where any byte can.
func (p *Program) solidOf(at int32) *byteSet {
	var solid byteSet
	todo, seen := append(make([]int32, 0, 16), at), make([]bool, len(p.insts))
	for len(todo) > 0 {
		at := todo[len(todo)-1]
		todo = todo[:len(todo)-1]
		if seen[at] {
			continue
		}
		seen[at] = true
		i := &p.insts[at]
		switch i.op {
		case opMatch:
			return nil
		case opFixed, opFolded:
			if i.sets[0].blanks() {
				return nil
			}
			solid.join(&i.sets[0].ascii)
		case opChar, opGreedy, opLazy:
			if solid.join(&i.set.ascii); i.set.blanks() || i.op != opChar && i.min == 0 {
				todo = append(todo, at+1)
			}
		case opSplit:
			todo = append(todo, at+1, i.arg)
		case opAlternate:
			todo = append(todo, i.branches.at...)
		case opJump:
			todo = append(todo, i.arg)
		default:
			todo = append(todo, at+1)
		}
	}
	return &solid
}

// blanks reports whether a set has one of them.
func (s *charSet) blanks() bool {
	for b, is := range blank {
		if is && s.ascii[b] {
			return true
		}
	}
	return false
}

func (s *byteSet) join(with *byteSet) {
	for b, in := range with {
		s[b] = s[b] || in
	}
}
