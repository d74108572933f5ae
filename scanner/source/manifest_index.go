package source

import (
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
)

// stride is how many code points stand between two that an index knows.
const stride = 256

// An index finds lines and columns, in code points and from 1, in a text at a
// cost that does not grow with the length of its lines.
type index struct {
	text   string
	lines  []int // where each begins
	runes  []int // the number of the code point at each of them
	known  []int // where every stride-th code point begins
	length int   // of the text in code points
}

// newIndex reads a text whose lines end where breaks says: it returns the length
// of the line break that a text begins with, 0 for none.
func newIndex(text string, breaks func(string) int) *index {
	x := &index{text: text, lines: []int{0}, runes: []int{0}}
	next := -1
	for i := 0; i < len(text); x.length++ {
		if x.length%stride == 0 {
			x.known = append(x.known, i)
		}
		if i > next {
			if n := breaks(text[i:]); n > 0 {
				next = i + n - 1
			}
		}
		_, n := utf8.DecodeRuneInString(text[i:])
		i += n
		if i-1 == next {
			x.lines, x.runes = append(x.lines, i), append(x.runes, x.length+1)
		}
	}
	return x
}

// newline is the line break of a report.
func newline(s string) int {
	if s[0] == '\n' {
		return 1
	}
	return 0
}

// yamlBreak are the line breaks that YAML's reader counts.
func yamlBreak(s string) int {
	switch {
	case strings.HasPrefix(s, "\r\n"):
		return 2
	case s[0] == '\n', s[0] == '\r':
		return 1
	case s[0] < utf8.RuneSelf:
		return 0
	case strings.HasPrefix(s, "\u0085"):
		return 2
	case strings.HasPrefix(s, "\u2028"), strings.HasPrefix(s, "\u2029"):
		return 3
	}
	return 0
}

// offset returns where the code point at a line and a column begins, -1 where
// there is none.
func (x *index) offset(line, column int) int {
	if line < 1 || line > len(x.lines) || column < 1 {
		return -1
	}
	nth := x.runes[line-1] + column - 1
	if nth >= x.length {
		return -1
	}
	at := x.known[nth/stride]
	for range nth % stride {
		_, n := utf8.DecodeRuneInString(x.text[at:])
		at += n
	}
	return at
}

// position returns the line and the column of a byte.
func (x *index) position(at int) (line, column int) {
	line = sort.SearchInts(x.lines, at+1)
	from, nth := 0, 0
	if k := sort.SearchInts(x.known, at+1) - 1; k >= 0 {
		from, nth = x.known[k], k*stride
	}
	return line, nth + utf8.RuneCountInString(x.text[from:at]) - x.runes[line-1] + 1
}

// span returns text[from:to] as it stands in a stream of which the first skip
// bytes are not in the text.
func (x *index) span(from, to, skip int) scanner.Span {
	s := scanner.Span{Offset: int64(from + skip), Length: int64(to - from)}
	s.Line, s.Column = x.position(from)
	s.EndLine, s.EndColumn = x.position(to)
	return s
}
