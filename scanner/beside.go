package scanner

import (
	"bytes"
	"strings"
)

// Beside tells a hit the text that its value stands in, text[start:end], at
// that line: comments beside it may allow it, and it can be shown. A source
// that made what it sent out of something else calls it from Attribute, for
// each piece of a value that it put together.
func (h *Hit) Beside(text string, start, end, line int) {
	if piece := text[start:end]; h.wants.excerpt && piece != h.secret.value {
		a := h.makeAround()
		a.pieces = append(a.pieces, piece) // nothing else would mask it beside others
	}
	lo, hi := max(0, start-Margin), min(len(text), end+Margin)
	h.beside([]byte(text[lo:hi]), start-lo, end-lo, line, h.wants)
}

// wants are the things that a scan needs of what stands beside a value.
type wants struct {
	allowances bool
	excerpt    bool
}

// around is what was seen beside a hit. Most have nothing there that matters.
type around struct {
	allowances []allowance
	excerpt    *Excerpt
	pieces     []string // of the value, as they stand apart
}

// seen returns what was seen beside the hit.
func (h *Hit) seen() around {
	if h.around == nil {
		return around{}
	}
	return *h.around
}

// makeAround returns where to put what is seen beside the hit.
func (h *Hit) makeAround() *around {
	if h.around == nil {
		h.around = &around{}
	}
	return h.around
}

func (h *Hit) beside(text []byte, start, end, line int, w wants) {
	if w.allowances {
		if found := allowancesIn(text, start, end, line); len(found) > 0 {
			a := h.makeAround()
			a.allowances = append(a.allowances, found...)
		}
	}
	if w.excerpt && h.seen().excerpt == nil {
		h.makeAround().excerpt = &Excerpt{Line: line, EndLine: line + bytes.Count(text[start:end], []byte{'\n'}), Before: string(text[:start]), After: string(text[end:])}
	}
}

// look looks beside the values of hits in a chunk.
func (w wants) look(c *Chunk, hits []*Hit) {
	if w == (wants{}) {
		return
	}
	for _, h := range hits {
		h.wants = w
		switch {
		case h.pathOnly():
		case c.Where != nil:
			if from := h.Span.Offset; c.Stream != "" && h.valueEnd() <= int64(len(c.Stream)) {
				h.Beside(c.Stream, int(from), int(h.valueEnd()), h.Span.Line)
			}
		case c.Encoding == Bytes:
			w.within(c, h, h.Span.Offset-c.Offset, h.valueEnd()-c.Offset)
		case !h.read: // the span counts other bytes than these
			w.within(c, h, h.start-c.Pos, h.end-c.Pos)
		}
	}
}

func (w wants) within(c *Chunk, h *Hit, start, end int64) {
	if start < 0 || start > end || end > int64(len(c.Data)) {
		return
	}
	lo, hi := max(0, start-Margin), min(int64(len(c.Data)), end+Margin)
	h.beside(c.Data[lo:hi], int(start-lo), int(end-lo), h.Span.Line, w)
}

// An Excerpt is what stands round a value, for a person to judge it by: a few
// lines before and after, masked. It is not set unless Options.Excerpts asks.
type Excerpt struct {
	Line, EndLine int // of the value, inclusive
	Before, After string
}

const (
	excerptLines = 3
	excerptWidth = 160 // bytes of a line
	// maxExcerpts bounds what a scan keeps of them before they are cut, in bytes.
	maxExcerpts = 32 << 20
)

// masked returns the part of an excerpt that is shown. What it is cut out of is
// masked first: at its ends may stand a piece of another secret, which could
// not be recognised.
func (e *Excerpt) masked(m *masker) *Excerpt {
	before, after := m.text(e.Before), m.text(e.After)
	if end := strings.Index(before, "-----END "); end >= 0 && !strings.Contains(before[:end], "-----BEGIN ") {
		before = redaction + "\n" + before[end:] // a key that begins too far above to be recognised
	}
	rows := strings.Split(before, "\n")
	rows = rows[max(0, len(rows)-1-excerptLines):]
	for i, row := range rows {
		rows[i] = row[max(0, len(row)-excerptWidth):]
	}
	out := &Excerpt{Line: e.Line, EndLine: e.EndLine, Before: strings.ToValidUTF8(strings.Join(rows, "\n"), "")}
	rows = strings.Split(after, "\n")
	rows = rows[:min(len(rows), 1+excerptLines)]
	for i, row := range rows {
		rows[i] = row[:min(len(row), excerptWidth)]
	}
	out.After = strings.ToValidUTF8(strings.Join(rows, "\n"), "")
	return out
}

// weigh takes excerpts back from hits past the bound.
func (c *collector) weigh(hits []*Hit) {
	if !c.scanner.wants.excerpt {
		return
	}
	for _, h := range hits {
		e := h.seen().excerpt
		if e == nil {
			continue
		}
		if c.excerpts += len(e.Before) + len(e.After); c.excerpts > maxExcerpts {
			h.around.excerpt, h.wants.excerpt = nil, false
		}
	}
}
