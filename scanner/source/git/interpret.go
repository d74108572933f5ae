package git

import (
	"bytes"
	"context"

	"github.com/sluice-sec/sluice/scanner"
)

// interpret sends what a file says beyond its bytes. That there is nothing, or not
// all, is told of every version.
func (s *scan) interpret(ctx context.Context, origin *scanner.Origin, data []byte) {
	e := s.repo.opts.Interpreter
	if e == nil || !e.Reads(origin.Path) {
		return
	}
	if why := e.Interpret(ctx, s.sink, origin, data); why != nil && ctx.Err() == nil {
		s.sink.Skip(origin, scanner.Reason(why.Error()))
	}
}

// SkipLong says why a file that means more than its bytes was read as those alone.
const SkipLong scanner.Reason = "too long to be read as more than text"

// long says of a file that was not held what is lost by that.
func (s *scan) long(origin *scanner.Origin) {
	if e := s.repo.opts.Interpreter; e != nil && e.Reads(origin.Path) {
		s.sink.Skip(origin, SkipLong)
	}
}

// within returns where a hit stands in the file that it is in. It is nowhere if
// another hit there tells of it.
func (a *attribution) within(h *scanner.Hit, blob int32) []scanner.Place {
	a.trace(blob)
	if places, known := a.traced[h]; known {
		return places
	}
	span := h.Span
	return []scanner.Place{{Origin: h.Origin, At: &span}}
}

// trace asks where the hits in a blob stand, those of each file that it is read
// as, unless that was asked.
func (a *attribution) trace(blob int32) {
	hits := a.inBlob[blob]
	delete(a.inBlob, blob)
	e := a.repo.opts.Interpreter
	if e == nil {
		return
	}
	files := map[string][]*scanner.Hit{}
	for _, h := range hits {
		if h.Origin.Member == "" && e.Reads(h.Origin.Path) {
			files[h.Origin.Path] = append(files[h.Origin.Path], h)
		}
	}
	for path, hits := range files {
		if text := a.text(blob); text == nil || !e.Trace(path, text, hits) {
			continue
		}
		for _, h := range hits {
			if a.traced[h] = h.Places; h.Covered {
				a.traced[h] = nil
			}
			h.Places, h.Covered = nil, false // they are for all of the history to say
		}
	}
}

// at is the origin of what stands in a file that is at another path too.
func at(o *scanner.Origin, path string) *scanner.Origin {
	moved := *o
	if moved.Path = path; o.Step != nil && o.Step.File != path {
		step := *o.Step
		step.File = path
		moved.Step = &step
	}
	moved.Exposed = ""
	return &moved
}

// stood reports whether a value that is in a blob, of which the text is now,
// stood in another text before.
func (a *attribution) stood(h *scanner.Hit, blob int32, now, before []byte) bool {
	places := []scanner.Place{{At: &h.Span}}
	if h.Origin.Step != nil { // it is put together from pieces
		places = a.within(h, blob)
	}
	for _, p := range places {
		end := p.At.Offset + p.At.Length
		if h.Origin.Member != "" || p.At.Length == 0 || end > int64(len(now)) || !bytes.Contains(before, now[p.At.Offset:end]) {
			return false
		}
	}
	return len(places) > 0
}
