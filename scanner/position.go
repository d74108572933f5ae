package scanner

import (
	"bytes"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// StoredLen returns how many bytes of a stream the decoded data stand for.
func StoredLen(data []byte, e Encoding) int64 {
	if e == Bytes {
		return int64(len(data))
	}
	units := 0
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		units++
		if r > 0xffff {
			units++
		}
		data = data[n:]
	}
	return 2 * int64(units)
}

// A cursor finds positions in a chunk. It remembers the last one, so that many
// in their order cost one pass over the data.
type cursor struct {
	*Chunk
	at           int // in Data
	offset       int64
	line, column int
	file         *classify.File // what the path says, once it was asked
}

// where returns the position of Data[start:end] in the chunk's stream, and how
// it is encoded there.
func (c *cursor) where(start, end int) (Span, string) {
	if c.Where != nil {
		return c.Where(start, end)
	}
	return c.span(start, end), ""
}

// span is where for a chunk whose data stands in the stream as it is.
func (c *cursor) span(start, end int) Span {
	if c.line == 0 || start < c.at {
		c.at, c.offset, c.line, c.column = 0, c.Offset, c.Line, c.Column
	}
	gap := c.Data[c.at:start]
	c.at, c.offset = start, c.offset+StoredLen(gap, c.Encoding)
	c.line, c.column = walk(c.line, c.column, gap)
	s := Span{Offset: c.offset, Length: StoredLen(c.Data[start:end], c.Encoding), Line: c.line, Column: c.column}
	s.EndLine, s.EndColumn = walk(s.Line, s.Column, c.Data[start:end])
	return s
}

// walk moves a position past data.
func walk(line, column int, data []byte) (int, int) {
	if nl := bytes.LastIndexByte(data, '\n'); nl >= 0 {
		line += bytes.Count(data, []byte{'\n'})
		column = 1
		data = data[nl+1:]
	}
	return line, column + utf8.RuneCount(data)
}
