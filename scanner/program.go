package scanner

import (
	"regexp"
	"regexp/syntax"
	"sync"
	"sync/atomic"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/match"
)

// A program is an expression that is compiled when it first runs. It is safe for
// concurrent use.
type program struct {
	expr *syntax.Regexp
	once sync.Once
	asks atomic.Int32 // of idle; no fewer than mostAsks once it is compiled
	fast *match.Program
}

// mostAsks is how often a program is done without before that costs more than to
// compile it.
const mostAsks = 1 << 10

// idle reports whether the program was never needed, nor asked for often: then
// questions that cost less than compiling it are worth asking.
func (p *program) idle() bool { return p.asks.Load() < mostAsks && p.asks.Add(1) < mostAsks }

// compiled returns nil for an expression that package regexp has to run.
func (p *program) compiled() *match.Program {
	p.once.Do(func() {
		p.fast, _ = match.NewProgram(p.expr)
		p.asks.Store(mostAsks)
	})
	return p.fast
}

// A pinned expression matches at the start of a text only.
type pinned struct {
	program
	slow sync.Once
	std  *regexp.Regexp
}

func pin(expr *syntax.Regexp) *pinned { return &pinned{program: program{expr: expr}} }

func (p *pinned) regexp() *regexp.Regexp {
	p.slow.Do(func() { p.std = regexp.MustCompile(`\A(?:` + p.expr.String() + `)`) })
	return p.std
}

// gates returns what must stand round each of the anchors; nil for one that has no
// such thing.
func (p *pinned) gates(anchors []rules.Anchor) []*match.Gate {
	gates := make([]*match.Gate, len(anchors))
	for i, a := range anchors {
		if fast := p.compiled(); fast != nil && !loose(a) {
			gates[i] = fast.Gate(a.Literal, a.Before)
		}
	}
	return gates
}

// find returns what FindSubmatchIndex does for a text that starts at a place in data,
// in a slice that holds until the machine's next run. Memory is that of the program
// in this data, nil to do without.
func (p *pinned) find(m *match.Machine, data []byte, at int, memory *match.Memory) []int {
	if fast := p.compiled(); fast != nil {
		if groups, outcome := m.RunAt(fast, data, at, memory); outcome != match.TooMuch {
			return groups
		}
	}
	return shift(p.regexp().FindSubmatchIndex(data[at:]), at)
}
