package match

import (
	"errors"
	"regexp/syntax"
	"slices"
	"sync"
	"sync/atomic"
	"unicode"
	"unicode/utf8"
)

// A Program is an expression that is tried at one place: what package regexp
// finds that starts there, found by backtracking over loops of single
// characters, which is what rules are made of. It is immutable and safe for
// concurrent use.
type Program struct {
	insts  []inst
	groups int      // with the whole match
	first  *opening // of a match
	later  *opening // of one that does not start where the data does
	// ladder are the bytes that each match has at its first places, as far as
	// all that have them can be told; nil where any byte will do.
	ladder []*byteSet
	// starts are the branches that a match begins with, nil if it does not.
	starts *branches
	// What a search goes by is made for the first, since of most programs there
	// is none. head has for each byte a bit for each way to begin with it, and neck
	// one for each way to have it second; nil where a match can be empty.
	fronted    sync.Once
	head, neck *[256]uint32
	word       bool  // a word begins with each match
	leap       *leap // a stretch of the ladder; nil if none is worth it
	lead       *inst // a loop that each match begins with and that gives nothing back; nil if there is none
	// enter says of a loop of as few as can be that each match begins with where it is
	// left; nil if there is none.
	enter *[256]passage
	loops int // that a Memory has a span of
	// sight is by how many bytes at most a run looks past the place it is at.
	sight  int
	routes *routes
	tabled sync.Once
	tables atomic.Pointer[automaton] // made when it is first asked for
}

type opcode uint8

const (
	opMatch     opcode = iota
	opChar             // one character of the set
	opFixed            // a literal without case
	opFolded           // a literal with ASCII case folded; elsewhere as chars
	opGreedy           // min to max characters of the set, as many as can be
	opLazy             // as few as can be
	opSplit            // next, else other
	opAlternate        // the first of the branches that goes on
	opJump             // other
	opGroup            // notes where a group starts or ends
	opAssert           // holds at the place, or not
)

type inst struct {
	op       opcode
	kind     syntax.EmptyOp // of opAssert
	arg      int32          // opSplit, opJump: the other place; opGroup: the index
	min      int32
	max      int32 // -1: no bound
	set      *charSet
	text     string     // of opFolded in lower case, where it is ASCII; else empty
	sets     []*charSet // of a literal: the characters one by one
	branches *branches  // of opAlternate
	// keeps: an opGreedy that cannot go on from within what it took.
	keeps bool
	// loop numbers from 1 the loops that a Memory has a span of.
	loop int32
	// certain: each match passes it. Such an opGroup needs no undoing.
	certain bool
	// first is the opening of what follows an opGreedy or opLazy, or stands at
	// either branch of an opSplit.
	first, otherFirst *opening
	// idle are the characters in ASCII that an opLazy takes and with which nothing
	// begins that follows it; nil where anything may follow.
	idle *byteSet
	// tires is that of what follows an opLazy, nil where it says nothing.
	tires *tires
}

type byteSet [256]bool

// span returns how many bytes of the set data begins with.
func (s *byteSet) span(data []byte) int {
	n := uint(0)
	for n+4 <= uint(len(data)) {
		d := data[n : n+4]
		if !s[d[0]] || !s[d[1]] || !s[d[2]] || !s[d[3]] {
			break
		}
		n += 4
	}
	for n < uint(len(data)) && s[data[n]] {
		n++
	}
	return int(n)
}

// A charSet is a set of characters.
type charSet struct {
	ascii byteSet // past ASCII: whether one may start with that byte
	bits  bitSet  // the same
	high  high
	runes []rune // ranges, where high is some
}

type high uint8

const (
	noHigh high = iota
	allHigh
	someHigh
)

// width returns how many bytes the character of the set at the start of data
// has, 0 where none stands there.
func (s *charSet) width(data []byte) int {
	if len(data) == 0 || !s.ascii[data[0]] {
		return 0
	}
	if data[0] < utf8.RuneSelf {
		return 1
	}
	r, n := utf8.DecodeRune(data)
	if s.high == allHigh || within(s.runes, r) {
		return n
	}
	return 0
}

func within(ranges []rune, r rune) bool {
	for i := 0; i < len(ranges); i += 2 {
		if r >= ranges[i] && r <= ranges[i+1] {
			return true
		}
	}
	return false
}

func newSet(ranges []rune) *charSet {
	s := &charSet{}
	for i := 0; i+1 < len(ranges); i += 2 {
		for r := ranges[i]; r <= min(ranges[i+1], unicode.MaxASCII); r++ {
			s.ascii[r] = true
		}
		if ranges[i+1] > unicode.MaxASCII {
			s.high = someHigh
			s.runes = append(s.runes, max(ranges[i], utf8.RuneSelf), ranges[i+1])
		}
	}
	if len(s.runes) == 2 && s.runes[0] == utf8.RuneSelf && s.runes[1] == unicode.MaxRune {
		s.high = allHigh
	}
	if s.high != noHigh {
		for b := utf8.RuneSelf; b < 256; b++ {
			s.ascii[b] = true
		}
	}
	for b, in := range s.ascii {
		if in {
			s.bits.add(byte(b))
		}
	}
	return s
}

// mostInsts bounds a program.
const mostInsts = 4096

var (
	errTooLong = errors.New("the expression unfolds to too many instructions")
	errEmpty   = errors.New("a loop round what can be empty")
)

// NewProgram compiles an expression that package syntax parsed with its Perl
// flags. An error says that this package does not run it.
func NewProgram(parsed *syntax.Regexp) (*Program, error) {
	c := compilers.Get().(*compiler)
	defer c.release()
	c.groups = parsed.MaxCap() + 1
	if err := c.piece(parsed); err != nil {
		return nil, err
	}
	if err := c.add(inst{op: opMatch}); err != nil {
		return nil, err
	}
	p := &Program{insts: make([]inst, len(c.insts)), groups: c.groups, loops: c.loops}
	copy(p.insts, c.insts)
	p.lookAhead()
	p.climb()
	p.routes = newRoutes(p)
	p.starts = p.begins()
	p.enters()
	p.sight = max(p.sight, len(p.ladder), utf8.UTFMax)
	for i := range p.insts {
		p.sight = max(p.sight, len(p.insts[i].text))
	}
	return p, nil
}

// begins returns the branches that all matches begin with, nil if there are none.
func (p *Program) begins() *branches {
	at := 0
	for p.insts[at].op == opAssert || p.insts[at].op == opGroup {
		at++
	}
	return p.insts[at].branches
}

// Groups is how many pairs of indexes a match has, its own included.
func (p *Program) Groups() int { return p.groups }

type compiler struct {
	insts  []inst
	groups int
	depth  int // of choices round the piece
	again  int // of loops round it
	loops  int // that were numbered
	sets   []madeSet
}

// compilers are used again, so that a program takes no more memory than it has.
var compilers = sync.Pool{New: func() any { return new(compiler) }}

// release gives the compiler back, with nothing of the program in it.
func (c *compiler) release() {
	clear(c.insts)
	clear(c.sets)
	*c = compiler{insts: c.insts[:0], sets: c.sets[:0]}
	compilers.Put(c)
}

func (c *compiler) add(i inst) error {
	if len(c.insts) == mostInsts {
		return errTooLong
	}
	c.insts = append(c.insts, i)
	return nil
}

func (c *compiler) piece(re *syntax.Regexp) error {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return nil
	case syntax.OpNoMatch:
		return c.add(inst{op: opChar, set: &charSet{}})
	case syntax.OpLiteral:
		return c.literal(re)
	case syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		return c.add(inst{op: opChar, set: c.setOf(re), certain: c.depth == 0})
	case syntax.OpBeginLine:
		return c.assert(syntax.EmptyBeginLine)
	case syntax.OpEndLine:
		return c.assert(syntax.EmptyEndLine)
	case syntax.OpBeginText:
		return c.assert(syntax.EmptyBeginText)
	case syntax.OpEndText:
		return c.assert(syntax.EmptyEndText)
	case syntax.OpWordBoundary:
		return c.assert(syntax.EmptyWordBoundary)
	case syntax.OpNoWordBoundary:
		return c.assert(syntax.EmptyNoWordBoundary)
	case syntax.OpCapture:
		return c.group(re)
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if err := c.piece(sub); err != nil {
				return err
			}
		}
		return nil
	case syntax.OpAlternate:
		return c.alternate(re.Sub)
	case syntax.OpStar:
		return c.repeat(re, 0, -1)
	case syntax.OpPlus:
		return c.repeat(re, 1, -1)
	case syntax.OpQuest:
		return c.repeat(re, 0, 1)
	case syntax.OpRepeat:
		return c.repeat(re, re.Min, re.Max)
	}
	return errors.New("unknown operator")
}

func (c *compiler) group(re *syntax.Regexp) error {
	i := inst{op: opGroup, arg: int32(2 * re.Cap), certain: c.depth == 0}
	if err := c.add(i); err != nil {
		return err
	}
	if err := c.piece(re.Sub[0]); err != nil {
		return err
	}
	i.arg++
	return c.add(i)
}

func (c *compiler) assert(kind syntax.EmptyOp) error { return c.add(inst{op: opAssert, kind: kind}) }

func (c *compiler) literal(re *syntax.Regexp) error {
	if len(re.Rune) == 1 {
		return c.add(inst{op: opChar, set: c.setOf(re), certain: c.depth == 0})
	}
	i := inst{op: opFixed, text: string(re.Rune), sets: make([]*charSet, len(re.Rune)), certain: c.depth == 0}
	plain := true
	one := *re
	for n, r := range re.Rune {
		if r == utf8.RuneError { // stands for every invalid byte
			i.op = opFolded
		}
		plain = plain && r < utf8.RuneSelf
		one.Rune = re.Rune[n : n+1]
		i.sets[n] = c.setOf(&one)
	}
	if re.Flags&syntax.FoldCase != 0 {
		i.op = opFolded
	}
	if i.op == opFolded {
		if i.text = lower(i.text); !plain {
			i.text = ""
		}
	}
	return c.add(i)
}

// A madeSet is a set with what it was made of, which is what makes a piece that
// matches one character the same as another.
type madeSet struct {
	op    syntax.Op
	fold  bool
	runes []rune
	set   *charSet
}

// setOf is setOf, which makes no set twice: the fewer there are the more of them
// are at hand when the program runs.
func (c *compiler) setOf(re *syntax.Regexp) *charSet {
	fold := re.Flags&syntax.FoldCase != 0
	for i := range c.sets {
		if s := &c.sets[i]; s.op == re.Op && s.fold == fold && slices.Equal(s.runes, re.Rune) {
			return s.set
		}
	}
	set := setOf(re)
	if set != nil && len(c.sets) < mostSets {
		c.sets = append(c.sets, madeSet{re.Op, fold, re.Rune, set})
	}
	return set
}

// mostSets bounds those that are looked through.
const mostSets = 256

// setOf returns the characters of a piece that matches one; nil for others.
func setOf(re *syntax.Regexp) *charSet {
	switch {
	case re.Op == syntax.OpCharClass:
		return newSet(re.Rune)
	case re.Op == syntax.OpAnyChar:
		return newSet([]rune{0, unicode.MaxRune})
	case re.Op == syntax.OpAnyCharNotNL:
		return newSet([]rune{0, '\n' - 1, '\n' + 1, unicode.MaxRune})
	case re.Op == syntax.OpLiteral && len(re.Rune) == 1:
		ranges := []rune{re.Rune[0], re.Rune[0]}
		if re.Flags&syntax.FoldCase != 0 {
			for f := unicode.SimpleFold(re.Rune[0]); f != re.Rune[0]; f = unicode.SimpleFold(f) {
				ranges = append(ranges, f, f)
			}
		}
		return newSet(ranges)
	}
	return nil
}

func canBeEmpty(re *syntax.Regexp) bool {
	switch re.Op {
	case syntax.OpLiteral, syntax.OpCharClass, syntax.OpAnyChar, syntax.OpAnyCharNotNL, syntax.OpNoMatch:
		return false
	case syntax.OpCapture, syntax.OpPlus:
		return canBeEmpty(re.Sub[0])
	case syntax.OpRepeat:
		return re.Min == 0 || canBeEmpty(re.Sub[0])
	case syntax.OpConcat:
		for _, sub := range re.Sub {
			if !canBeEmpty(sub) {
				return false
			}
		}
		return true
	case syntax.OpAlternate:
		for _, sub := range re.Sub {
			if canBeEmpty(sub) {
				return true
			}
		}
		return false
	}
	return true
}
