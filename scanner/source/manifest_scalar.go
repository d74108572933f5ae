package source

import (
	"strings"
	"unicode/utf8"

	"go.yaml.in/yaml/v4"
)

// scalar returns a scalar's value as a text of the document's, and where its
// notation ends there, without the closing quote. Where the value cannot be
// followed through the notation it is the rest of its first line as a whole.
func (d *document) scalar(n *yaml.Node) (value *text, end int) {
	at := d.lines.offset(n.Line, n.Column)
	if at < 0 {
		at = 0
	}
	src := d.text.string
	at += properties(src[at:])
	f := follower{src: src, at: at, value: &text{string: n.Value, of: d.text}}
	if f.scalar(n.Style) {
		return f.value, f.at
	}
	end = at
	for end < len(src) && src[end] != '\n' {
		end++
	}
	whole := &text{string: n.Value, of: d.text}
	whole.add(len(n.Value), at, end-at)
	return whole, end
}

// properties returns the length of the anchor and the tag that a node begins
// with, and of the space behind them.
func properties(s string) int {
	i := 0
	for i < len(s) && (s[i] == '&' || s[i] == '!') {
		for i < len(s) && !blank(s[i]) {
			i++
		}
		for i < len(s) && blank(s[i]) {
			i++
		}
	}
	return i
}

func blank(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }

// maxPieces bounds what is kept of the notation of one scalar.
const maxPieces = 1 << 17

// A follower reads a scalar's notation and its value side by side.
type follower struct {
	src   string
	at    int // in src
	value *text
}

func (f *follower) scalar(s yaml.Style) bool {
	switch {
	case s&yaml.DoubleQuotedStyle != 0:
		return f.quote('"')
	case s&yaml.SingleQuotedStyle != 0:
		return f.quote('\'')
	case s&(yaml.LiteralStyle|yaml.FoldedStyle) != 0:
		nl := strings.IndexByte(f.src[f.at:], '\n')
		f.at += nl + 1
		return nl >= 0 && f.follow(0)
	}
	return f.plainly("") || f.follow(0)
}

// plainly ties a value to the notation that it is itself, up to the end.
func (f *follower) plainly(end string) bool {
	n := len(f.value.string)
	rest, is := strings.CutPrefix(f.src[f.at:], f.value.string)
	if is = is && strings.HasPrefix(rest, end); is {
		f.value.add(n, f.at, n)
		f.at += n
	}
	return is
}

func (f *follower) quote(q byte) bool {
	if f.at >= len(f.src) || f.src[f.at] != q {
		return false
	}
	f.at++
	return f.plainly(string(q)) || f.follow(q)
}

// follow ties each byte of the value to what it is written as. A blank of the
// value is a blank or the end of a line; every other blank is layout.
func (f *follower) follow(quote byte) bool {
	for v := f.value.string; v != ""; {
		_, n := utf8.DecodeRuneInString(v)
		m, ok := f.next(v[:n], quote)
		if !ok || len(f.value.pieces) == maxPieces {
			return false
		}
		f.value.add(n, f.at, m)
		f.at += m
		v = v[n:]
	}
	return true
}

// next skips layout and returns the length of what the character is written as.
func (f *follower) next(char string, quote byte) (int, bool) {
	for f.at < len(f.src) {
		rest := f.src[f.at:]
		switch {
		case quote == '"' && rest[0] == '\\':
			n, folded := escaped(rest)
			if !folded {
				return n, n > 0
			}
			f.at += n
		case quote == '\'' && strings.HasPrefix(rest, "''"):
			return 2, char == "'"
		case quote != 0 && rest[0] == quote:
			return 0, false
		case strings.HasPrefix(rest, char):
			return len(char), true
		case !blank(rest[0]):
			return 0, false
		case blank(char[0]) && rest[0] == '\n':
			return 1, true
		case blank(char[0]) && strings.HasPrefix(rest, "\r\n"):
			return 2, true
		default:
			f.at++
		}
	}
	// A block scalar's last line break need not stand in the text.
	return 0, char == "\n"
}

// escaped returns the length of the escape that s begins with, 0 for none;
// folded says that it stands for nothing, as it hides the end of a line.
func escaped(s string) (n int, folded bool) {
	if len(s) < 2 {
		return 0, false
	}
	switch s[1] {
	case '\n':
		return 2, true
	case '\r':
		return 2, true
	case 'x':
		n = 4
	case 'u':
		n = 6
	case 'U':
		n = 10
	default:
		_, w := utf8.DecodeRuneInString(s[1:])
		n = 1 + w
	}
	if n > len(s) {
		return 0, false
	}
	return n, false
}
