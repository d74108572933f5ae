package scanner

import (
	"slices"
	"strings"
	"sync"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/classify"
)

// A pass is what a collector looks at one chunk with. It is used again for other
// chunks, so that one without a hit costs no memory.
type pass struct {
	chunk    Chunk
	hits     []*Hit
	finder   *finder
	viewer   *viewer
	verdicts *verdicts
}

var passes = sync.Pool{New: func() any {
	p := &pass{finder: newFinder(), verdicts: newVerdicts()}
	p.viewer = newViewer(&p.finder.at)
	p.finder.keep = func(h *Hit) { p.hits = append(p.hits, h) }
	p.viewer.keep = p.finder.keep
	p.finder.at.verdicts, p.viewer.verdicts = p.verdicts, p.verdicts
	return p
}}

// release gives the pass back, with nothing of the chunk in it.
func (p *pass) release() {
	clear(p.hits)
	p.hits, p.chunk = p.hits[:0], Chunk{}
	p.finder.release()
	p.viewer.release()
	p.verdicts.forget()
	passes.Put(p)
}

// look finds the hits in the chunk as it is, and in what is encoded in it. It
// reports whether there was anything, kept or not.
func (p *pass) look(c *collector) bool {
	if c.scanner.detector.nuls || !Hollow(p.chunk.Data) { // nothing is encoded in NULs
		p.finder.find(c, &p.chunk, nil)
		p.viewer.views(c, &p.chunk)
	} else {
		p.finder.hidden, p.viewer.hidden = p.finder.hidden[:0], p.viewer.hidden[:0]
	}
	if l := p.chunk.Like; l != nil {
		p.tell(l)
	}
	return len(p.hits) > 0 || len(p.finder.hidden) > 0 || len(p.viewer.hidden) > 0
}

// tell says where in the chunk anything was found.
func (p *pass) tell(l *Likeness) {
	add := func(at Span) {
		if at.Length > 0 { // the path says nothing of a place
			start := int(at.Offset - p.chunk.Offset)
			l.Found = append(l.Found, Stretch{start, start + int(at.Length)})
		}
	}
	for _, h := range p.hits {
		add(h.Span)
	}
	for _, hidden := range [...][]Span{p.finder.hidden, p.viewer.hidden} {
		for _, at := range hidden {
			add(at)
		}
	}
	l.Looked = true
}

// A finder finds hits in the data of one chunk after the other.
type finder struct {
	keep   func(*Hit)
	sink   *collector
	at     cursor
	window window
	hidden []Span // where something was found that is not kept
}

func newFinder() *finder {
	f := &finder{}
	f.window.emit, f.window.meet, f.window.at = f.found, f.window.literal, &f.at
	return f
}

func (f *finder) release() {
	f.sink = nil
	f.at.reset(nil)
	f.at.last = judged{}
	f.window.detector, f.window.chunk, f.window.said.rest = nil, nil, nil
}

// find calls keep with every hit in the data of a chunk as it is. File is what its
// path says, nil to find out if need be.
func (f *finder) find(c *collector, chunk *Chunk, file *classify.File) {
	f.sink, f.hidden = c, f.hidden[:0]
	f.at.reset(chunk)
	f.at.file = file
	c.scanner.detector.scan(chunk, &f.window)
}

// found examines what an expression found.
func (f *finder) found(m found) {
	if f.window.knownOf(m.plan).again(m.groups[0], m.groups[1]) {
		return
	}
	h, suppressed := f.sink.scanner.examine(&f.at, m)
	f.sink.scanner.detector.count(m.plan, h)
	if suppressed {
		f.sink.suppressed.Add(1)
		at, _ := f.at.where(valueOf(m.plan.rule, m.groups))
		f.hidden = append(f.hidden, at)
	}
	if h != nil {
		f.keep(h)
	}
}

// takesNULs reports whether a rule may find something where there is nothing but
// NULs.
func takesNULs(r *rules.Rule) bool {
	return r.Anchoring == rules.Everywhere ||
		slices.ContainsFunc(r.Anchors(), func(a rules.Anchor) bool { return strings.Trim(a.Literal, "\x00") == "" })
}
