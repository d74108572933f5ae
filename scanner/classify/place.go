package classify

import "bytes"

// A place is how a value stands in the text.
type place struct {
	// quote encloses the value on both sides; 0: none does.
	quote byte
	// torn: the value is a piece of something longer, as the first word of a
	// quoted sentence.
	torn bool
	// operator is the last character between name and value that is no
	// space, quote or bracket; ' ' where there is none such.
	operator byte
	// call: the value is the argument of a call whose name is not the name.
	call bool
	// asked: it is the argument of a function that looks a credential up or at
	// one: getPassword("x").
	asked bool
	// quoting: the language of the file writes texts in quotes, so that what
	// is bare is code.
	quoting bool
	// name is where the name starts; see Candidate.inner, whose answer inner is
	// once it was asked.
	name  int
	inner answer
	// setting: the file is one of settings, where a name and a value make a
	// line.
	setting bool
	flag    bool // the name is an option of a command line: --password
	more    bool // the value is the first of several arguments of a call
	pair    bool // the name is in quotes of its own, or a symbol: "password", "x"
	tag     bool // the value is the content of an XML element
	apart   bool // the name belongs to something else than the value
}

// widen moves the name out to both ends of the identifier it is part of, and
// returns where it stands in the data; from = to where the name is unknown.
func (c *Candidate) widen() (from, to int) {
	if len(c.Name) == 0 {
		return c.Start, c.Start
	}
	at := bytes.Index(c.Data[c.MatchStart:c.MatchEnd], c.Name)
	if at < 0 {
		return c.Start, c.Start
	}
	from = c.MatchStart + at
	from, to = identifier(c.Data[:c.Start], from, from+len(c.Name))
	c.Name = c.Data[from:to]
	return from, to
}

// longestName bounds an identifier.
const longestName = 120

// identifier moves both ends of a stretch out to those of the identifier that
// it is part of.
func identifier(data []byte, from, to int) (int, int) {
	from, to = spread(data, from, to)
	return undashed(data, from, to), to
}

// spread moves both ends of a stretch out as far as what an identifier is made
// of goes, up to longestName.
func spread(data []byte, from, to int) (int, int) {
	for least := max(0, to-longestName); from > least && nameBytes[data[from-1]]; {
		from--
	}
	for most := min(len(data), from+longestName); to < most && nameBytes[data[to]]; {
		to++
	}
	return from, to
}

// undashed returns where an identifier starts behind what cannot start one.
func undashed(data []byte, from, to int) int {
	for from < to && (data[from] == '-' || data[from] == '.') {
		from++
	}
	return from
}

// stands reads the text round the value; the name stands at [from, to).
func (c *Candidate) stands(from, to int) place {
	p := place{name: from, operator: ' ', quoting: c.File.quoting, setting: c.File.setting}
	p.quote, p.torn = c.quoted()
	p.pair = to < len(c.Data) && isQuote(c.Data[to]) || from > 0 && c.Data[from-1] == ':'
	if from > 1 && c.Data[from-1] == '-' {
		before := c.Data[from-2]
		p.flag = before == '-' || isSpace(before) || isQuote(before)
	}
	gap := c.Data[min(to, c.Start):c.Start]
	if i := lastOf(gap, &parting); i >= 0 {
		p.operator = gap[i]
		p.apart = i > 1 && (bytes.Contains(gap[:i], []byte("\n\n")) || bytes.Contains(gap[:i], []byte(")\n"))) ||
			p.operator == ',' && bytes.IndexByte(gap[:i], ')') >= 0 && isDigest(c.Value()) // of the name: hash("password"), "..."
	}
	p.apart = p.apart || c.listed(from, &p) || c.indexed(&p)
	p.apart = p.apart || from > 1 && string(c.Data[from-2:from]) == "::" && to < len(c.Data) && isQuote(c.Data[to])
	switch p.operator {
	case '>':
		p.tag = gap[len(gap)-1] == '>' && bytes.HasPrefix(c.Data[c.End:], []byte("</"))
	case '(':
		open := bytes.LastIndexByte(gap, '(')
		if bytes.IndexByte(gap[open:], ')') >= 0 {
			break // closed before the value
		}
		p.call = bytes.ContainsAny(gap[:open], "=:,")
		p.asked = p.call && asks(lastName(gap[:open])) || !p.call && asks(c.Name)
		rest := bytes.TrimLeft(c.lineFrom(c.End), "\\\"'` ")
		p.more = p.quote != 0 && len(rest) > 0 && rest[0] == ','
	}
	return p
}

// parting are the bytes that part a name from its value.
var parting = tableOf(func(b byte) bool { return bytes.IndexByte([]byte("=:>,(|?"), b) >= 0 })

// lastOf returns where the last byte of a text is that a set has, -1 where none is.
func lastOf(text []byte, set *[256]bool) int {
	i := len(text) - 1
	for i >= 0 && !set[text[i]] {
		i--
	}
	return i
}

// listed reports whether the name, which starts at from, is the first word of a list and
// the value the second: ["password", "cert", "key"].
func (c *Candidate) listed(from int, p *place) bool {
	if p.operator != ',' || !p.pair || p.quote == 0 || from < 2 || c.Data[from-2] != '[' && c.Data[from-2] != '{' {
		return false
	}
	rest, more := bytes.CutPrefix(bytes.TrimLeft(c.lineFrom(c.End), "\"'`"), []byte(","))
	rest = bytes.TrimLeft(rest, " ")
	return more && len(rest) > 0 && isQuote(rest[0])
}

// indexed reports whether the value is the name of an index that a statement of SQL
// makes: KEY `name` (`column`).
func (c *Candidate) indexed(p *place) bool {
	return p.operator == ' ' && p.quote == '`' && named(c, "key") && bytes.HasPrefix(c.Data[c.End:], []byte("` ("))
}

// country reports whether the name, which stands at [from, to), is the code of Palau (ISO
// 3166-1) among those of the countries about it, or of a locale of it.
func (c *Candidate) country(from, to int) bool {
	switch string(c.Data[from:to]) {
	case "en_PW", "en-PW", "pau_PW", "pau-PW":
		return true
	case "PW":
	default:
		return false
	}
	if from == 0 || to == len(c.Data) {
		return false
	}
	const near = 64
	for at := max(1, from-near); at+2 < min(len(c.Data), to+near); at++ {
		if nextCountries[string(c.Data[at:at+2])] && c.Data[at-1] == c.Data[from-1] && c.Data[at+2] == c.Data[to] {
			return true
		}
	}
	return false
}

// nextCountries are those that stand about Palau in a list, by codes or by names.
var nextCountries = set("PT PY PS OM PK PA QA")

// answer is one that may not be known yet.
type answer uint8

const (
	unasked answer = iota
	no
	yes
)

// inner reports whether the name of a value without quotes stands in a text or
// a comment of the language, whose rules do not hold there. It costs a look at
// all that stands before on the line.
func (c *Candidate) inner(p *place) bool {
	if p.inner == unasked {
		p.inner = no
		if p.quoting && p.quote == 0 && (inside(c.lineTo(p.name)) || raw(c.Data[max(0, p.name-2048):p.name])) {
			p.inner = yes
		}
	}
	return p.inner == yes
}

// lastName returns the name that a text ends in.
func lastName(text []byte) []byte {
	i := len(text)
	for i > 0 && isNameByte(text[i-1]) {
		i--
	}
	return text[i:]
}

// quoted returns the quote that encloses the value; torn where the one before
// it is not the one behind it.
func (c *Candidate) quoted() (quote byte, torn bool) {
	before, after := byte(0), byte(0)
	if c.Start > 0 && isQuote(c.Data[c.Start-1]) {
		before = c.Data[c.Start-1]
	}
	end := c.End
	for end < len(c.Data) && c.Data[end] == '\\' {
		end++
	}
	if end < len(c.Data) && isQuote(c.Data[end]) {
		after = c.Data[end]
	}
	switch {
	case before == after:
		return before, false
	case before == 0:
		return 0, false // the end of a text that the whole assignment stands in
	}
	return before, true
}

// ended reports whether a text in these quotes ends before the value does.
func ended(v []byte, quote byte) bool {
	for i, b := range v {
		if b == quote && quote != 0 && (i == 0 || v[i-1] != '\\') {
			return true
		}
	}
	return false
}

// lineTo returns the line that position at is on, up to it.
func (c *Candidate) lineTo(at int) []byte {
	return c.Data[bytes.LastIndexByte(c.Data[:at], '\n')+1 : at]
}

// lineFrom returns the rest of the line that position at is on.
func (c *Candidate) lineFrom(at int) []byte {
	if i := bytes.IndexByte(c.Data[at:], '\n'); i >= 0 {
		return c.Data[at : at+i]
	}
	return c.Data[at:]
}

func isQuote(b byte) bool { return b == '"' || b == '\'' || b == '`' }
func isSpace(b byte) bool { return b == ' ' || b == '\t' || b == '\n' || b == '\r' }
