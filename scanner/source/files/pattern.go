package files

import (
	"strings"

	"github.com/bmatcuk/doublestar/v4"
)

// A pattern is a line of a .gitignore file.
type pattern struct {
	glob    string
	named   bool // the glob has no slash and is for the last name of a path
	folder  bool // it is for folders only
	negated bool // what it matches is let in again
}

// matches holds the pattern against a path, relative to the pattern's folder
// and empty if it is not in there, and against the path's last name.
func (p *pattern) matches(path, name string, folder bool) bool {
	if p.folder && !folder {
		return false
	}
	if p.named {
		path = name
	}
	return path != "" && doublestar.MatchUnvalidated(p.glob, path)
}

// parseIgnores returns the patterns of a .gitignore file. A line that git would
// not understand matches nothing and is left out.
func parseIgnores(text string) []pattern {
	var patterns []pattern
	text = strings.TrimPrefix(text, "\ufeff")
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(strings.TrimSuffix(line, "\n"), "\r")
		if strings.HasPrefix(line, "#") {
			continue
		}
		if p, ok := parsePattern(line); ok {
			patterns = append(patterns, p)
		}
	}
	return patterns
}

// parsePattern reads a pattern as gitignore(5) describes it. It returns false
// for one that is empty or not valid.
func parsePattern(line string) (pattern, bool) {
	var p pattern
	line, p.negated = strings.CutPrefix(trimSpaces(line), "!")
	line, p.folder = strings.CutSuffix(line, "/")
	p.named = !strings.Contains(line, "/")
	parts := strings.Split(strings.TrimPrefix(line, "/"), "/")
	for i, part := range parts {
		if !p.named && len(part) > 1 && strings.Trim(part, "*") == "" {
			parts[i] = "**"
		} else {
			parts[i] = translate(part)
		}
	}
	if n := len(parts); n > 1 && parts[n-1] == "**" {
		parts = append(parts, "*") // what is in the folder, not the folder
	}
	p.glob = strings.Join(parts, "/")
	return p, p.glob != "" && doublestar.ValidatePattern(p.glob)
}

// trimSpaces takes spaces off the end, but not one behind a backslash.
func trimSpaces(s string) string {
	for strings.HasSuffix(s, " ") && !strings.HasSuffix(s, `\ `) {
		s = s[:len(s)-1]
	}
	return s
}

// translate turns a name of a pattern into the library's syntax, in which
// braces have a meaning, two stars are never one, a class does not begin with
// its closing bracket, and one of all other characters has the slash too.
func translate(part string) string {
	var b strings.Builder
	for i := 0; i < len(part); i++ {
		switch c := part[i]; {
		case c == '\\' && i+1 < len(part):
			b.WriteString(part[i : i+2])
			i++
		case c == '{' || c == '}':
			b.WriteString(`\` + string(c))
		case c == '*':
			for i+1 < len(part) && part[i+1] == '*' {
				i++
			}
			b.WriteByte(c)
		case c == '[':
			opening, members := class(part[i:])
			b.WriteString(opening)
			if strings.HasPrefix(members, "]") {
				b.WriteByte('\\')
			}
			b.WriteString(members)
			i += len(opening) + len(members) - 1
			if len(opening) > 1 {
				b.WriteByte('/')
			}
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

// class returns what opens the class that part starts with, and its members, up
// to the closing bracket or, where there is none, the end.
func class(part string) (opening, members string) {
	start := 1
	if len(part) > 1 && (part[1] == '!' || part[1] == '^') {
		start = 2
	}
	for i := start; i < len(part); i++ {
		switch {
		case part[i] == '\\':
			i++
		case part[i] == ']' && i > start:
			return part[:start], part[start:i]
		}
	}
	return part[:start], part[start:]
}
