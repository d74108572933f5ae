package scanner

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"sort"
	"strings"
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

// A cursor finds positions in a chunk. It remembers where it was, so that many
// positions cost one pass over the data, and a step back little more.
type cursor struct {
	*Chunk
	marks []mark         // in their order, the first at the start of Data
	spots [2]mark        // where positions were asked for last: the furthest, and one behind it
	path  string         // in full, once it was asked
	file  *classify.File // what it says, likewise
	last  judged
	// unbroken is a stretch in which no line ends.
	unbroken part
	spare    []Hit           // made, and not used yet
	made     int             // how many, with them
	texts    strings.Builder // of values

	opinions opinions
	verdicts *verdicts // of the chunk that this one is, or is a view of; nil for none
}

// A mark is the position of a byte of Data.
type mark struct {
	at           int
	offset       int64
	line, column int
}

// markEvery is how far apart marks are at most, in bytes.
const markEvery = 4 << 10

// reset makes the cursor one of another chunk, nil for none.
func (c *cursor) reset(chunk *Chunk) {
	c.Chunk, c.marks, c.spots, c.path, c.file = chunk, c.marks[:0], [2]mark{}, "", nil
	c.last.name = 0 // nothing
	c.spare, c.made, c.unbroken = nil, 0, part{}
	c.texts.Reset()
	c.opinions.forget()
}

// mostSpare bounds how many hits are made at once, mostText how much room for
// more values than one.
const (
	mostSpare = 64
	mostText  = 2 << 10
)

// hit returns a new hit: where there were many, more are to come.
func (c *cursor) hit() *Hit {
	if len(c.spare) == 0 {
		c.made = min(max(1, 2*c.made), mostSpare)
		c.spare = make([]Hit, c.made)
	}
	h := &c.spare[0]
	c.spare = c.spare[1:]
	return h
}

// text returns a copy of a value, which lies with those of the hits made with the
// last one.
func (c *cursor) text(v []byte) string {
	start := c.texts.Len()
	if c.texts.Cap()-start < len(v) {
		c.texts.Reset()
		c.texts.Grow(max(len(v), min(len(v)*c.made, mostText)))
		start = 0
	}
	c.texts.Write(v)
	return c.texts.String()[start:]
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
	spot := &c.spots[0]
	if start < spot.at { // one rule is ahead of another
		spot = &c.spots[1]
	}
	m := c.before(start)
	if spot.at > m.at && spot.at <= start { // most positions come in their order, and close together
		m = *spot
	}
	m = c.move(m, start)
	*spot = m
	s := Span{Offset: m.offset, Length: StoredLen(c.Data[start:end], c.Encoding), Line: m.line, Column: m.column}
	s.EndLine, s.EndColumn = walk(s.Line, s.Column, c.Data[start:end])
	return s
}

// before returns a mark less than markEvery, or a code point more, before a
// position.
func (c *cursor) before(at int) mark {
	if len(c.marks) == 0 {
		c.marks = append(c.marks, mark{0, c.Offset, c.Line, c.Column})
	}
	last := c.marks[len(c.marks)-1]
	if at < last.at {
		i := sort.Search(len(c.marks), func(i int) bool { return c.marks[i].at > at })
		return c.marks[i-1]
	}
	for at-last.at >= markEvery {
		if furthest := c.spots[0]; furthest.at > last.at { // less than markEvery behind it, and known
			last = furthest
		} else {
			last = c.move(last, runeAt(c.Data, last.at+markEvery))
		}
		c.marks = append(c.marks, last)
	}
	return last
}

// runeAt moves a position back, if need be, so that it parts no code point.
func runeAt(data []byte, at int) int {
	for back := range utf8.UTFMax {
		if utf8.RuneStart(data[at-back]) {
			return at - back
		}
	}
	return at // no code point is that long
}

// move moves a mark on to a position behind it.
func (c *cursor) move(m mark, to int) mark {
	gap := c.Data[m.at:to]
	m.at, m.offset = to, m.offset+StoredLen(gap, c.Encoding)
	m.line, m.column = walk(m.line, m.column, gap)
	return m
}

// walk moves a position past data.
func walk(line, column int, data []byte) (int, int) {
	if lines := bytes.Count(data, []byte{'\n'}); lines > 0 { // quicker to tell than where the last one ends
		line += lines
		column = 1
		data = lastLine(data)
	}
	return line, column + runes(data)
}

// lastLine returns what stands behind the last line end, which most often is not
// far. Else it halves where that may be, which takes no look at each byte of a long
// line.
func lastLine(data []byte) []byte {
	const near = 128
	from, to := 0, len(data)
	for ; to >= 8 && len(data)-to < near; to -= 8 {
		if ends := equalBytes(binary.LittleEndian.Uint64(data[to-8:to]), '\n'); ends != 0 {
			return data[to-bits.LeadingZeros64(ends)/8:]
		}
	}
	for to-from > 64 {
		half := (from + to) / 2
		if i := bytes.IndexByte(data[half:to], '\n'); i >= 0 {
			from = half + i + 1
		} else {
			to = half
		}
	}
	return data[from+bytes.LastIndexByte(data[from:to], '\n')+1:]
}

// equalBytes has the highest bit of each of eight bytes that is b.
func equalBytes(w uint64, b byte) uint64 {
	const ones, rest = 0x0101010101010101, 0x7f7f7f7f7f7f7f7f
	w ^= uint64(b) * ones
	return ^((w & rest) + rest | w | rest)
}

// runes is utf8.RuneCount, which looks at each byte, where most are ASCII.
func runes(data []byte) int {
	const highs = 0x8080808080808080
	n, all := 0, data
	for len(data) > 32 {
		four := binary.LittleEndian.Uint64(data) | binary.LittleEndian.Uint64(data[8:]) |
			binary.LittleEndian.Uint64(data[16:]) | binary.LittleEndian.Uint64(data[24:])
		if four&highs == 0 {
			n, data = n+32, data[32:]
			continue
		}
		end := runeAt(data, 32)
		n, data = n+utf8.RuneCount(data[:end]), data[end:]
	}
	for len(data) >= 8 && binary.LittleEndian.Uint64(data)&highs == 0 {
		n, data = n+8, data[8:]
	}
	if len(data) < 8 && len(all) >= 8 && binary.LittleEndian.Uint64(all[len(all)-8:])&highs == 0 {
		return n + len(data)
	}
	return n + utf8.RuneCount(data)
}
