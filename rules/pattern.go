package rules

import (
	"bytes"
	"regexp"
	"regexp/syntax"
	"slices"
	"unicode/utf8"
)

// A Pattern is a regular expression that is compiled when it is first asked:
// most never are. It is safe for concurrent use.
type Pattern struct {
	expr     string
	compiled once[*tester]
}

// NewPattern returns the pattern of an expression in Go's syntax, or what is
// wrong with it.
func NewPattern(expr string) (*Pattern, error) {
	if _, err := syntax.Parse(expr, syntax.Perl); err != nil {
		return nil, err
	}
	return &Pattern{expr: expr}, nil
}

// patterns returns the patterns of expressions, or what is wrong with the
// first that is.
func patterns(exprs []string) ([]*Pattern, error) {
	var out []*Pattern
	for _, e := range exprs {
		p, err := NewPattern(e)
		if err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, nil
}

// Match reports whether the pattern matches anywhere in text.
func (p *Pattern) Match(text []byte) bool {
	c := p.get()
	if c.of != nil {
		return consists(text, c.of)
	}
	return bytes.HasSuffix(text, c.end) && c.std.Match(text)
}

// MatchString reports whether the pattern matches anywhere in text.
func (p *Pattern) MatchString(text string) bool {
	c := p.get()
	if c.of != nil {
		return consists(text, c.of)
	}
	return len(text) >= len(c.end) && text[len(text)-len(c.end):] == string(c.end) && c.std.MatchString(text)
}

// String returns the expression.
func (p *Pattern) String() string { return p.expr }

func (p *Pattern) get() *tester {
	return p.compiled.get(func() *tester { return newTester(p.expr) })
}

// A tester is a pattern made ready: of where the expression asks for nothing but
// what a text consists of, else std. Every text that matches ends with end: few
// paths end as one of a pattern does.
type tester struct {
	std *regexp.Regexp
	end []byte
	of  *content
}

// content is what ^[a-z]+$ says of a text: what bytes it is made of, and how
// many there are. Allow lists are full of it, and it is asked of every value.
type content struct {
	class       [256]bool
	least, most int // most is negative where there is no bound
}

func newTester(expr string) *tester {
	re := parsed(expr)
	if of := contentOf(re); of != nil {
		return &tester{of: of}
	}
	return &tester{std: regexp.MustCompile(expr), end: endOf(re)}
}

// endOf returns the literal that each match of an expression ends the text with;
// nil where there is none.
func endOf(re *syntax.Regexp) []byte {
	if n := len(re.Sub); re.Op == syntax.OpConcat && n > 1 && re.Sub[n-1].Op == syntax.OpEndText {
		if last := re.Sub[n-2]; last.Op == syntax.OpLiteral && last.Flags&syntax.FoldCase == 0 && !slices.Contains(last.Rune, utf8.RuneError) {
			return []byte(string(last.Rune))
		}
	}
	return nil
}

// contentOf returns the content that an expression asks for, nil where that is
// not all it does.
func contentOf(re *syntax.Regexp) *content {
	if re.Op != syntax.OpConcat || len(re.Sub) != 3 || re.Sub[0].Op != syntax.OpBeginText || re.Sub[2].Op != syntax.OpEndText {
		return nil
	}
	of, loop := &content{}, re.Sub[1]
	switch loop.Op {
	case syntax.OpPlus:
		of.least, of.most = 1, -1
	case syntax.OpStar:
		of.least, of.most = 0, -1
	case syntax.OpRepeat:
		of.least, of.most = loop.Min, loop.Max
	default:
		return nil
	}
	set := loop.Sub[0]
	if set.Op != syntax.OpCharClass || len(set.Rune) == 0 || set.Rune[len(set.Rune)-1] >= utf8.RuneSelf {
		return nil
	}
	for i := 0; i < len(set.Rune); i += 2 {
		for r := set.Rune[i]; r <= set.Rune[i+1]; r++ {
			of.class[r] = true
		}
	}
	return of
}

// consists reports whether a text is of that content.
func consists[T string | []byte](text T, of *content) bool {
	if len(text) < of.least || of.most >= 0 && len(text) > of.most {
		return false
	}
	for i := range len(text) {
		if !of.class[text[i]] {
			return false
		}
	}
	return true
}
