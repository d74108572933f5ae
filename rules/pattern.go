package rules

import (
	"regexp"
	"regexp/syntax"
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
	return c.std.Match(text)
}

// MatchString reports whether the pattern matches anywhere in text.
func (p *Pattern) MatchString(text string) bool {
	c := p.get()
	if c.of != nil {
		return consists(text, c.of)
	}
	return c.std.MatchString(text)
}

// String returns the expression.
func (p *Pattern) String() string { return p.expr }

func (p *Pattern) get() *tester {
	return p.compiled.get(func() *tester { return newTester(p.expr) })
}

// A tester is a pattern made ready: of where the expression asks for nothing but
// what a text consists of, else std.
type tester struct {
	std *regexp.Regexp
	of  *content
}

// content is what ^[a-z]+$ says of a text: what bytes it is made of, and how
// many there are. Allow lists are full of it, and it is asked of every value.
type content struct {
	class       [256]bool
	least, most int // most is negative where there is no bound
}

func newTester(expr string) *tester {
	if of := contentOf(parsed(expr)); of != nil {
		return &tester{of: of}
	}
	return &tester{std: regexp.MustCompile(expr)}
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
