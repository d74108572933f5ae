package source

import (
	"sort"
	"strings"
)

// A text is a stream, or was made of another text: a part of it, or what a part
// of it means. It knows where each of its bytes comes from.
type text struct {
	string
	of     *text   // nil: the stream itself
	pieces []piece // the text's, in their order, without gaps
	form   string  // how the other encodes it
}

// A piece says that n bytes of a text, from at on, were made of m bytes of the
// other, from there from on. Where the two are not the same count each byte
// stands for its share: base64 by its characters, an escape as a whole, and
// what was compressed by a guess that keeps its parts apart.
type piece struct{ at, n, from, m int32 }

// part returns text[from:to].
func (t *text) part(from, to int) *text {
	return &text{string: t.string[from:to], of: t, pieces: []piece{{n: int32(to - from), from: int32(from), m: int32(to - from)}}}
}

// made returns a text that stands for t as a whole.
func (t *text) made(s string) *text {
	return &text{string: s, of: t, pieces: []piece{{n: int32(len(s)), m: int32(len(t.string))}}}
}

// origin returns where in the stream text[start:end] comes from.
func (t *text) origin(start, end int) (from, to int) {
	for ; t.of != nil; t = t.of {
		start, end = t.up(start, end)
	}
	return start, end
}

// encoded says how the stream encodes the text, the innermost first.
func (t *text) encoded() string {
	var forms []string
	for ; t != nil; t = t.of {
		if t.form != "" {
			forms = append(forms, t.form)
		}
	}
	return strings.Join(forms, " in ")
}

// up returns where in the text that t was made of t[start:end] comes from.
func (t *text) up(start, end int) (from, to int) {
	p := t.at(start)
	from = int(p.from) + int((int64(start)-int64(p.at))*int64(p.m)/int64(max(p.n, 1)))
	if end <= start {
		return from, from
	}
	p = t.at(end - 1)
	to = int(p.from) + int(((int64(end)-int64(p.at))*int64(p.m)+int64(p.n)-1)/int64(max(p.n, 1)))
	return from, max(from, to)
}

// at returns the piece that the byte belongs to, the last one for the end.
func (t *text) at(i int) piece {
	k := sort.Search(len(t.pieces), func(k int) bool { return int(t.pieces[k].at+t.pieces[k].n) > i })
	if k == len(t.pieces) {
		if k == 0 {
			return piece{}
		}
		k--
	}
	return t.pieces[k]
}

// verbatim reports whether the text stands in the other as it is.
func (t *text) verbatim() bool { return len(t.pieces) == 1 && t.pieces[0].n == t.pieces[0].m }

// add notes that the next bytes were made of so many from start on.
func (t *text) add(bytes, start, made int) {
	n, from, m, at := int32(bytes), int32(start), int32(made), int32(0)
	if k := len(t.pieces) - 1; k >= 0 {
		last := &t.pieces[k]
		at = last.at + last.n
		if last.n == last.m && n == m && last.from+last.m == from {
			last.n, last.m = last.n+n, last.m+m
			return
		}
	}
	t.pieces = append(t.pieces, piece{at, n, from, m})
}
