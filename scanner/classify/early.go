package classify

import (
	"bytes"
)

// asked is the identifier that Names was asked about last.
type asked struct {
	from, to int
	// long: it is none, too long to be one, and known from from to to alone.
	long   bool
	answer bool
	title  title // unless it is long
}

// Turn says that the next question of Names is about other data.
func (t *Titles) Turn() { t.last = asked{} }

// Names reports whether the identifier that data[from:to] is part of can be the
// name of a credential: false means that the judge of assigned values takes
// nothing for a secret that such a name, with anything but a part of a name
// behind it, is given. It is much cheaper than to find the value, and costs next
// to nothing where the identifier is the one asked about before: Turn has to be
// called between one data and others.
func (t *Titles) Names(data []byte, from, to int, f *File) bool {
	last := &t.last
	if last.from <= from && from <= last.to {
		for last.long && last.to < to && isNameByte(data[last.to]) {
			last.to++
		}
		if to <= last.to {
			return last.answer
		}
	}
	from, to = spread(data, from, to)
	last.from, last.to, last.long, last.answer = from, to, to-from >= longestName, false
	if !last.long {
		from = undashed(data, from, to)
		last.title = t.read(data[from:to])
		last.answer = last.title.promise != nothing &&
			(to == len(data) || !leading[data[to]] || !speaks(data, from, to) && !computes(data, from, to, f))
	}
	return last.answer
}

// Dismisses reports whether the judge of assigned values takes the value
// data[from:to] of the identifier at name for no secret, whatever stands round it,
// if that identifier is the one that Names was asked about last; if it is not, or
// the value may be one, it says no. It is much cheaper than the judge.
func (t *Titles) Dismisses(data []byte, name, from, to int, f *File) bool {
	last := &t.last
	if last.long || name < last.from || name >= last.to || from < last.to {
		return false
	}
	value := Alone(data[from:to])
	_, rare := t.measure(value, last.title.promise)
	return humdrum(value, rare, last.title, f)
}

// computes reports whether what is assigned to an identifier is code: a word
// without quotes where the language of the file, or the operator, asks for
// them. It knows the plainest form alone: name, operator, word.
func computes(data []byte, from, to int, f *File) bool {
	at := to
	for at < len(data) && at-to < 5 && closing[data[at]] {
		at++
	}
	operator := blanks(data, at)
	value := operator
	for value < len(data) && value-operator <= longestOperator && operating[data[value]] {
		value++
	}
	if value == operator || value-operator > longestOperator {
		return false
	}
	last := data[value-1]
	called := last == ',' || last == '(' || last == '|'
	if flag := from > 0 && data[from-1] == '-'; !called && (flag || !f.quoting) {
		return false
	}
	value = blanks(data, value)
	end := value
	for end < len(data) && end-value <= longestWord && wordBytes[data[end]] {
		end++
	}
	if end-value < 4 || end-value > longestWord || !isLetter(data[value]) || end == len(data) || decodes(data[value:value+4]) || opens(data, end) {
		return false
	}
	switch {
	case called:
		return last != ',' || !bytes.EqualFold(data[value:end], []byte("value"))
	case last == ':':
		if next := blanks(data, end); next < len(data) && (data[next] == '=' || bytes.IndexByte([]byte("<>?&"), data[next]) >= 0) {
			return false // the type of what is assigned
		}
	}
	near := data[max(0, from-longestLine):from]
	if len(near) < from && bytes.IndexByte(near, '\n') < 0 { // quicker to tell than where the last one is
		return false
	}
	line := bytes.LastIndexByte(near, '\n')
	return (line >= 0 || len(near) == from) && !inside(near[line+1:]) && !raw(data[max(0, from-2048):from])
}

var wordBytes = tableOf(func(b byte) bool { return isNameByte(b) || b == ':' || b == '[' || b == ']' })

const (
	longestOperator = 3
	longestWord     = 64
	// longestLine bounds what is looked at of a line before a name. In longer
	// ones the expression decides.
	longestLine = 512
)

var (
	// leading may stand right behind a name that speaks or computes.
	leading   = tableOf(func(b byte) bool { return b == ' ' || b == '\t' || closing[b] || operating[b] })
	closing   = tableOf(func(b byte) bool { return b == '*' || b == ']' || b == ')' || b == '}' })
	operating = tableOf(func(b byte) bool { return bytes.IndexByte([]byte("=:!+,(|"), b) >= 0 })
)

// opens reports whether a text in quotes may begin right behind a word: as the
// argument of a call, or as what is taken where the word is nothing.
func opens(data []byte, at int) bool {
	switch b := data[at]; {
	case isQuote(b), b == '\\', b == '@', b == '$', b == '(', b == '\n', b == '\r':
		return true
	case b != ' ' && b != '\t' && b != '|' && b != '?':
		return false
	}
	at = blanks(data, at)
	rest := data[at:min(len(data), at+2)]
	return len(rest) < 2 || rest[0] == '|' || rest[0] == '?' || bytes.EqualFold(rest, []byte("or"))
}

// speaks reports whether an identifier is a word of a sentence: two more words
// stand behind it, with blanks between, and it is no option. Of these the judge
// takes the first for a value without quotes or an operator, which is none.
func speaks(data []byte, from, to int) bool {
	first := blanks(data, to)
	if first == to || from > 0 && data[from-1] == '-' {
		return false
	}
	end := first
	for most := min(len(data), first+longestWord+1); end < most && letterBytes[data[end]]; {
		end++
	}
	second := blanks(data, end)
	if second == end || second >= len(data) || !isLetter(data[second]) {
		return false
	}
	switch n := end - first; {
	case n == 0 || n > longestWord, n >= 8 && n%4 == 0 && decodes(data[first:first+4]):
		return false
	case n == 3 && bytes.EqualFold(data[first:end], []byte("new")):
		return false
	}
	word := data[second:min(len(data), second+3)] // "a or 'b'" is a value where the first is none
	return len(word) < 3 || word[0]|0x20 != 'o' || word[1]|0x20 != 'r' || isLetter(word[2])
}

var letterBytes = tableOf(isLetter)

// decodes reports whether four letters may be how the base64 of a user and a
// password starts.
func decodes(letters []byte) bool {
	bits := uint64(0)
	for _, b := range letters[:4] {
		bits = bits<<6 | sextets[b]
	}
	return bits < 1<<24 && isPrintable(byte(bits>>16)) && isPrintable(byte(bits>>8)) && isPrintable(byte(bits))
}

// sextets are what the digits of base64 stand for; of what is none, more than all
// four of them can hold.
var sextets = func() (t [256]uint64) {
	for b := range t {
		t[b] = 1 << 24
	}
	for i, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		t[b] = uint64(i)
	}
	return t
}()

// blanks returns where the blanks from at on end.
func blanks(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}
