package scanner

import (
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCursor asks for positions in any order: each is where a walk from the
// start gets to.
func TestCursor(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 8))
	for _, piece := range []string{"short line\n", "é€𝄞 x\n", "no line end ", "\x80\xbf\xff\xe2\x82"} {
		data := []byte(strings.Repeat(piece, 3000))
		for _, e := range []Encoding{Bytes, UTF16LE} {
			if e == UTF16LE && strings.Contains(piece, "\xff") {
				continue // decoded text is valid
			}
			chunk := &Chunk{Data: data, Offset: 7, Line: 3, Column: 5, Encoding: e}
			var c cursor
			c.reset(chunk)
			for range 300 {
				start := runeAt(data, random.IntN(len(data)-1))
				line, column := walk(3, 5, data[:start])
				want := Span{Offset: 7 + StoredLen(data[:start], e), Line: line, Column: column}
				if got := c.span(start, start+1); got.Offset != want.Offset || got.Line != want.Line || got.Column != want.Column {
					t.Fatalf("%q at %d: %+v, want %+v", piece, start, got, want)
				}
			}
		}
	}
}
