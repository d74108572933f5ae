package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// A style is the number of an SGR sequence; the empty one changes nothing.
type style string

const (
	normal style = ""
	bold   style = "1"
	dim    style = "2"
	alarm  style = "1;31" // bold red
	red    style = "31"
	green  style = "32"
	yellow style = "33"
	cyan   style = "36"
)

// A printer writes text for people. All of it goes through put, which makes it
// harmless first: names in an image are written by whoever made the image.
type printer struct {
	out   *bufio.Writer
	color bool
	width int
	now   time.Time
}

func newPrinter(w io.Writer, o Options) *printer {
	return &printer{out: bufio.NewWriter(w), color: o.Color, width: o.Width, now: o.Now}
}

// put prints text in a style.
func (p *printer) put(s style, text string) {
	text = unheard(harmless(text))
	if p.color && s != normal && text != "" {
		text = "\x1b[" + string(s) + "m" + text + "\x1b[0m"
	}
	p.out.WriteString(text)
}

// line prints one line of text in a style.
func (p *printer) line(margin int, s style, text string) {
	p.indent(margin)
	p.put(s, text)
	p.end()
}

// paragraph prints a label and a text broken at spaces, its lines under one
// another.
func (p *printer) paragraph(margin int, s style, label, text string) {
	hang := margin + utf8.RuneCountInString(label)
	for i, line := range wrap(harmless(text), p.width-hang) {
		if i == 0 {
			p.indent(margin)
			p.put(dim, label)
		} else {
			p.indent(hang)
		}
		p.put(s, line)
		p.end()
	}
}

func (p *printer) indent(n int) { p.out.WriteString(strings.Repeat(" ", n)) }

func (p *printer) end() { p.out.WriteByte('\n') }

// harmless writes out what a terminal would obey rather than show: controls,
// escape sequences, marks that turn the direction of text, bytes that are no
// UTF-8.
func harmless(text string) string {
	if utf8.ValidString(text) && strings.IndexFunc(text, unprintable) < 0 {
		return text
	}
	var b strings.Builder
	for len(text) > 0 {
		r, n := utf8.DecodeRuneInString(text)
		switch {
		case r == utf8.RuneError && n == 1:
			fmt.Fprintf(&b, `\x%02x`, text[0])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unprintable(r) && r < 0x80:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unprintable(r) && r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		case unprintable(r):
			fmt.Fprintf(&b, `\U%08x`, r)
		default:
			b.WriteString(text[:n])
		}
		text = text[n:]
	}
	return b.String()
}

// unheard writes out what a CI server takes for a command in the log of a step:
// "::name::" where a line starts, "##[name]" and "##vso[name]" anywhere. A name
// in what is scanned must not turn annotations off, or set a variable.
func unheard(text string) string {
	text = strings.ReplaceAll(text, "##", `#\x23`)
	if rest := strings.TrimLeft(text, " "); strings.HasPrefix(rest, "::") {
		text = strings.Replace(text, "::", `\x3a:`, 1)
	}
	return text
}

func unprintable(r rune) bool { return !unicode.IsPrint(r) }

// wrap breaks text at spaces into lines of at most width code points; a word
// that is longer has a line of its own.
func wrap(text string, width int) []string {
	var lines []string
	for _, word := range strings.Fields(text) {
		last := len(lines) - 1
		if last < 0 || utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) > width {
			lines = append(lines, word)
		} else {
			lines[last] += " " + word
		}
	}
	return lines
}

// oneLine makes every stretch of white space one space.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// fit cuts text to a number of code points.
func fit(text string, width int) string {
	runes := []rune(harmless(text))
	if len(runes) <= width {
		return string(runes)
	}
	return string(runes[:max(width-3, 0)]) + "..."
}
