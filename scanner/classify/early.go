package classify

import (
	"bytes"
	"encoding/base64"
)

// Names reports whether the identifier that data[from:to] is part of can be the
// name of a credential: false means that the judge of assigned values takes
// nothing for a secret that such a name, with anything but a part of a name
// behind it, is given. It is much cheaper than to find the value.
func (t *Titles) Names(data []byte, from, to int) bool {
	from, to = identifier(data, from, to)
	return t.read(data[from:to]).promise != nothing && !speaks(data, from, to)
}

// speaks reports whether an identifier is a word of a sentence: two more words
// stand behind it, with blanks between, and it is no option. Of these the judge
// takes the first for a value without quotes or an operator, which is none.
func speaks(data []byte, from, to int) bool {
	if from > 0 && data[from-1] == '-' {
		return false
	}
	first := blanks(data, to)
	end := first
	for end < len(data) && isLetter(data[end]) {
		end++
	}
	second := blanks(data, end)
	if first == to || second == end || second >= len(data) || !isLetter(data[second]) {
		return false
	}
	switch n := end - first; {
	case n == 0 || n > 32, n >= 8 && n%4 == 0 && decodes(data[first:first+4]):
		return false
	case n == 3 && bytes.EqualFold(data[first:end], []byte("new")):
		return false
	}
	word := data[second:min(len(data), second+3)] // "a or 'b'" is a value where the first is none
	return len(word) < 3 || !bytes.EqualFold(word[:2], []byte("or")) || isLetter(word[2])
}

// decodes reports whether four letters may be how the base64 of a user and a
// password starts.
func decodes(letters []byte) bool {
	var start [3]byte
	n, err := base64.StdEncoding.Decode(start[:], letters)
	return err == nil && all(start[:n], isPrintable)
}

// blanks returns where the blanks from at on end.
func blanks(data []byte, at int) int {
	for at < len(data) && (data[at] == ' ' || data[at] == '\t') {
		at++
	}
	return at
}
