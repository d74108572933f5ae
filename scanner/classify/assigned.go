package classify

import (
	"bytes"
)

// judgeAssigned says whether a value that is assigned to a telling name is
// what the name promises.
func judgeAssigned(c *Candidate) Verdict {
	from, to := c.widen()
	v := c.Value()
	if verdict, is := stand(v); is {
		return verdict
	}
	t := read(c.Name)
	if decoded, is := userPassword(v); is {
		return judgeUserPassword(decoded)
	}
	switch {
	case t.sort == unnamed, string(bytes.ToLower(c.Name)) == "basic":
		return Verdict{Class: Ordinary, Reason: "the name is not that of a credential"}
	case string(bytes.ToLower(c.Name)) == "bearer":
		return weigh(v, t, place{quote: '"', operator: '='})
	}
	p := c.stands(from, to)
	if p.torn || ended(v, p.quote) || c.bare(p) || p.operator == ',' && !p.pair || c.key() || p.asked {
		return Verdict{Class: Ordinary, Reason: "a piece of code or of a sentence"}
	}
	if ordinary(v) {
		return Verdict{Class: Ordinary, Reason: "a path, an address, a number or a name"}
	}
	if stock(v) {
		return Verdict{Class: Placeholder, Reason: "a word that stands for a secret"}
	}
	return weigh(v, t, p)
}

// bare reports whether a value without quotes stands where the language of the
// file would have it in quotes, or where a sentence goes on.
func (c *Candidate) bare(p place) bool {
	if p.quote != 0 || p.tag {
		return false
	}
	v := c.Value()
	next := byte('\n')
	if c.End < len(c.Data) {
		next = c.Data[c.End]
	}
	switch {
	case next == '(' || v[0] == '#' || called(v) || assignment(v):
		return true
	case p.operator == '(' || p.operator == '>' || p.operator == '|' || p.operator == '?':
		return true
	case p.operator == ' ':
		return !p.flag
	}
	return p.quoting && !p.inner && !p.flag
}

// called reports whether a bare value is a call, or the end of one.
func called(v []byte) bool {
	open := bytes.IndexByte(v, '(')
	if open > 0 && isNameByte(v[open-1]) {
		return true
	}
	end := bytes.IndexByte(v, ')')
	return end >= 0 && open < 0
}

// assignment reports whether a bare value assigns something itself, as what
// follows PASSWORD= on a command line does.
func assignment(v []byte) bool {
	i := bytes.IndexByte(v, '=')
	return i > 0 && i < len(v)-1 && v[i+1] != '=' && isIdentifier(v[:i]) && Rarity(v[:i]) < 6
}

// key reports whether the value is itself the name of what comes behind it.
func (c *Candidate) key() bool {
	rest := bytes.TrimLeft(c.lineFrom(c.End), "\\\"'` ]")
	if len(rest) > 0 && (rest[0] == ':' || rest[0] == '=') && (len(rest) == 1 || rest[1] != ':') {
		return true
	}
	v := c.Value()
	return v[len(v)-1] == '=' && len(v)%4 != 0 && len(rest) > 0
}

// asks reports whether a function of this name looks at a credential rather
// than take one: hasPassword, ContainsKey.
func asks(name []byte) bool {
	for _, w := range parts(name) {
		if questions[w] {
			return true
		}
	}
	return false
}

var questions = set(`is has have contains check verify validate hash get find load parse match matches compare equals exists lookup
	read remove delete unset forget expect assert test needs decode encode encrypt decrypt escape quote strip mask redact`)

// ordinary reports whether the shape of a value is that of something that
// opens nothing.
func ordinary(v []byte) bool {
	switch {
	case len(v) < 4, bytes.IndexByte([]byte(")]},;+.'\"`|&"), v[0]) >= 0, foreign(v), escapes(v), isURL(v), isEmail(v), isPath(v), isHash(v), isPattern(v), isTimestamp(v), isConstant(v):
		return true
	case isNumber(v):
		return len(v) < 6 || bytes.IndexAny(v, ".:/") >= 0
	}
	return false
}

// longest returns the longest of the pieces that a value falls into at the
// bytes that part it.
func longest(v []byte, parts func(byte) bool) []byte {
	var best []byte
	start := 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && !parts(v[i]) {
			continue
		}
		if i-start > len(best) {
			best = v[start:i]
		}
		start = i + 1
	}
	return best
}

func digits(v []byte) int {
	n := 0
	for _, b := range v {
		if isDigit(b) {
			n++
		}
	}
	return n
}

// mixed counts the kinds of characters in a value: small letters, capitals,
// digits, others.
func mixed(v []byte) int {
	var lower, upper, digit, other int
	for _, b := range v {
		switch {
		case isLower(b):
			lower = 1
		case isUpper(b):
			upper = 1
		case isDigit(b):
			digit = 1
		case !isSeparator(b):
			other = 1
		}
	}
	return lower + upper + digit + other
}

// weigh compares how random a value is with how random the name says that it
// must be.
func weigh(v []byte, t title, p place) Verdict {
	if bytes.HasPrefix(v, []byte(`{\`)) {
		v = longest(v, func(b byte) bool { return b == '"' || b == '\\' })
	}
	need, rare := 2.0, Rarity(v)
	if t.sort == passwordly || t.sort == strong {
		rare = max(rare, Gibberish(v))
	}
	if t.sort == weak {
		rare = Rarity(longest(v, func(b byte) bool { return isSeparator(b) && b != '/' && b != '-' && b != '_' }))
	}
	switch {
	case isUUID(v), len(v) >= 12 && isHex(v) && mixed(v) > 1:
		rare = max(rare, 2*float64(len(v)))
	case t.sort == strong && digits(v) > 14:
		rare = max(rare, 7)
	case t.sort == passwordly && len(v) >= 5 && mixed(v) > 1 && bytes.ContainsAny(v, "0123456789") && !bytes.ContainsAny(v, "/:"):
		rare = max(rare, 2)
	}
	switch t.sort {
	case naming:
		if rare < 20 {
			return Verdict{Class: Ordinary, Reason: "names something"}
		}
		return Verdict{Class: Identifier, Reason: "a random value assigned to the name of an identifier"}
	case weak:
		need = 16
	case strong:
		need = 6
	}
	if p.more {
		need += 6
	}
	if t.vague {
		need += 6
	}
	if p.call && t.sort != passwordly {
		need += 6
	}
	if p.operator == ' ' || p.operator == ',' || p.call || p.inner && p.quote == 0 {
		need += 4
	}
	if rare < need && t.sort == passwordly && p.setting && len(v) > 4 && all(v, isLetter) {
		return Verdict{Class: Secret, Human: true, Doubtful: true, Reason: "a word assigned to the name of a password"}
	}
	if rare < need {
		return Verdict{Class: Ordinary, Reason: "written by a person, not generated"}
	}
	return Verdict{Class: Secret, Human: len(v) < 16, Reason: "a random value assigned to a name like that of a credential"}
}
