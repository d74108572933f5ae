package scanner

import (
	"fmt"

	"github.com/sluice-sec/sluice/scanner/decode"
)

const (
	// maxViewDepth is how many encodings, one within the other, are decoded.
	maxViewDepth = 3
	// maxViews bounds what is decoded of one chunk, in bytes.
	maxViews = 24 << 20
)

// A viewer finds what a chunk holds encoded.
type viewer struct {
	sink  *collector
	text  bool // the stream is
	left  int  // bytes that may still be decoded
	spent bool
}

// views calls found with every hit in what is encoded in the chunk.
func (c *collector) views(chunk *Chunk, found func(*Hit)) {
	v := viewer{sink: c, text: !chunk.Binary, left: maxViews}
	from, to := chunk.owned()
	at := cursor{Chunk: chunk}
	v.each(chunk, decode.Options{From: from, To: to, Pos: chunk.Pos, Binary: chunk.Binary}, 1, at.where, found)
	if v.spent {
		c.Problem(chunk.Origin, fmt.Errorf("line %d and on: more is encoded than is decoded", chunk.Line))
	}
}

// each scans the views of a chunk, and theirs. Where says what Chunk.Where
// does, of any chunk.
func (v *viewer) each(chunk *Chunk, o decode.Options, depth int, where func(start, end int) (Span, string), found func(*Hit)) {
	o.MaxInflated = min(v.left, decode.MaxInflated)
	whole := decode.Each(chunk.Data, o, func(view *decode.View) {
		if v.left -= len(view.Data); v.left < 0 {
			v.spent = true
			return
		}
		inner := Chunk{
			Data: view.Data, Origin: chunk.Origin, Blob: chunk.Blob, Last: true, Binary: !v.text || view.Binary,
			Where: func(start, end int) (Span, string) {
				at, outer := where(view.Source(start, end))
				if outer != "" {
					return at, view.Form.String() + " in " + outer
				}
				return at, view.Form.String()
			},
		}
		if view.Cut {
			at, encoded := inner.Where(0, 1)
			v.sink.Problem(chunk.Origin, fmt.Errorf("line %d: %s: unpacks to more than %d bytes: the rest is not scanned", at.Line, encoded, len(view.Data)))
		}
		v.sink.find(&inner, found)
		if depth < maxViewDepth {
			v.each(&inner, decode.Options{To: len(view.Data), Binary: view.Binary, Packed: true}, depth+1, inner.Where, found)
		}
	})
	v.spent = v.spent || !whole
}
