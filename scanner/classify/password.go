package classify

import "bytes"

// judgePassword says whether a value that stands where a password goes, as in
// a URL or on a command line, is one. Name is the user's.
func judgePassword(c *Candidate) Verdict {
	v := Alone(c.Value())
	has := traitsOf(v)
	if verdict, is := stand(v, has); is {
		return verdict
	}
	if len(v) < len(c.Value()) && len(v) < 6 && all(v, isDigit) {
		return Verdict{Class: Ordinary, Reason: "a port, and more settings"}
	}
	quote, torn := c.quoted()
	switch {
	case torn, ended(c.Value(), quote), quote == 0 && c.bracketed():
		return Verdict{Class: Ordinary, Reason: "a piece of a sentence"}
	case isHash(v):
		return Verdict{Class: Ordinary, Reason: "the hash of a password"}
	case expresses(v, has):
		return Verdict{Class: Ordinary, Reason: "a regular expression, or a text with line ends"}
	case c.reserved() && comments(c.lineTo(c.Start)):
		return Verdict{Class: Placeholder, Reason: "in a comment, for a host that is reserved for examples"}
	case c.joined():
		return Verdict{Class: Ordinary, Reason: "an option that only begins like one for a password"}
	case stock(v, has):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a password"}
	}
	return judgePlaced(v, c.Name)
}

// bracketed reports whether the value is the first word of several in angle brackets,
// as manuals have what the reader fills in.
func (c *Candidate) bracketed() bool {
	v := c.Value()
	if len(v) < 2 || v[0] != '<' || !isLetter(v[1]) || bytes.IndexByte(v, '>') >= 0 {
		return false
	}
	rest := c.lineFrom(c.End)
	end := bytes.IndexAny(rest, "<>")
	return end > 0 && rest[end] == '>' && !isSpace(rest[end-1]) // and no redirection
}

// reserved reports whether the value is the password of a URL to a host of a
// domain that nobody can have (RFC 2606, RFC 6761).
func (c *Candidate) reserved() bool {
	host, isURL := bytes.CutPrefix(c.Data[c.End:], []byte("@"))
	if !isURL {
		return false
	}
	end := 0
	for end < len(host) && isNameByte(host[end]) {
		end++
	}
	host = bytes.TrimRight(host[:end], ".")
	for _, domain := range [...]string{"example", "invalid", "example.com", "example.net", "example.org"} {
		n := len(host) - len(domain)
		if n >= 0 && (n == 0 || host[n-1] == '.') && bytes.EqualFold(host[n:], []byte(domain)) {
			return true
		}
	}
	return false
}

// joined reports whether the value and the -p that it stands behind are the
// name of another option: find's -print0.
func (c *Candidate) joined() bool {
	if c.Start < 3 || string(c.Data[c.Start-2:c.Start]) != "-p" || !isSpace(c.Data[c.Start-3]) {
		return false
	}
	return options[string(c.Value())]
}

var options = set("rint rint0 rintf ath erm rune ort assword retty reserve arents ager lain")

// judgePlaced judges what is no placeholder and stands in the place of a
// password, behind the name of a user if that is not empty.
func judgePlaced(v, user []byte) Verdict {
	switch {
	case kinds(v) > 1, strangeness(v) >= 0:
		return Verdict{Class: Secret, Human: len(v) < generated, Reason: "stands where a password goes"}
	case len(user) == 0:
		return Verdict{Class: Ordinary, Reason: "a word"}
	case stock(user, traitsOf(user)), bytes.Equal(v, user):
		return Verdict{Class: Placeholder, Reason: "a word behind a user that stands for any"}
	}
	return Verdict{Class: Secret, Human: true, Doubtful: true, Reason: "a word where a password goes"}
}
