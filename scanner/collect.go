package scanner

import (
	"cmp"
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
)

// mostListed bounds how many skips and problems are listed one by one.
const mostListed = 10_000

// A collector is the sink of a scan: it finds hits in chunks and keeps them.
type collector struct {
	scanner      *Scanner
	bytes, blobs atomic.Int64
	suppressed   atomic.Int64
	dirt         dirt

	mu       sync.Mutex
	hits     []*Hit
	kept     int64 // bytes of the values in hits
	excerpts int   // bytes of theirs
	dropped  int   // hits past the bounds
	seen     map[BlobID][]*Origin
	instead  map[*Origin][]Span // Chunk.Instead
	skipped  []Skipped
	problems []Problem
	more     [2]int // skips and problems past mostListed
}

// Chunk finds the hits in a chunk and keeps them.
func (c *collector) Chunk(chunk Chunk) {
	p := passes.Get().(*pass)
	defer p.release()
	p.chunk = chunk
	if chunk.Where == nil {
		c.bytes.Add(int64(len(chunk.Data) - chunk.Overlap))
		if chunk.Overlap == 0 {
			c.blobs.Add(1)
			p.hits = c.scanner.pathHits(p.hits, &p.chunk)
		}
	}
	if p.look(c) {
		c.dirt.mark(chunk.Origin)
	}
	c.scanner.wants.look(&p.chunk, p.hits)
	whole := chunk.Blob != "" && chunk.Last && chunk.Where == nil
	if len(p.hits) == 0 && !whole && len(chunk.Instead) == 0 {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.weigh(p.hits)
	c.keep(p.hits)
	if len(chunk.Instead) > 0 {
		if c.instead == nil {
			c.instead = map[*Origin][]Span{}
		}
		c.instead[chunk.Origin] = append(c.instead[chunk.Origin], chunk.Instead...)
	}
	if whole {
		if c.seen == nil {
			c.seen = map[BlobID][]*Origin{}
		}
		c.seen[chunk.Blob] = append(c.seen[chunk.Blob], chunk.Origin)
	}
}

func (c *collector) keep(hits []*Hit) {
	o := &c.scanner.opts
	for _, h := range hits {
		if len(c.hits) >= o.MaxHits || c.kept+int64(len(h.secret.value)) > o.MaxHitBytes {
			c.dropped++
			continue
		}
		c.kept += int64(len(h.secret.value))
		c.hits = append(c.hits, h)
	}
}

// pathHits appends the hits of the rules that judge by the path alone.
func (s *Scanner) pathHits(hits []*Hit, chunk *Chunk) []*Hit {
	for _, r := range s.byPath {
		if onPath(r.Paths, chunk.Origin.FullPath()) {
			hits = append(hits, &Hit{Rule: r, Origin: chunk.Origin, Blob: chunk.Blob, Kind: r.Kind, Confidence: r.Confidence,
				Span: Span{Line: 1, Column: 1, EndLine: 1, EndColumn: 1}, Reason: "the path says what the file holds"})
		}
	}
	return hits
}

// Seen implements Sink.
func (c *collector) Seen(id BlobID, o *Origin) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	places, scanned := c.seen[id]
	if scanned {
		c.seen[id] = append(places, o)
	}
	return scanned
}

// Skip implements Sink.
func (c *collector) Skip(o *Origin, why Reason) {
	c.dirt.mark(o)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.skipped) == mostListed {
		c.more[0]++
		return
	}
	c.skipped = append(c.skipped, Skipped{Path: o.FullPath(), Reason: why})
}

// Problem implements Sink.
func (c *collector) Problem(o *Origin, err error) {
	c.dirt.mark(o)
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.problems) == mostListed {
		c.more[1]++
		return
	}
	where := o.where()
	c.problems = append(c.problems, Problem{Where: where, Err: strings.TrimPrefix(err.Error(), where+": ")})
}

// where names an origin in a problem: the target, unless it is files, whose
// paths say enough, then the layer and the path.
func (o *Origin) where() string {
	var parts []string
	path := o.FullPath()
	files := o.Kind == File || o.Kind == Stdin
	if o.Target != "" && o.Target != path && (!files || path == "") {
		parts = append(parts, o.Target)
	}
	if o.Layer != nil {
		parts = append(parts, fmt.Sprintf("layer %d %s", o.Layer.Index, cmp.Or(o.Layer.Digest, o.Layer.DiffID)))
	}
	if path != "" {
		parts = append(parts, path)
	}
	return strings.Join(parts, ": ")
}

// take returns the hits since the last call, those of the streams that were
// seen again copied to each place, resolved stream by stream.
func (c *collector) take() []*Hit {
	c.mu.Lock()
	defer c.mu.Unlock()
	for o, spans := range c.instead {
		c.instead[o] = merged(spans)
	}
	if len(c.instead) > 0 {
		c.hits = slices.DeleteFunc(c.hits, c.void)
	}
	hits := resolve(c.hits)
	for _, h := range hits {
		if places := c.seen[h.Blob]; h.Blob != "" && len(places) > 1 {
			for _, o := range places {
				h.Places = append(h.Places, Place{Origin: o, State: Live})
			}
		}
	}
	c.hits, c.instead = nil, nil
	return hits
}

// void reports whether a hit is a generic rule's in a stretch that means
// something else than it looks like. The stretches are merged.
func (c *collector) void(h *Hit) bool {
	if !h.Rule.Generic || h.read {
		return false
	}
	spans := c.instead[h.Origin]
	i := sort.Search(len(spans), func(i int) bool { return spans[i].Offset >= h.valueEnd() })
	return i > 0 && h.at() < spans[i-1].Offset+spans[i-1].Length
}

// merged sorts stretches, and makes one of those that touch.
func merged(spans []Span) []Span {
	slices.SortFunc(spans, func(a, b Span) int { return cmp.Compare(a.Offset, b.Offset) })
	out := spans[:0]
	for _, s := range spans {
		if n := len(out); n > 0 && s.Offset <= out[n-1].Offset+out[n-1].Length {
			out[n-1].Length = max(out[n-1].Length, s.Offset+s.Length-out[n-1].Offset)
			continue
		}
		out = append(out, s)
	}
	return out
}

// report writes down what the collector counted.
func (c *collector) report(r *Report) {
	if c.dropped > 0 {
		c.problems = append(c.problems, Problem{Where: "findings", Err: fmt.Sprintf("%d more matches than the bound of %d, or of %d bytes, were left out",
			c.dropped, c.scanner.opts.MaxHits, c.scanner.opts.MaxHitBytes)})
	}
	if c.more[0] > 0 {
		c.skipped = append(c.skipped, Skipped{Path: fmt.Sprintf("%d more", c.more[0]), Reason: "not listed one by one"})
	}
	if c.more[1] > 0 {
		c.problems = append(c.problems, Problem{Where: fmt.Sprintf("%d more", c.more[1]), Err: "not listed one by one"})
	}
	slices.SortFunc(c.skipped, func(a, b Skipped) int { return cmp.Or(cmp.Compare(a.Path, b.Path), cmp.Compare(a.Reason, b.Reason)) })
	c.skipped = slices.Compact(c.skipped) // one of a history is met in every version
	slices.SortFunc(c.problems, func(a, b Problem) int { return cmp.Or(cmp.Compare(a.Where, b.Where), cmp.Compare(a.Err, b.Err)) })
	r.Skipped, r.Problems, r.Complete = c.skipped, c.problems, len(c.problems) == 0
	r.Suppressed = int(c.suppressed.Load())
	r.Stats = Stats{Bytes: c.bytes.Load(), Blobs: c.blobs.Load()}
}
