package scanner

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"
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

// TestRunes holds runes against utf8.RuneCount, in text that is whole and in bytes
// that are none.
func TestRunes(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	pieces := []string{"a", "plain text without more ", "é", "€", "\U0001f511", "\x80", "\xc3", "\xe2\x82", "\xf0\x9f\x94", "\xff"}
	for range 20_000 {
		var data []byte
		for range random.IntN(40) {
			data = append(data, pieces[random.IntN(len(pieces))]...)
		}
		if got, want := runes(data), utf8.RuneCount(data); got != want {
			t.Fatalf("%q: %d, want %d", data, got, want)
		}
	}
}

func TestLastLine(t *testing.T) {
	random := rand.New(rand.NewPCG(9, 10))
	for range 20_000 {
		data := bytes.Repeat([]byte("x"), random.IntN(400))
		for range random.IntN(4) {
			if len(data) > 0 {
				data[random.IntN(len(data))] = '\n'
			}
		}
		if got, want := lastLine(data), data[bytes.LastIndexByte(data, '\n')+1:]; !bytes.Equal(got, want) {
			t.Fatalf("%q: %q, want %q", data, got, want)
		}
	}
}
