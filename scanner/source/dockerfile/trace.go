package dockerfile

import (
	"bytes"
	"cmp"
	"slices"
	"sort"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// maxUses bounds the places of one hit.
const maxUses = 64

// An attribution finds the places of all hits of one file.
type attribution struct {
	file          *file
	shown         string
	data          []byte
	traces        []*trace
	byInstruction map[*instruction][]leak
	fixes         map[*instruction]string
	origins       map[originKey]*scanner.Origin
	came          []stretch // where all came in, in order
}

// A trace is a hit and where in the file its value stands.
type trace struct {
	hit  *scanner.Hit
	from []span // where it came in
	uses []use
	twin bool // another trace of this value has all uses
}

// A use is an instruction that refers to a value.
type use struct {
	ins  *instruction
	at   span   // of all that refers to it
	refs []span // one by one
}

func (a *attribution) run(hits []*scanner.Hit, given map[string]string) {
	a.locate(hits, given)
	a.cover()
	a.follow(given)
	a.collect()
	a.place()
}

// locate finds where the values of the hits stand.
func (a *attribution) locate(hits []*scanner.Hit, given map[string]string) {
	byLine := map[int][]*scanner.Hit{}
	for _, h := range hits {
		resolved := h.Origin.Step != nil
		if h.Span.Length == 0 { // a rule about the path; the file has but one
			h.Covered = resolved
			continue
		}
		if resolved {
			byLine[h.Origin.Step.Line] = append(byLine[h.Origin.Step.Line], h)
			continue
		}
		from := int(h.Span.Offset)
		a.traces = append(a.traces, &trace{hit: h, from: []span{{from, from + int(h.Span.Length)}}})
	}
	if len(byLine) == 0 {
		return
	}
	a.file.walk(given, func(_ *walk, r resolved) {
		hits := byLine[r.lines.from]
		if len(hits) == 0 {
			return
		}
		starts := r.says.starts()
		for _, h := range hits {
			t := &trace{hit: h}
			var refs []span
			t.from, refs = r.says.cover(starts, int(h.Span.Offset), int(h.Span.Offset+h.Span.Length))
			for _, ref := range refs {
				t.use(r.instruction, ref)
			}
			a.traces = append(a.traces, t)
		}
	})
}

// use notes an instruction that refers to the value.
func (t *trace) use(ins *instruction, at span) {
	if n := len(t.uses) - 1; n >= 0 && t.uses[n].ins == ins {
		u := &t.uses[n]
		u.at = u.at.hull(at)
		if len(u.refs) < maxUses && !slices.Contains(u.refs, at) {
			u.refs = append(u.refs, at)
		}
		return
	}
	if len(t.uses) < maxUses {
		t.uses = append(t.uses, use{ins, at, []span{at}})
	}
}

// A stretch is a part of where a trace came in.
type stretch struct {
	span
	trace *trace
}

// stretches returns where the traces came in, in order.
func (a *attribution) stretches() []stretch {
	var all []stretch
	for _, t := range a.traces {
		if t.hit.Covered {
			continue
		}
		for _, s := range t.from {
			if !s.empty() {
				all = append(all, stretch{s, t})
			}
		}
	}
	slices.SortStableFunc(all, func(x, y stretch) int {
		return cmp.Or(cmp.Compare(x.from, y.from), cmp.Compare(y.to, x.to))
	})
	return all
}

// cover leaves one of the hits that stand, in part, at the same place: the text
// of the file and what an instruction says may each show more of a value.
func (a *attribution) cover() {
	var last stretch
	for _, s := range a.stretches() {
		switch {
		case last.trace != nil && last.trace != s.trace && slices.Equal(last.trace.from, s.trace.from):
			if s.trace.twin = s.trace.hit.Span.Length == last.trace.hit.Span.Length; s.trace.twin {
				s.trace.uses = nil
			}
		case last.trace == nil || last.to <= s.from || last.trace == s.trace:
			if s.to > last.to {
				last = s
			}
		case s.trace.outranks(last.trace):
			last.trace.hit.Covered = true
			last = s
		default:
			s.trace.hit.Covered = true
		}
	}
}

func (t *trace) outranks(o *trace) bool {
	return cmp.Or(
		cmp.Compare(t.hit.Confidence, o.hit.Confidence),
		-compareBool(t.hit.Rule.Generic, o.hit.Rule.Generic),
		cmp.Compare(t.hit.Span.Length, o.hit.Span.Length),
	) > 0
}

func compareBool(a, b bool) int {
	return cmp.Compare(map[bool]int{true: 1}[a], map[bool]int{true: 1}[b])
}

// follow notes the instructions that refer to what was found.
func (a *attribution) follow(given map[string]string) {
	a.came = a.stretches()
	all := slices.DeleteFunc(slices.Clone(a.came), func(s stretch) bool { return s.trace.twin })
	if len(all) == 0 {
		return
	}
	longest := make([]int, len(all)) // the furthest end up to each
	for i, s := range all {
		longest[i] = s.to
		if i > 0 {
			longest[i] = max(longest[i], longest[i-1])
		}
	}
	a.file.walk(given, func(_ *walk, r resolved) {
		for _, p := range r.says {
			if p.ref.empty() {
				continue
			}
			for i := sort.SearchInts(longest, p.from.from+1); i < len(all) && all[i].from < p.from.to; i++ {
				if all[i].meets(p.from) {
					all[i].trace.use(r.instruction, p.ref)
				}
			}
		}
	})
}

// collect gathers what each instruction gives away.
func (a *attribution) collect() {
	for _, t := range a.traces {
		if t.hit.Kind != rules.Secret || t.hit.Covered {
			continue
		}
		for _, s := range t.from {
			if ins := a.file.at(s.from); ins != nil && !s.empty() {
				a.byInstruction[ins] = append(a.byInstruction[ins], leak{at: s, name: ins.nameAt(&a.file.text, s, t.hit)})
			}
		}
		for _, u := range t.uses {
			for _, ref := range u.refs {
				name := strings.TrimLeft(a.file.all[ref.from:ref.to], "${")
				a.byInstruction[u.ins] = append(a.byInstruction[u.ins], leak{at: ref, name: name[:nameLen(name)], referred: true})
			}
		}
	}
	for ins, leaks := range a.byInstruction {
		a.byInstruction[ins] = disjoint(leaks)
	}
}

// place sets the places of the hits.
func (a *attribution) place() {
	for _, t := range a.traces {
		var uses []use
		for _, s := range t.from {
			t.hit.Beside(a.file.all, s.from, s.to, a.file.position(s).Line)
			ins := a.file.at(s.from)
			if n := len(uses) - 1; n >= 0 && ins != nil && uses[n].ins == ins {
				uses[n].at = uses[n].at.hull(s)
				continue
			}
			uses = append(uses, use{ins: ins, at: s})
		}
		for _, u := range t.uses {
			at := slices.IndexFunc(uses, func(o use) bool { return o.ins == u.ins })
			if at < 0 {
				uses = append(uses, u)
			} else {
				uses[at].at = uses[at].at.hull(u.at)
			}
		}
		slices.SortFunc(uses, func(x, y use) int { return cmp.Compare(x.at.from, y.at.from) })
		for _, u := range uses[:min(len(uses), maxUses)] {
			t.hit.Places = append(t.hit.Places, a.at(t.hit, u))
		}
	}
	a.hash()
}

// An originKey tells the origins of a file apart.
type originKey struct {
	ins     *instruction
	line    int // of a comment
	exposed string
}

// at returns the place of a use.
func (a *attribution) at(h *scanner.Hit, u use) scanner.Place {
	position := a.file.position(u.at)
	key := originKey{ins: u.ins, exposed: inFile}
	switch {
	case u.ins == nil || !u.ins.holds(u.at):
		key.ins, key.line = nil, position.Line
	default:
		key.exposed = u.ins.exposure(u.ins.inBody(u.at))
	}
	o := a.origins[key]
	if o == nil {
		copied := *h.Origin
		o = &copied
		o.Exposed, o.Step = key.exposed, a.step(key)
		a.origins[key] = o
	}
	p := scanner.Place{Origin: o, State: scanner.Live, At: &position}
	switch {
	case h.Kind != rules.Secret:
	case key.ins != nil:
		p.Fix = a.fix(key.ins)
	default:
		p.Fix = o.Step.Instruction
	}
	return p
}

func (a *attribution) fix(ins *instruction) string {
	text, known := a.fixes[ins]
	if !known {
		text = a.file.fix(ins, a.byInstruction[ins])
		a.fixes[ins] = text
	}
	return text
}

// step describes the instruction, or the comment, of an origin.
func (a *attribution) step(key originKey) *scanner.Step {
	if key.ins != nil {
		return a.file.step(key.ins, a.shown, spansOf(a.byInstruction[key.ins], false))
	}
	line := a.file.line(key.line)
	in := joined{text: a.file.all[line.from:line.to], parts: []part{{0, line.from}}}
	var hidden []span
	first := sort.Search(len(a.came), func(i int) bool { return a.came[i].from >= line.from })
	for _, s := range a.came[max(0, first-1):] {
		if s.from >= line.to {
			break
		}
		if s.meets(line) && s.trace.hit.Kind == rules.Secret {
			hidden = append(hidden, span{max(s.from, line.from), min(s.to, line.to)})
		}
	}
	text := in.replaced(hidden, func(int, span) string { return "****" })
	return &scanner.Step{File: a.shown, Line: key.line, EndLine: key.line, Instruction: cut(strings.TrimSpace(text), maxShown)}
}

// hash sets the line hashes of all places.
func (a *attribution) hash() {
	lines := map[int]string{}
	each := func(do func(*scanner.Place)) {
		for _, t := range a.traces {
			for i := range t.hit.Places {
				do(&t.hit.Places[i])
			}
		}
	}
	each(func(p *scanner.Place) { lines[p.At.Line] = "" })
	if source.LineHashes(bytes.NewReader(a.data), lines) == nil {
		each(func(p *scanner.Place) { p.LineHash = lines[p.At.Line] })
	}
}
