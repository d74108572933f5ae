package scanner

import (
	"regexp/syntax"
	"slices"
	"strings"
	"sync"
	"unicode"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/match"
)

// A remainder is what the expressions of several rules have behind their keyword,
// where they differ in the keyword alone: the rest of a name, and what it is
// assigned. One program runs it for all of them.
type remainder struct {
	expr    *syntax.Regexp
	program *match.Program // nil: the expression is none for it
	needs   *match.Needs   // nil: none
	name    int            // the group of the name
	index   int            // among those of the detector
	// more are the ASCII characters of a name, of which as few as can be are taken
	// before all else: a run from one of them finds what a run from the next does.
	more [256]bool
}

// remainders are those of a detector, by their expressions. It is safe for
// concurrent use.
type remainders struct {
	mu   sync.Mutex
	made []*remainder
}

// A keyword is what an expression that has one starts with, in lower case.
type keyword struct {
	text string
	word bool // a word ends with it
}

// of returns the remainder of an expression that captures a name first, and its
// keywords; nil where it has none.
func (f *remainders) of(expr *syntax.Regexp, name int) (*remainder, []keyword) {
	capture := expr.Sub[0]
	inner := capture.Sub[0]
	last := len(inner.Sub) - 1 // what stands before it may be parsed as several pieces
	if inner.Op != syntax.OpConcat || last < 1 || inner.Sub[last].Op != syntax.OpStar || inner.Sub[last].Flags&syntax.NonGreedy == 0 {
		return nil, nil
	}
	keywords := spellings(&syntax.Regexp{Op: syntax.OpConcat, Sub: inner.Sub[:last]})
	class := inner.Sub[last].Sub[0]
	if !apart(keywords) || class.Op != syntax.OpCharClass {
		return nil, nil
	}
	named, rest := *capture, *expr
	named.Sub = inner.Sub[last:]
	rest.Sub = slices.Concat([]*syntax.Regexp{&named}, expr.Sub[1:])
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, known := range f.made {
		if known.expr.Equal(&rest) && known.name == name {
			return known.runs(), keywords
		}
	}
	made := &remainder{expr: &rest, name: name, index: len(f.made)}
	for i := 0; i < len(class.Rune); i += 2 {
		for r := class.Rune[i]; r <= min(class.Rune[i+1], unicode.MaxASCII); r++ {
			made.more[r] = true
		}
	}
	made.program, _ = match.NewProgram(&rest)
	made.needs = match.NeedsOf(&rest)
	f.made = append(f.made, made)
	return made.runs(), keywords
}

// runs returns nil for a remainder that has no program.
func (r *remainder) runs() *remainder {
	if r.program == nil {
		return nil
	}
	return r
}

// mostKeywords bounds those of one expression.
const mostKeywords = 16

// spellings lists the literals that a piece of an expression matches, nil where
// it is more than a choice of them.
func spellings(re *syntax.Regexp) []keyword {
	switch re.Op {
	case syntax.OpEmptyMatch:
		return []keyword{{}}
	case syntax.OpWordBoundary:
		return []keyword{{word: true}}
	case syntax.OpLiteral:
		return []keyword{{text: strings.ToLower(string(re.Rune))}}
	case syntax.OpAlternate:
		var all []keyword
		for _, sub := range re.Sub {
			some := spellings(sub)
			if all = append(all, some...); some == nil || len(all) > mostKeywords {
				return nil
			}
		}
		return all
	case syntax.OpConcat:
		all := []keyword{{}}
		for _, sub := range re.Sub {
			var longer []keyword
			for _, end := range spellings(sub) {
				for _, start := range all {
					longer = append(longer, keyword{start.text + end.text, start.word || end.word})
					if start.word || len(longer) > mostKeywords {
						return nil
					}
				}
			}
			all = longer
		}
		return all
	}
	return nil
}

// apart reports whether at most one of the keywords matches at a place.
func apart(keywords []keyword) bool {
	for i, k := range keywords {
		if k.text == "" || strings.ContainsFunc(k.text, func(r rune) bool { return r > 0x7f }) {
			return false
		}
		for j, other := range keywords {
			rest, longer := strings.CutPrefix(other.text, k.text)
			if i != j && longer && !(k.word && rest != "" && word(k.text[len(k.text)-1]) == word(rest[0])) {
				return false
			}
		}
	}
	return len(keywords) > 0
}

// An answer is what a remainder found, for others that ask from within the same name.
type answer struct {
	rest *remainder
	// It holds for runs that start from from to to, and look at the data up to
	// far at least. All are positions in the chunk.
	from, to, far int
	groups        [16]int // the first of found
	found         int
	near          bool  // something was, and the end of the data had no part in it
	value         value // of the last that was asked about
}

// A value says of one in the chunk, half-open, whether it is dismissed.
type value struct {
	from, to  int
	dismissed bool
}

// learnt is what was learnt of a chunk for one remainder.
type learnt struct {
	memory  match.Memory
	without part // a stretch with nothing of what each match needs
}

func (l *learnt) forget() {
	l.memory.Forget()
	l.without = part{}
}

// behind emits the match of an expression with a remainder that starts with the
// keyword at lo; false says that it cannot tell.
func (w *window) behind(r *ref, s *shortcuts, lo int) bool {
	k := s.keywords[r.nth]
	if k == nil {
		return false
	}
	data, at, hi := w.chunk.Data, lo+len(k.text), lo+r.reach
	clipped := hi < len(data) || !w.chunk.Last
	hi = min(hi, len(data))
	if k.word && at < len(data) && word(data[at-1]) == word(data[at]) {
		return true
	}
	said := &w.said
	if (said.rest != s.rest || at < said.from || at > said.to || said.far >= hi) && !w.ask(s.rest, at, hi) {
		return false
	}
	if said.found == 0 || said.groups[1] >= hi && clipped {
		return true
	}
	groups := said.groups[:said.found]
	groups[0], groups[2*s.rest.name] = lo, lo // all else is the same behind each keyword
	if w.dismissed(r.plan.rule, groups) {
		w.detector.count(r.plan, nil)
	} else {
		w.emit(found{plan: r.plan, groups: groups, titles: &w.titles})
	}
	return true
}

// dismissed reports whether the judge would take the value of what the remainder
// found last for no secret, whatever stands round it: nearly all are. It is asked
// once for all anchors in the name.
func (w *window) dismissed(r *rules.Rule, groups []int) bool {
	from, to := valueOf(r, groups)
	v := &w.said.value
	if v.from != from || v.to != to {
		*v = value{from, to, w.titles.Dismisses(w.chunk.Data, groups[0], from, to, w.at.kind())}
	}
	return v.dismissed
}

// fails reports whether no run of a remainder from at on finds what is kept, since
// the data up to hi has nothing of what each match needs. What is found where it
// ends, and the stream does not, is not kept.
func (w *window) fails(f *remainder, none *part, at, hi int) bool {
	if f.needs == nil || f.needs.AtEnd() && hi == len(w.chunk.Data) && w.chunk.Last {
		return false
	}
	if at < none.from || at > none.to {
		*none = part{at, at}
	}
	if none.to < hi {
		none.to = f.needs.Next(w.chunk.Data[:hi], none.to)
	}
	return none.to >= hi
}

// ask runs a remainder on data[:hi] from at on and keeps the answer; false says that
// the run was given up.
func (w *window) ask(f *remainder, at, hi int) (sure bool) {
	said := &w.said
	near := said.near
	said.rest, said.from, said.to, said.far, said.found, said.near, said.value = f, at, at, hi, 0, false, value{}
	for len(w.learnt) <= f.index {
		w.learnt = append(w.learnt, learnt{})
	}
	learnt := &w.learnt[f.index]
	if !near && w.fails(f, &learnt.without, at, hi) { // where one finds something soon most do
		return true
	}
	begin, may := f.program.Enter(w.chunk.Data[:hi], at)
	var groups []int
	far := begin + 1
	if may {
		var outcome match.Outcome
		groups, outcome = w.machine.RunAt(f.program, w.chunk.Data[:hi], begin, &learnt.memory)
		if outcome == match.TooMuch || len(groups) > len(said.groups) {
			said.rest = nil
			return false
		}
		said.found, far = copy(said.groups[:], groups), w.machine.Sight(f.program)
	}
	if far < hi { // the end of the data had no part in it
		said.to, said.far, said.near = begin, far, groups != nil
		end := hi
		if groups != nil {
			end = groups[2*f.name+1]
		}
		for said.to < end && f.more[w.chunk.Data[said.to]] {
			said.to++
		}
	}
	return true
}
