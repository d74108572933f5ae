package rules

import (
	_ "embed"
	"errors"
	"math"
)

// compiled is the built-in set in its compiled form: each field of each rule
// one after the other, numbers as varints, texts behind their length. It is
// read without copying a text or parsing an expression, since that stands
// before every scan, and is made of builtin/*.toml, which are what counts:
// TestCompiled holds the two to be the same.
//
//go:generate go test -run ^TestCompiled$ . -update
//go:embed builtin.bin
var compiled string

// A codec takes values to the compiled form, or from it. A method returns the
// value that its field has afterwards: writing, the one it was given; reading,
// the next one of the form. So one list of the fields serves both ways.
type codec interface {
	number(uint64) uint64
	text(string) string
	count(int) int // of the values of a list
	// part carries what the function does, to be read later: it returns the
	// form of it. Reading, the function is not called.
	part(func(codec)) string
}

var errCompiled = errors.New("rules/builtin.bin is not of this version of the program: run go generate ./rules")

// decompile reads a set in its compiled form.
func decompile(form string) (*Set, error) {
	r := &reader{form: form}
	set := &Set{}
	carrySet(r, set)
	if r.short || r.at != len(form) {
		return nil, errCompiled
	}
	return NewSet(set.rules, set.allow)
}

func carrySet(c codec, s *Set) {
	s.rules = list(c, s.rules, func(c codec, r *Rule) *Rule {
		var carried Rule
		if r != nil {
			carried = *r
		}
		carryRule(c, &carried)
		return &carried
	})
	s.allow = list(c, s.allow, allowlist)
}

func carryRule(c codec, r *Rule) {
	r.ID = c.text(r.ID)
	r.Title = c.text(r.Title)
	r.Description = c.text(r.Description)
	r.Kind = integer(c, r.Kind)
	r.Severity = integer(c, r.Severity)
	r.Confidence = integer(c, r.Confidence)
	r.Provider = c.text(r.Provider)
	r.Tags = list(c, r.Tags, codec.text)
	r.Generic = flag(c, r.Generic)
	r.Expr = c.text(r.Expr)
	r.SecretGroup = integer(c, r.SecretGroup)
	r.Entropy = math.Float64frombits(c.number(math.Float64bits(r.Entropy)))
	r.Checksum = c.text(r.Checksum)
	r.Judge = c.text(r.Judge)
	r.Paths = list(c, r.Paths, pattern)
	r.Allow = list(c, r.Allow, allowlist)
	r.Pairs = list(c, r.Pairs, pair)
	r.References = list(c, r.References, codec.text)
	r.Remediation.Revoke = c.text(r.Remediation.Revoke)
	r.Remediation.Where = c.text(r.Remediation.Where)
	r.Remediation.Check = c.text(r.Remediation.Check)
	r.Match = list(c, r.Match, example)
	r.NoMatch = list(c, r.NoMatch, example)
	r.ExamplePath = c.text(r.ExamplePath)
	r.Anchoring = integer(c, r.Anchoring)
	r.Keywords = list(c, r.Keywords, codec.text)
	r.Source = c.text(r.Source)
	r.anchors = list(c, r.anchors, anchor)
	r.cut = integer(c, r.cut)
	if r.Expr != "" {
		r.lazy = &lazy{form: c.part(func(c codec) { insightInto(r).carry(c) })}
	}
}

func anchor(c codec, a Anchor) Anchor {
	a.Literal = c.text(a.Literal)
	a.Exact = c.text(a.Exact)
	a.BeforeMin = integer(c, a.BeforeMin)
	a.Before = integer(c, a.Before)
	a.After = integer(c, a.After)
	return a
}

func allowlist(c codec, a Allowlist) Allowlist {
	a.Description = c.text(a.Description)
	a.All = flag(c, a.All)
	a.Regexes = list(c, a.Regexes, pattern)
	a.Target = integer(c, a.Target)
	a.StopWords = list(c, a.StopWords, codec.text)
	a.Paths = list(c, a.Paths, pattern)
	a.Commits = list(c, a.Commits, codec.text)
	a.Rules = list(c, a.Rules, codec.text)
	return a
}

func pair(c codec, p Pair) Pair {
	p.Rule = c.text(p.Rule)
	p.Bytes = integer(c, p.Bytes)
	p.Lines = integer(c, p.Lines)
	p.Required = flag(c, p.Required)
	return p
}

func pattern(c codec, p *Pattern) *Pattern {
	expr := ""
	if p != nil {
		expr = p.expr
	}
	return &Pattern{expr: c.text(expr)}
}

func example(c codec, e Example) Example {
	e.source = c.text(e.source)
	e.seed = c.number(e.seed)
	return e
}

func integer[T ~int | ~uint8](c codec, n T) T { return T(c.number(uint64(n))) }

func flag(c codec, set bool) bool {
	var n uint64
	if set {
		n = 1
	}
	return c.number(n) == 1
}

// list carries how many values there are, and each.
func list[T any](c codec, values []T, item func(codec, T) T) []T {
	n := c.count(len(values))
	if n == 0 {
		return nil
	}
	out := make([]T, n)
	copy(out, values)
	for i := range out {
		out[i] = item(c, out[i])
	}
	return out
}

// A reader is the codec that reads. Past the end it reads zeros.
type reader struct {
	form  string
	at    int
	short bool // the form ended too early
}

func (r *reader) number(uint64) uint64 {
	var n uint64
	for shift := 0; r.at < len(r.form); shift += 7 {
		b := r.form[r.at]
		r.at++
		n |= uint64(b&0x7f) << shift
		if b < 0x80 {
			return n
		}
	}
	r.short = true
	return 0
}

// count reads how many values follow. Each takes a byte at least.
func (r *reader) count(int) int {
	n := r.number(0)
	if n > uint64(len(r.form)-r.at) {
		r.short = true
		return 0
	}
	return int(n)
}

func (r *reader) text(string) string {
	n := r.count(0)
	r.at += n
	return r.form[r.at-n : r.at]
}

func (r *reader) part(func(codec)) string { return r.text("") }
