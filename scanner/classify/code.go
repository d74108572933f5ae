package classify

import "bytes"

// bare reports whether a value without quotes stands where the language of the
// file would have it in quotes, or where a sentence goes on.
func (c *Candidate) bare(p *place) bool {
	if p.quote != 0 || p.tag {
		return false
	}
	v := c.Value()
	switch {
	case c.End < len(c.Data) && c.Data[c.End] == '(', v[0] == '#', called(v), assigns(v):
		return true
	case p.operator == ' ':
		return !p.flag
	case p.operator == ':' && named(c, "pass") && isSpace(c.Data[c.Start-1]): // PASS: TestName
		return !p.setting
	case p.operator != '=' && p.operator != ':':
		return true
	}
	return p.quoting && !p.flag && !c.inner(p)
}

// called reports whether a bare value is a call, or the end of one.
func called(v []byte) bool {
	open, end := bytes.IndexByte(v, '('), bytes.IndexByte(v, ')')
	return open > 0 && isNameByte(v[open-1]) || open < 0 && end >= 0
}

// assigns reports whether a bare value assigns something itself, as what
// follows PASSWORD= on a command line does.
func assigns(v []byte) bool {
	i := bytes.IndexByte(v, '=')
	return i > 0 && i < len(v)-1 && v[i+1] != '=' && isIdentifier(v[:i]) && Rarity(v[:i]) < 6
}

// key reports whether the value is itself the name of what comes behind it on the line.
func (c *Candidate) key() bool {
	v, at := c.Value(), c.End
	for at < len(c.Data) && closingKey[c.Data[at]] {
		at++
	}
	switch {
	case at == len(c.Data) || c.Data[at] == '\n':
		return false
	case c.Data[at] == ':' || c.Data[at] == '=':
		return at+1 == len(c.Data) || c.Data[at+1] != ':'
	}
	return v[len(v)-1] == '=' && len(v)%4 != 0
}

// closingKey may stand between a key and the operator.
var closingKey = tableOf(func(b byte) bool { return bytes.IndexByte([]byte("\\\"'` ]"), b) >= 0 })

// asks reports whether a function of this name looks a credential up, or at
// one, rather than take it: hasPassword, ContainsKey.
func asks(name []byte) bool {
	for w := range eachWord(name) {
		if kindOf(w)&asking != 0 {
			return true
		}
	}
	return false
}

// expresses reports whether a value that has these traits is a regular expression,
// or a text with escapes.
func expresses(v []byte, has traits) bool {
	return (has&escaping != 0 || has&dots != 0 && has&repeats != 0) && (escapes(v) || isPattern(v)) ||
		(v[0] == '^' || v[0] == '~') && isPattern(v)
}

// ordinary reports whether the shape of a value that has these traits is that of
// something that opens nothing. Most shapes have a byte that few values have.
func ordinary(v []byte, has traits) bool {
	if len(v) < 4 || bytes.IndexByte([]byte(")]},;+.'\"`|&"), v[0]) >= 0 {
		return true
	}
	switch {
	case has&controls != 0, has&beyond != 0 && foreign(v), expresses(v, has):
		return true
	case has&colons != 0 && (isURL(v) || isChecksum(v)), has&hyphens != 0 && isChecksum(v), has&ats != 0 && isEmail(v):
		return true
	}
	return isArchitecture(v) || has&(slashes|dots) != 0 && isPath(v) || isHash(v) || isColor(v) || isTimestamp(v) || isConstant(v)
}
