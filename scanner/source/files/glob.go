package files

import (
	"fmt"
	"path"
	"strings"
)

// Glob returns what a pattern in the syntax of .gitignore matches: slash-
// separated paths, relative to where the pattern is written, that it names or
// that lie in a folder it names.
func Glob(text string) (match func(name string) bool, err error) {
	p, ok := parsePattern(text)
	if !ok || p.negated {
		return nil, fmt.Errorf("%.60q is no pattern of paths", text)
	}
	return func(name string) bool {
		if p.matches(name, path.Base(name), false) {
			return true
		}
		for i := strings.LastIndexByte(name, '/'); i > 0; i = strings.LastIndexByte(name[:i], '/') {
			if p.matches(name[:i], path.Base(name[:i]), true) {
				return true
			}
		}
		return false
	}, nil
}
