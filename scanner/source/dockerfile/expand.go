package dockerfile

import "strings"

// What a file may make of its variables. A value that would be longer is left
// as the reference that it is written as.
const (
	maxValue     = 64 << 10 // bytes of one
	maxPieces    = 256      // of one
	maxNested    = 8        // defaults of variables within one another
	maxReference = 1 << 10  // bytes of a reference in braces
)

// A budget bounds what all expansions of a file make.
type budget struct {
	pieces int
	spent  bool // something was left as it is written
}

// A quoting says what quotes mean where a variable stands.
type quoting uint8

const (
	quoted   quoting = iota // they stay; single ones keep what is in them as it is
	unquoted                // likewise, but they go, as do escape characters
	plain                   // nothing
)

// An expansion replaces the references in a joined text with what they mean.
type expansion struct {
	in      *joined
	lookup  func(name string) (value, bool)
	quoting quoting
	escape  byte
	budget  *budget

	out    value
	length int
	nested int
}

// expand returns in.text[lo:hi] with the variables that are known replaced.
func (x expansion) expand(lo, hi int) value {
	x.run(lo, hi)
	return x.out
}

func (x *expansion) run(lo, hi int) {
	start, s := lo, x.in.text
	var quote byte
	for i := lo; i < hi; {
		switch c := s[i]; {
		case c == x.escape && quote != '\'' && i+1 < hi:
			if x.quoting == unquoted && (quote == 0 || strings.IndexByte(`"$`, s[i+1]) >= 0 || s[i+1] == x.escape) {
				x.write(start, i)
				start = i + 1
			}
			i += 2
		case x.quoting != plain && (c == '\'' || c == '"') && (quote == 0 || quote == c):
			quote ^= c
			if x.quoting == unquoted {
				x.write(start, i)
				start = i + 1
			}
			i++
		case c == '$' && quote != '\'':
			end, v, known := x.variable(i, hi)
			if known && x.fits(v) {
				x.write(start, i)
				x.bring(v, x.in.span(i, end))
				start = end
			}
			i = end
		default:
			i++
		}
	}
	x.write(start, hi)
}

// write appends in.text[lo:hi] as it is.
func (x *expansion) write(lo, hi int) {
	v := x.in.pieces(lo, hi)
	x.out = append(x.out, v...)
	x.length += hi - lo
}

// bring appends what a reference stands for. What was written within it, a
// default, stays where it is.
func (x *expansion) bring(v value, ref span) {
	for _, p := range v {
		if !ref.meets(p.from) || p.from.from < ref.from || p.from.to > ref.to {
			p.ref = ref
		}
		x.out = append(x.out, p)
		x.length += len(p.text)
	}
	x.budget.pieces -= len(v)
}

// fits reports whether the value may still grow by v.
func (x *expansion) fits(v value) bool {
	length := 0
	for _, p := range v {
		length += len(p.text)
	}
	if x.length+length > max(maxValue, len(x.in.text)) || len(x.out)+len(v) > maxPieces+len(x.in.parts) || x.budget.pieces < len(v) {
		x.budget.spent = true
		return false
	}
	return true
}

// variable reads the reference at i, and returns its end and what it stands
// for. One that is not known, or of a form that needs a shell, is left alone.
func (x *expansion) variable(i, hi int) (end int, v value, known bool) {
	s := x.in.text[:hi]
	if i+1 < hi && s[i+1] != '{' {
		end = i + 1 + nameLen(s[i+1:])
		if end == i+1 {
			return end, nil, false
		}
		v, known = x.lookup(s[i+1 : end])
		return end, v, known
	}
	end = closing(s, i+1)
	if end < 0 {
		return min(i+2, hi), nil, false
	}
	n := i + 2 + nameLen(s[i+2:end])
	name, rest := s[i+2:n], s[n:end-1]
	if name == "" {
		return end, nil, false
	}
	v, known = x.lookup(name)
	op := strings.TrimPrefix(rest, ":")
	switch {
	case rest == "":
		return end, v, known
	case op == "":
		return end, nil, false
	case op[0] == '-' && known && (op == rest || len(v) > 0):
		return end, v, true
	case op[0] == '-', op[0] == '+' && known:
		return end, x.inner(end-len(op), end-1), x.nested < maxNested
	case op[0] == '+':
		return end, nil, true
	}
	return end, nil, false
}

// inner expands the word within a reference.
func (x *expansion) inner(lo, hi int) value {
	if x.nested >= maxNested {
		return nil
	}
	y := *x
	y.out, y.length, y.nested = nil, 0, x.nested+1
	return y.expand(lo, hi)
}

// nameLen returns the length of the variable's name that s begins with.
func nameLen(s string) int {
	n := 0
	for n < len(s) && (s[n] == '_' || s[n]|0x20 >= 'a' && s[n]|0x20 <= 'z' || n > 0 && s[n] >= '0' && s[n] <= '9') {
		n++
	}
	return n
}

// closing returns the position after the brace that closes the one at i, -1 if
// there is none near.
func closing(s string, i int) int {
	depth := 0
	for k := i; k < len(s) && k < i+maxReference; k++ {
		switch s[k] {
		case '{':
			depth++
		case '}':
			if depth--; depth == 0 {
				return k + 1
			}
		}
	}
	return -1
}
