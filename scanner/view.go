package scanner

import (
	"fmt"
	"hash/maphash"

	"github.com/sluice-sec/sluice/scanner/decode"
)

const (
	// maxViewDepth is how many encodings, one within the other, are decoded.
	maxViewDepth = 3
	// maxViews bounds what is decoded of one chunk of so many bytes.
	maxViews      = 24 << 20
	maxViewsBytes = 1 << 20
)

// mostViews is maxViews for a chunk of that length: one that is not cut has as
// much as its pieces would.
func mostViews(length int) int { return maxViews * max(1, length/maxViewsBytes) }

// A viewer finds what one chunk after the other holds encoded.
type viewer struct {
	keep   func(*Hit)
	sink   *collector
	text   bool // the stream is
	left   int  // bytes that may still be decoded
	spent  bool
	hidden []Span  // where something was found that is not kept
	at     *cursor // of the chunk, which knows the way to what was found in it as it is
	top    where   // of at
	levels [maxViewDepth]level
	finder *finder // of hits in views, nil until there was one; used is that it is not released
	used   bool
	sights sights
	// verdicts are those of the chunk.
	verdicts *verdicts
	deep     int // the deepest level that a view was looked at in
}

// where says what Chunk.Where does, of any chunk.
type where func(start, end int) (Span, string)

// A level is a chunk whose views are looked at, within those of the level
// before.
type level struct {
	chunk *Chunk
	where where
	emit  func(*decode.View)
	// view is the one that is looked at, shown is it as a chunk, and place says
	// where in the stream it has what.
	view  *decode.View
	shown Chunk
	place where
}

// newViewer returns one that asks a cursor, of the chunk that is looked at, for positions.
func newViewer(at *cursor) *viewer {
	v := &viewer{at: at, top: at.where, sights: sights{seed: maphash.MakeSeed()}}
	for depth := range v.levels {
		l := &v.levels[depth]
		l.emit = func(view *decode.View) { v.view(depth, view) }
		l.place = func(start, end int) (Span, string) {
			at, outer := l.where(l.view.Source(start, end))
			if outer != "" {
				return at, l.view.Form.String() + " in " + outer
			}
			return at, l.view.Form.String()
		}
	}
	return v
}

func (v *viewer) release() {
	v.sink = nil
	if v.used {
		v.finder.release()
		v.used = false
	}
	for i := range v.levels {
		l := &v.levels[i]
		l.chunk, l.where, l.view, l.shown = nil, nil, nil, Chunk{}
	}
}

// views calls keep with every hit in what is encoded in the chunk.
func (v *viewer) views(c *collector, chunk *Chunk) {
	v.sink, v.text, v.left, v.spent, v.hidden = c, !chunk.Binary, mostViews(len(chunk.Data)), false, v.hidden[:0]
	v.sights.forget()
	from, to := chunk.owned()
	look := func(from, to int) {
		if from < to {
			v.each(0, chunk, decode.Options{From: from, To: to, Pos: chunk.Pos, Binary: chunk.Binary}, v.top)
		}
	}
	if l := chunk.Like; l != nil && !chunk.Binary {
		for _, s := range l.Alike { // a view of what is in one alone was looked at
			if lo, hi := max(from, decode.Behind(chunk.Data, s.Start)), min(to, decode.Before(chunk.Data, s.End)); lo < hi {
				look(from, lo)
				from = hi
			}
		}
	}
	look(from, to)
	if v.spent {
		c.Problem(chunk.Origin, fmt.Errorf("line %d and on: more is encoded than is decoded", chunk.Line))
	}
}

// each looks at the views of a chunk, and theirs.
func (v *viewer) each(depth int, chunk *Chunk, o decode.Options, at where) {
	o.MaxInflated = min(v.left, decode.MaxInflated)
	v.levels[depth].chunk, v.levels[depth].where = chunk, at
	if !decode.Each(chunk.Data, o, v.levels[depth].emit) {
		v.spent = true
	}
}

// find calls keep with every hit in a view as it is.
func (v *viewer) find(shown *Chunk) {
	if v.finder == nil {
		v.finder = newFinder()
	}
	f := v.finder
	f.keep, f.at.verdicts, v.used = v.keep, v.verdicts, true
	f.find(v.sink, shown, v.at.kind())
	v.hidden = append(v.hidden, f.hidden...)
}

// view looks at one view of a level's chunk.
func (v *viewer) view(depth int, view *decode.View) {
	if v.left -= view.To - view.From; v.left < 0 {
		v.spent = true
		return
	}
	l := &v.levels[depth]
	l.view = view
	l.shown = Chunk{
		Data: view.Data, Origin: l.chunk.Origin, Blob: l.chunk.Blob, Last: !view.GoesOn, Binary: !v.text || view.Binary, Where: l.place,
		own: part{view.From, view.To},
	}
	if view.GoesBack {
		l.shown.Pos = 1 // nothing starts with it
	}
	if view.Cut {
		at, encoded := l.place(0, 1)
		v.sink.Problem(l.chunk.Origin, fmt.Errorf("line %d: %s: unpacks to more than %d bytes: the rest is not scanned", at.Line, encoded, len(view.Data)))
	}
	escapes := view.Form == decode.Percent || view.Form == decode.Escape
	v.sights.escapes = v.sights.escapes || escapes
	var now sight
	if v.sights.escapes && (depth > 0 || !escapes) {
		if now = v.sight(depth); v.sights.holds(now) {
			if !v.sights.slot(now.sum).whole { // what this one is in was not looked at to its end
				v.deep = maxViewDepth - 1
			}
			return
		}
	}
	v.find(&l.shown)
	outside := v.deep
	if v.deep = depth; depth+1 < maxViewDepth {
		v.each(depth+1, &l.shown, decode.Options{
			From: view.From, To: view.To, GoesBack: view.GoesBack, GoesOn: view.GoesOn, Binary: view.Binary, Packed: true,
		}, l.place)
	}
	if now != (sight{}) {
		now.whole = v.deep < maxViewDepth-1
		v.sights.add(now)
	}
	v.deep = max(v.deep, outside)
}
