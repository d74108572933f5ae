package rules

import (
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// An outline walks a TOML text that the decoder has accepted and notes where
// its tables and keys stand. It knows just enough of the syntax to tell a key
// from what is inside a value.
type outline struct {
	text   string
	at     int
	line   int
	path   string // of the table whose keys follow, as in place
	key    string
	tables map[string]int // how many tables of an array were seen, by its path
	places []place
}

func (o *outline) read() {
	for o.at < len(o.text) {
		switch o.text[o.at] {
		case '[':
			o.header()
		case '#':
			o.skipLine()
		case ' ', '\t', '\r', '\n':
			o.step()
		default:
			o.assignment()
		}
	}
}

// step goes one byte on.
func (o *outline) step() {
	if o.at < len(o.text) {
		if o.text[o.at] == '\n' {
			o.line++
		}
		o.at++
	}
}

func (o *outline) skipLine() {
	for o.at < len(o.text) && o.text[o.at] != '\n' {
		o.at++
	}
}

func (o *outline) header() {
	o.step()
	array := strings.HasPrefix(o.text[o.at:], "[")
	if array {
		o.step()
	}
	parts := o.dotted()
	o.path, o.key = "", toml.Key(parts).String()
	for i, part := range parts {
		o.path = join(o.path, part)
		if array && i == len(parts)-1 {
			o.tables[o.path]++
		}
		if n := o.tables[o.path]; n > 0 {
			o.path = fmt.Sprintf("%s[%d]", o.path, n-1)
		}
	}
	o.places = append(o.places, place{path: o.path, key: o.key, line: o.line})
	o.skipLine()
}

func (o *outline) assignment() {
	line, path, key := o.line, o.path, o.key
	for _, part := range o.dotted() {
		path, key = join(path, part), join(key, part)
	}
	o.places = append(o.places, place{path: path, key: key, line: line})
	o.value()
}

// dotted reads the parts of a key; what ends it is left.
func (o *outline) dotted() []string {
	var parts []string
	for o.at < len(o.text) {
		switch c := o.text[o.at]; c {
		case ' ', '\t', '.':
			o.step()
		case '"', '\'':
			parts = append(parts, o.quoted())
		case ']', '=', '\n', '#':
			return parts
		default:
			n := strings.IndexAny(o.text[o.at:], " \t.]=\n#")
			if n < 0 {
				n = len(o.text) - o.at
			}
			parts = append(parts, o.text[o.at:o.at+n])
			o.at += n
		}
	}
	return parts
}

// value skips to the line after a value; brackets and quotes can carry it over
// several lines.
func (o *outline) value() {
	for depth := 0; o.at < len(o.text); {
		switch c := o.text[o.at]; c {
		case '"', '\'':
			o.quoted()
			continue
		case '#':
			o.skipLine()
			continue
		case '[', '{':
			depth++
		case ']', '}':
			depth--
		case '\n':
			if depth <= 0 {
				o.step()
				return
			}
		}
		o.step()
	}
}

// quoted skips a string and returns what is between its quotes.
func (o *outline) quoted() string {
	quote := o.text[o.at : o.at+1]
	escapes := quote == `"`
	long := strings.HasPrefix(o.text[o.at:], strings.Repeat(quote, 3))
	if long {
		quote = strings.Repeat(quote, 3)
	}
	o.at += len(quote)
	start := o.at
	for o.at < len(o.text) && !strings.HasPrefix(o.text[o.at:], quote) {
		if !long && o.text[o.at] == '\n' {
			break
		}
		if escapes && o.text[o.at] == '\\' {
			o.step()
		}
		o.step()
	}
	content := o.text[start:o.at]
	o.at = min(o.at+len(quote), len(o.text))
	for long && o.at < len(o.text) && o.text[o.at] == quote[0] {
		o.at++ // of up to five closing quotes the last three close
	}
	return content
}

func join(path, part string) string {
	part = toml.Key{part}.String()
	if path == "" {
		return part
	}
	return path + "." + part
}
