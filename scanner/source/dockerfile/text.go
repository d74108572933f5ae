package dockerfile

import (
	"bytes"
	"slices"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// A span is a stretch of the file, half-open, in bytes.
type span struct{ from, to int }

func (s span) empty() bool { return s.from >= s.to }

func (s span) meets(o span) bool { return s.from < o.to && o.from < s.to }

func (s span) hull(o span) span {
	if s.empty() {
		return o
	}
	return span{min(s.from, o.from), max(s.to, o.to)}
}

// A text is the file as it is stored, with its lines.
type text struct {
	all   string
	lines []int // where each begins; the last is the length of the file
}

const mark = "\xef\xbb\xbf"

func newText(data []byte) text {
	t := text{all: string(data)}
	for at := 0; at < len(data); {
		t.lines = append(t.lines, at)
		nl := bytes.IndexByte(data[at:], '\n')
		if nl < 0 {
			break
		}
		at += nl + 1
	}
	t.lines = append(t.lines, len(data))
	return t
}

// line returns the nth line, from 1, without its end and a byte order mark.
func (t *text) line(n int) span {
	if n < 1 || n >= len(t.lines) {
		return span{len(t.all), len(t.all)}
	}
	s := span{t.lines[n-1], t.lines[n]}
	if n == 1 && strings.HasPrefix(t.all, mark) {
		s.from = len(mark)
	}
	s.to = s.from + len(strings.TrimRight(t.all[s.from:s.to], "\r\n"))
	return s
}

// lineAt returns the number of the line that holds the byte at an offset.
func (t *text) lineAt(at int) int {
	return max(1, sort.SearchInts(t.lines[:len(t.lines)-1], at+1))
}

// position returns the span as a report has it.
func (t *text) position(s span) scanner.Span {
	p := scanner.Span{Offset: int64(s.from), Length: int64(s.to - s.from)}
	p.Line, p.Column = t.point(s.from)
	p.EndLine, p.EndColumn = t.point(s.to)
	return p
}

func (t *text) point(at int) (line, column int) {
	line = t.lineAt(at)
	return line, 1 + utf8.RuneCountInString(t.all[min(at, t.line(line).from):at])
}

// A joined text is an instruction as the builder reads it, its continued lines
// made one, and where each part of it stands in the file.
type joined struct {
	text  string
	parts []part
}

// A part of a joined text begins at start and stands in the file from raw on.
type part struct{ start, raw int }

// join makes one of the lines of the instruction that begins with line n, as
// the builder does: without continuation characters, and without the comments
// and empty lines between. It returns the number of the line after them.
func (t *text) join(n int, escape byte) (joined, int) {
	var j joined
	var spans []span
	for first := true; n < len(t.lines); first = false {
		s := t.line(n)
		n++
		line := t.all[s.from:s.to]
		bare := strings.TrimLeftFunc(line, unicode.IsSpace)
		if !first && (bare == "" || bare[0] == '#') {
			continue
		}
		if first {
			s.from = s.to - len(bare)
		}
		length, goesOn := continued(t.all[s.from:s.to], escape)
		spans = append(spans, span{s.from, s.from + length})
		if !goesOn {
			break
		}
	}
	if len(spans) == 1 {
		return joined{text: t.all[spans[0].from:spans[0].to], parts: []part{{0, spans[0].from}}}, n
	}
	var b strings.Builder
	for _, s := range spans {
		if !s.empty() {
			j.parts = append(j.parts, part{b.Len(), s.from})
			b.WriteString(t.all[s.from:s.to])
		}
	}
	j.text = b.String()
	return j, n
}

// continued returns how much of a line counts, and whether the next belongs to
// it: it ends with the escape character, alone or after another one.
func continued(line string, escape byte) (length int, goesOn bool) {
	bare := strings.TrimRight(line, " \t")
	at := len(bare) - 1
	if at < 0 || bare[at] != escape || at > 0 && bare[at-1] == escape {
		return len(line), false
	}
	return at, true
}

// raw returns where the byte at i of the joined text stands in the file.
func (j *joined) raw(i int) int {
	at := max(0, sort.Search(len(j.parts), func(k int) bool { return j.parts[k].start > i })-1)
	if len(j.parts) == 0 {
		return 0
	}
	return j.parts[at].raw + i - j.parts[at].start
}

// span returns where text[lo:hi], which is not empty, stands in the file.
func (j *joined) span(lo, hi int) span { return span{j.raw(lo), j.raw(hi-1) + 1} }

// find returns where what stands at s of the file is in the joined text.
func (j *joined) find(s span) (lo, hi int, ok bool) {
	first := max(0, sort.Search(len(j.parts), func(k int) bool { return j.parts[k].raw > s.from })-1)
	for k := first; k < len(j.parts) && j.parts[k].raw < s.to; k++ {
		p, end := j.parts[k], len(j.text)
		if k+1 < len(j.parts) {
			end = j.parts[k+1].start
		}
		here := span{max(s.from, p.raw), min(s.to, p.raw+end-p.start)}
		if here.empty() {
			continue
		}
		if !ok {
			lo, ok = p.start+here.from-p.raw, true
		}
		hi = p.start + here.to - p.raw
	}
	return lo, hi, ok
}

// A piece of a value is a stretch of the file. Where it holds another text
// than the file has there, the text was given with --build-arg, and from is the
// name it was given for.
type piece struct {
	text string
	from span
	// ref is the reference that brought it to where it is used, empty where it
	// was written there.
	ref span
}

// part returns where text[lo:hi] of the piece stands.
func (p piece) part(lo, hi int) span {
	if len(p.text) != p.from.to-p.from.from {
		return p.from
	}
	return span{p.from.from + lo, p.from.from + hi}
}

// A value is the pieces that make it, none of them empty.
type value []piece

// pieces returns text[lo:hi] of the joined text.
func (j *joined) pieces(lo, hi int) value {
	var v value
	for lo < hi {
		next := sort.Search(len(j.parts), func(k int) bool { return j.parts[k].start > lo })
		end := hi
		if next < len(j.parts) {
			end = min(hi, j.parts[next].start)
		}
		v = append(v, piece{text: j.text[lo:end], from: j.span(lo, end)})
		lo = end
	}
	return v
}

func (v value) String() string {
	if len(v) == 1 {
		return v[0].text
	}
	var b strings.Builder
	for _, p := range v {
		b.WriteString(p.text)
	}
	return b.String()
}

// referred reports whether a part of the value was brought by a reference.
func (v value) referred() bool {
	return slices.ContainsFunc(v, func(p piece) bool { return !p.ref.empty() })
}

// starts returns where in the value each piece begins.
func (v value) starts() []int {
	starts := make([]int, len(v))
	at := 0
	for i, p := range v {
		starts[i] = at
		at += len(p.text)
	}
	return starts
}

// cover returns where bytes lo to hi of the value stand: where they came in,
// and the references that brought them.
func (v value) cover(starts []int, lo, hi int) (from, refs []span) {
	first := max(0, sort.SearchInts(starts, lo+1)-1)
	for i := first; i < len(v) && starts[i] < hi; i++ {
		p := v[i]
		start, end := max(lo-starts[i], 0), min(hi-starts[i], len(p.text))
		if start >= end {
			continue
		}
		if s := p.part(start, end); !s.empty() {
			from = appendSpan(from, s)
		}
		if !p.ref.empty() {
			refs = append(refs, p.ref)
		}
	}
	return from, refs
}

// appendSpan appends a span, to the last one where it goes on from there.
func appendSpan(spans []span, s span) []span {
	if n := len(spans) - 1; n >= 0 && (spans[n].to == s.from || spans[n] == s) {
		spans[n].to = s.to
		return spans
	}
	return append(spans, s)
}
