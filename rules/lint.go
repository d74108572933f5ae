package rules

import "fmt"

// Lint says of each rule what is doubtful about it though it loads: that
// nothing but the loader bounds how far it looks. Each warning opens with where
// the rule was read.
func Lint(s *Set) []string {
	var out []string
	warn := func(r *Rule, format string, args ...any) {
		out = append(out, fmt.Sprintf("%s: rule %q: %s", r.Source, r.ID, fmt.Sprintf(format, args...)))
	}
	for _, r := range s.rules {
		switch {
		case r.Expr != "" && r.Anchoring == Everywhere:
			warn(r, "it runs over everything, since no literal anchors it, and finds no match longer than %d bytes: "+
				"name keywords or near", MaxReach)
		case r.cut > 0:
			warn(r, "its expression has no bound: a match that goes further than %d bytes from its anchor is not found; "+
				"give reach, or say {1,100} instead of + or {1,}", r.cut)
		}
	}
	return out
}
