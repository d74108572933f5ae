package scanner

import (
	"bytes"
	"unicode/utf8"
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

// span returns the position of Data[start:end] in the chunk's stream.
func (c *Chunk) span(start, end int) Span {
	offset := StoredLen(c.Data[:start], c.Encoding)
	s := Span{Offset: c.Offset + offset, Length: StoredLen(c.Data[start:end], c.Encoding)}
	s.Line, s.Column = walk(c.Line, c.Column, c.Data[:start])
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
