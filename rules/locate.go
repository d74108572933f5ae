package rules

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"github.com/BurntSushi/toml"
)

// A locator knows the line of every table and key of a TOML text; the decoder
// gives sure positions for errors of syntax only.
type locator struct {
	name   string
	places []place
	byPath map[string]int   // the first place of a path
	byKey  map[string][]int // the lines of a key
}

// A place is where a table opens or a key is set.
type place struct {
	path string // with the index of each array of tables: rules[0].allow[1].paths
	key  string // without: rules.allow.paths
	line int
}

func newLocator(name, text string) *locator {
	r := &outline{text: text, line: 1, tables: map[string]int{}}
	r.read()
	l := &locator{name: name, places: r.places, byPath: make(map[string]int, len(r.places)), byKey: map[string][]int{}}
	for i, p := range r.places {
		if _, known := l.byPath[p.path]; !known {
			l.byPath[p.path] = i
		}
		l.byKey[p.key] = append(l.byKey[p.key], p.line)
	}
	return l
}

func (l *locator) line(n int) string { return fmt.Sprintf("%s:%d", l.name, n) }

// at returns the place of a path, else of the longest part of it that has one.
func (l *locator) at(path string) string {
	for path != "" {
		if i, ok := l.byPath[path]; ok {
			return l.line(l.places[i].line)
		}
		path = path[:max(0, strings.LastIndexAny(path, ".["))]
	}
	return l.line(1)
}

// within returns the place of the first key of that name in the table at path
// or in one below it.
func (l *locator) within(path, key string) string {
	at, opens := 0, strings.HasSuffix(path, "]")
	if opens { // nothing of a table of an array stands before it opens
		at, opens = l.byPath[path]
	}
	for i, p := range l.places[at:] {
		if p.key == key && strings.HasPrefix(p.path, path+".") {
			return l.line(p.line)
		}
		if opens && i > 0 && p.key == l.places[at].key {
			break // the next table of the array
		}
	}
	return l.at(path)
}

// unknown says of each key that the decoder left over where it is; what stands
// below an unknown table goes without saying.
func (l *locator) unknown(keys []toml.Key) []string {
	told, seen := map[string]bool{}, map[string]int{}
	var out []string
	for _, k := range keys {
		told[k.String()] = true
		if !told[k[:len(k)-1].String()] {
			out = append(out, fmt.Sprintf("%s: unknown key %q", l.nth(k, seen[k.String()]), k.String()))
			seen[k.String()]++
		}
	}
	return out
}

// nth returns the place of the nth occurrence of a key, or of the nearest key
// above it that has one: what stands in an inline table has none.
func (l *locator) nth(key toml.Key, n int) string {
	for ; len(key) > 0; key = key[:len(key)-1] {
		if lines := l.byKey[key.String()]; n < len(lines) {
			return l.line(lines[n])
		}
	}
	return l.line(1)
}

var typeError = regexp.MustCompile(`^toml: (?:line (\d+) )?\(last key "(.*?)"\): (.*)$`)

// decoding rewrites an error of the decoder so that it opens with file and
// line. The path is that of the table that was decoded, empty for the whole
// text: the line that the decoder knows for a key is that of its last
// occurrence, in whatever table of an array.
func (l *locator) decoding(path string, err error) error {
	key, line, message := "", 1, strings.TrimPrefix(err.Error(), "toml: ")
	var parse toml.ParseError
	if errors.As(err, &parse) {
		key, line, message = parse.LastKey, parse.Position.Line, parse.Message
	} else if m := typeError.FindStringSubmatch(err.Error()); m != nil {
		key, message = m[2], m[2]+": "+m[3]
		line, _ = strconv.Atoi(m[1])
	}
	if path == "" {
		return fmt.Errorf("%s: %s", l.line(max(line, 1)), message)
	}
	return fmt.Errorf("%s: %s", l.within(path, key), message)
}
