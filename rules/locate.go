package rules

import (
	"errors"
	"fmt"
	"strings"

	"github.com/BurntSushi/toml"
)

// locator finds the lines of a TOML text that an error is about; the decoder
// reports positions for syntax errors only.
type locator struct {
	name  string
	lines []string
}

func (l locator) line(n int) string { return fmt.Sprintf("%s:%d", l.name, n) }

// syntax rewrites a decoder's error so that it opens with file and line.
func (l locator) syntax(err error) error {
	var parse toml.ParseError
	if errors.As(err, &parse) {
		return fmt.Errorf("%s: %s", l.line(parse.Position.Line), parse.Message)
	}
	return fmt.Errorf("%s: %w", l.name, err)
}

// table returns the place of the nth (from 0) [[name]] header.
func (l locator) table(name string, n int) string {
	for i, text := range l.lines {
		if header(text) == "[["+name+"]]" {
			if n == 0 {
				return l.line(i + 1)
			}
			n--
		}
	}
	return l.name
}

// key returns the place of the first line that sets the last part of a key
// below the header of the key's table. A key that stands more than once in
// unlike tables of one name is found at its first.
func (l locator) key(key toml.Key) string {
	path := strings.Join(key[:len(key)-1], ".")
	last := key[len(key)-1]
	table := ""
	for i, text := range l.lines {
		if h := header(text); h != "" {
			table = strings.Trim(h, "[]")
			if table == key.String() {
				return l.line(i + 1)
			}
			continue
		}
		name, _, assigned := strings.Cut(text, "=")
		if assigned && table == path && strings.Trim(strings.TrimSpace(name), `"'`) == last {
			return l.line(i + 1)
		}
	}
	return l.name
}

// header returns a table header without its comment and space, "" for any
// other line.
func header(text string) string {
	text, _, _ = strings.Cut(text, "#")
	text = strings.ReplaceAll(strings.TrimSpace(text), " ", "")
	if strings.HasPrefix(text, "[") && strings.HasSuffix(text, "]") {
		return text
	}
	return ""
}
