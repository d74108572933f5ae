package rules

import (
	"regexp"
	"regexp/syntax"
	"sync"
)

// lazy is what is worked out of a rule's expression when it is first needed.
type lazy struct {
	form     string // the insight in its compiled form; empty for a rule that was loaded
	insight  once[*insight]
	parsed   once[*syntax.Regexp]
	compiled once[*regexp.Regexp]
	parts    once[parts]
	run      once[Run]
}

// A once is a value that is made when it is first asked for. Unlike
// sync.OnceValue it costs nothing to set up, which a scan does for every rule.
type once[T any] struct {
	made  sync.Once
	value T
}

func (o *once[T]) get(make func() T) T {
	o.made.Do(func() { o.value = make() })
	return o.value
}

// Regexp returns the compiled expression, nil for a rule without one. It
// compiles at the first call.
func (r *Rule) Regexp() *regexp.Regexp {
	if r.lazy == nil {
		return nil
	}
	return r.lazy.compiled.get(func() *regexp.Regexp { return regexp.MustCompile(r.Expr) })
}

// Syntax returns the parsed expression, nil for a rule without one. It is
// parsed at the first call; the caller must not change it.
func (r *Rule) Syntax() *syntax.Regexp {
	if r.lazy == nil {
		return nil
	}
	if in := r.lazy.carried(); in != nil {
		return in.expr
	}
	return r.lazy.parsed.get(func() *syntax.Regexp { return parsed(r.Expr) })
}

// carried returns what the compiled form has of the rule, nil if it is not from
// there.
func (l *lazy) carried() *insight {
	if l.form == "" {
		return nil
	}
	return l.insight.get(func() *insight {
		in := &insight{}
		in.carry(&reader{form: l.form})
		return in
	})
}

// parsed parses an expression that was parsed when its rule was loaded.
func parsed(expr string) *syntax.Regexp {
	re, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		panic(err)
	}
	return re
}

// parts are what stands before an anchor in a match, and what from there on.
type parts struct {
	before *[256]bool
	tail   *syntax.Regexp
}

// Tail returns what every match has from the start of an anchor on, nil where
// that cannot be told. It is worked out at the first call; the caller must not
// change it.
func (r *Rule) Tail() *syntax.Regexp { return r.parts().tail }

// Before returns which bytes may stand in a match before its anchor and the
// blanks there, characters of \s, if there are any; nil where that cannot be
// told. It is worked out at the first call; the caller must not change it.
func (r *Rule) Before() *[256]bool { return r.parts().before }

func (r *Rule) parts() parts {
	if r.lazy == nil || r.Anchoring != Inside {
		return parts{}
	}
	return r.lazy.parts.get(func() parts {
		var pieces []*syntax.Regexp
		var at int
		if in := r.lazy.carried(); in != nil {
			pieces, at = flatten(in.expr), in.tail
		} else {
			pieces = flatten(r.Syntax())
			at = tailAt(pieces, r.anchors)
		}
		before, tail := cutAt(pieces, at)
		if tail == nil {
			return parts{}
		}
		return parts{before: lead(before), tail: tail}
	})
}

// Run returns a run of bytes that every match of the expression holds, and
// false where it has none that is worth looking for. It is worked out at the
// first call.
func (r *Rule) Run() (Run, bool) {
	if r.lazy == nil {
		return Run{}, false
	}
	found := r.lazy.run.get(func() Run {
		if in := r.lazy.carried(); in != nil {
			return in.run
		}
		found, _ := run(r.Syntax())
		return found
	})
	return found, found.Class != nil
}
