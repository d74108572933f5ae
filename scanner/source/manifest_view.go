package source

import (
	"sort"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// flushAt is the length from which on a view is sent as it is.
const flushAt = 1 << 20

// longestName bounds what is written of a name.
const longestName = 256

// A view is the text of a chunk that is made of a stream: lines of settings.
type view struct {
	data    []byte
	parts   []part
	room    int // bytes that may still be written, over all views of a file
	means   []*text
	written int // bytes of texts, over all views
}

// A part of a view is text[from:from+n], at that place of the view.
type part struct {
	at, n int
	text  *text
	from  int
}

// put appends a text, as long as there is room.
func (v *view) put(t *text) { v.cut(t, 0, len(t.string)) }

func (v *view) cut(t *text, from, to int) {
	n := min(to-from, v.room)
	if n <= 0 {
		return
	}
	v.parts = append(v.parts, part{len(v.data), n, t, from})
	v.data = append(v.data, t.string[from:from+n]...)
	v.room -= n
	v.written += n
}

func (v *view) glue(s string) {
	v.data = append(v.data, s...)
	v.room -= len(s)
}

// setting writes a name and its value as a line of a file of settings: in
// quotes that the value does not hold. A text of several lines, or JSON, goes
// below its name as it is.
func (v *view) setting(name, value *text) {
	s := strings.TrimRight(value.string, " \t\r\n")
	start := len(s) - len(strings.TrimLeft(s, " \t\r\n"))
	if start == len(s) || v.room < len(name.string)+len(s)+4 {
		return
	}
	v.cut(name, 0, min(len(name.string), longestName))
	v.glue("=")
	quote := ""
	if block(s[start:]) {
		v.glue("\n")
	} else {
		quote = quoteFor(s)
	}
	v.glue(quote)
	v.cut(value, start, len(s))
	v.glue(quote + "\n")
}

func block(s string) bool {
	return strings.ContainsAny(s, "\n\r") || len(s) > 1 && (s[0] == '{' && strings.IndexByte("\"} \t", s[1]) >= 0 || s[0] == '[' && s[1] == '{')
}

func quoteFor(s string) string {
	for _, q := range []string{`"`, `'`, "`"} {
		if !strings.Contains(s, q) {
			return q
		}
	}
	return ""
}

// instead notes a text that only encodes what the view has.
func (v *view) instead(t *text) { v.means = append(v.means, t) }

// encoded says how the stream encodes data[at].
func (v *view) encoded(at int) string { return v.part(at).text.encoded() }

func (v *view) part(at int) part {
	i := sort.Search(len(v.parts), func(i int) bool { return v.parts[i].at+v.parts[i].n > at })
	return v.parts[min(i, len(v.parts)-1)]
}

// origin returns where in the stream data[start:end] comes from. Where it
// reaches over several parts, it is the first.
func (v *view) origin(start, end int) (from, to int) {
	p := v.part(start)
	start = min(max(start, p.at), p.at+p.n)
	end = max(start, min(end, p.at+p.n))
	return p.text.origin(p.from+start-p.at, p.from+end-p.at)
}

// flush sends the view and begins a new one.
func (m *manifest) flush() {
	if len(m.view.parts) > 0 {
		v := m.view
		c := m.chunk
		c.Data = v.data
		c.Where = func(start, end int) (scanner.Span, string) {
			from, to := v.origin(start, end)
			return m.places.span(from, to, m.skip), v.encoded(start)
		}
		for _, t := range v.means {
			from, to := t.origin(0, len(t.string))
			c.Instead = append(c.Instead, m.places.span(from, to, m.skip))
		}
		m.sink.Chunk(c)
	}
	m.view = view{room: m.view.room, written: m.view.written}
}
