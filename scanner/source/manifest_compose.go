package source

import (
	"cmp"
	"strings"
)

// interpolate returns a value of a Compose file with each variable that has a
// default replaced by it, and $$ by the dollar that it stands for. The default
// is written under the variable's own name as well.
// https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md
func (w *walk) interpolate(t *text) *text {
	if strings.IndexByte(t.string, '$') < 0 {
		return t
	}
	out := &text{of: t}
	var s strings.Builder
	w.expand(t, 0, len(t.string), out, &s, 0)
	if out.string = s.String(); out.string == t.string {
		return t
	}
	return out
}

// expand appends what t[from:to] means to out.
func (w *walk) expand(t *text, from, to int, out *text, s *strings.Builder, depth int) {
	copied := func(a, b int) {
		if b > a {
			s.WriteString(t.string[a:b])
			out.add(b-a, a, b-a)
		}
	}
	for i := from; i < to; {
		dollar := strings.IndexByte(t.string[i:to], '$')
		if dollar < 0 || depth > 8 {
			copied(i, to)
			return
		}
		at := i + dollar
		copied(i, at)
		if strings.HasPrefix(t.string[at:to], "$$") {
			s.WriteByte('$')
			out.add(1, at, 2)
			i = at + 2
			continue
		}
		name, start, end := variable(t.string[at:to])
		if !w.afford(cmp.Or(end, to-at)) {
			copied(at, to)
			return
		}
		if end == 0 {
			copied(at, at+1)
			i = at + 1
			continue
		}
		w.view.setting(t.part(at+2, at+2+name), t.part(at+start, at+end-1))
		w.expand(t, at+start, at+end-1, out, s, depth+1)
		i = at + end
	}
}

// variable reads ${NAME:-default} at the start of s: the length of the name,
// where the default starts and where the expression ends; end is 0 where it is
// none, or has no default.
func variable(s string) (name, start, end int) {
	if !strings.HasPrefix(s, "${") {
		return 0, 0, 0
	}
	i := 2
	for i < len(s) && (s[i] == '_' || s[i]|0x20 >= 'a' && s[i]|0x20 <= 'z' || s[i] >= '0' && s[i] <= '9') {
		i++
	}
	name = i - 2
	if i < len(s) && s[i] == ':' {
		i++
	}
	if name == 0 || i >= len(s) || s[i] != '-' && s[i] != '+' {
		return 0, 0, 0
	}
	start = i + 1
	for open := 1; i < len(s); i++ {
		switch {
		case strings.HasPrefix(s[i:], "${"):
			open++
		case s[i] == '}':
			if open--; open == 0 {
				return name, start, i + 1
			}
		}
	}
	return 0, 0, 0
}
