package sourcetest

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// A Stream is what the chunks of one origin make, put together.
type Stream struct {
	Origin  *scanner.Origin
	Content []byte // decoded
	// Start is the first chunk, without its data.
	Start scanner.Chunk
	// Chunks is how many there were; Ended that the last was among them.
	Chunks int
	Ended  bool

	at     scanner.Chunk // the position of the chunk before
	from   int           // where in Content it starts
	length int           // of it
}

func newStream(c scanner.Chunk) *Stream {
	c.Data = nil
	return &Stream{Origin: c.Origin, Start: c, at: c}
}

// Path returns the full path.
func (s *Stream) Path() string { return s.Origin.FullPath() }

// add appends a chunk and says how it breaks the contract, if it does.
func (s *Stream) add(c scanner.Chunk, overlap int) string {
	first, length := s.Chunks == 0, s.length
	s.Chunks++
	s.length = len(c.Data)
	switch {
	case s.Ended:
		return "a chunk after the last"
	case c.Overlap < 0 || c.Overlap > len(c.Data) || c.Overlap > len(s.Content):
		return fmt.Sprintf("overlap %d of %d bytes after %d", c.Overlap, len(c.Data), len(s.Content))
	case !first && c.Overlap < min(length, overlap):
		return fmt.Sprintf("overlap %d after a chunk of %d bytes", c.Overlap, length)
	case c.Encoding != s.Start.Encoding || c.Binary != s.Start.Binary || c.Blob != s.Start.Blob && !c.Last:
		return "encoding, kind or blob changed"
	}
	s.Ended = c.Last
	from := len(s.Content) - c.Overlap
	if !bytes.Equal(s.Content[from:], c.Data[:c.Overlap]) {
		return "the overlap is not what the chunk before held"
	}
	s.Content = append(s.Content, c.Data[c.Overlap:]...)
	s.advance(s.Content[s.from:from])
	s.from = from
	if at := s.at; at.Pos != c.Pos || at.Offset != c.Offset || at.Line != c.Line || at.Column != c.Column {
		return fmt.Sprintf("stands at pos %d offset %d line %d column %d, want %d, %d, %d, %d",
			c.Pos, c.Offset, c.Line, c.Column, at.Pos, at.Offset, at.Line, at.Column)
	}
	if utf8.Valid(s.Content) && len(c.Data) > 0 && !utf8.RuneStart(c.Data[0]) {
		return "starts within a code point"
	}
	return ""
}

// advance moves the position of the chunk before past data.
func (s *Stream) advance(data []byte) {
	s.at.Pos += int64(len(data))
	for len(data) > 0 {
		r, n := utf8.DecodeRune(data)
		data = data[n:]
		switch {
		case s.at.Encoding == scanner.Bytes:
			s.at.Offset += int64(n)
		case r > 0xffff:
			s.at.Offset += 4
		default:
			s.at.Offset += 2
		}
		if s.at.Column++; r == '\n' {
			s.at.Line, s.at.Column = s.at.Line+1, 1
		}
	}
}
