package classify

import (
	"bytes"
	"math"
	"math/bits"
)

// filler reports whether a value only fills the place of a secret, whatever
// kind of secret it is: nothing that a generator makes is filler.
func filler(v []byte) bool {
	return dull(v) || enclosed(v) || marked(v)
}

// dull reports whether most of a value is one character, a few characters over
// and over, or characters in their order: xxxxxxxx, abcabcabc, 0123456789abcdef.
func dull(v []byte) bool {
	if len(v) < 4 {
		return len(v) == 3 && string(v) == "***"
	}
	steps := 0
	for i, b := range v[1:] {
		if b-v[i]+1 <= 2 {
			steps++
		}
	}
	held := bytesIn(v)
	switch n, distinct := len(v), held.variety(); {
	case distinct <= 2, distinct <= 4 && n >= 16, n > 5 && 10*steps >= 7*(n-1):
		return true
	case n >= 8 && distinct <= n/2+1 && 2*most(v) >= n: // with more, none can be half of them
		return true
	case steps >= 3 && drawls(v): // in a run of four there are as many
		return true
	}
	return periodic(v)
}

// drawls reports whether much of a value is one character, that many times in a
// row.
func drawls(v []byte) bool {
	run, longest := 1, 1
	for i, b := range v[1:] {
		if run++; b != v[i] {
			run = 1
		}
		longest = max(longest, run)
	}
	return longest >= 8 && 3*longest >= len(v) || longest > 3 && 2*longest >= len(v)
}

// variety returns how many characters are in a set, dashes apart.
func (s *byteSet) variety() int {
	n := 0
	for _, word := range s {
		n += bits.OnesCount64(word)
	}
	for _, dash := range []byte("-_") {
		if s.has(dash) {
			n--
		}
	}
	return n
}

// most returns how often a value has the character that it has most often, dashes
// apart.
func most(v []byte) int {
	if len(v) >= math.MaxUint8 {
		return mostOf[uint](v)
	}
	return mostOf[uint8](v)
}

// mostOf is most, with counts that are no larger than they must be.
func mostOf[T uint8 | uint](v []byte) int {
	var counts [256]T
	for _, b := range v {
		counts[b]++
	}
	counts['-'], counts['_'] = 0, 0
	most := T(0)
	for _, b := range v {
		most = max(most, counts[b])
	}
	return int(most)
}

// periodic reports whether a value says the same few characters over and over.
func periodic(v []byte) bool {
	for period := 1; period <= 4 && 2*period < len(v); period++ {
		if v[period] == v[0] && bytes.Equal(v[period:], v[:len(v)-period]) {
			return true
		}
	}
	return false
}

// enclosed reports whether a value is a name in the brackets that templates
// and documents put round what the reader fills in.
func enclosed(v []byte) bool {
	if len(v) < 3 {
		return false
	}
	first, last := v[0], v[len(v)-1]
	switch {
	case v[1] == '\\' || v[1] == '"': // JSON
		return false
	case first == '<' && last == '>', first == '[' && last == ']', first == '{' && last == '}':
		return Rarity(v[1:len(v)-1]) < 10
	}
	if bytes.HasPrefix(v, []byte("«")) {
		return true
	}
	return bytes.HasPrefix(v, []byte("__")) && bytes.HasSuffix(v, []byte("__"))
}

// marks are the words by which a value says that it is none.
var marks = starters(
	"example", "changeme", "change_me", "change-me", "change.me", "change_this", "changethis", "change-this", "placeholder",
	"redacted", "your_", "your-", "your.", "yourpass", "yoursecret", "yourtoken", "yourkey", "yourapi", "xxxxx", "*****",
	"...", "…", "replaceme", "replace_me", "replace-me", "replace_with", "replace-with", "insert_", "insert-", "put_your",
	"goes_here", "goes-here", "goeshere", "notreal", "not-real", "not_real", "notareal", "not-a-real", "not_a_real", "dummy",
	"deadbeef", "123e4567-e89b-12d3", "f47ac10b-58cc-4372",
	// The examples of RFC 6749 and RFC 6750, and of the documentation of Kubernetes and GitHub.
	"2yotnfzfejr1zcsicmwpaa", "tgzv3jokf0xg5qx2tlkwia", "splxlobezqqybys6wxsbia", "gx1fbat3bv", "mf_9.b5f-4.1jqm", "1f2d1e2e67df",
	"16c7e42f292c6912e7710c838347ae178b4a",
	"jbswy3dpehpk3pxp", "todo_", "fixme", "removed", "censored", "fake", "sample", "foobar",
)

// markHeads says of each byte, in a bit for one mark in eight, at which of the
// first three places of a mark it may stand, in either case.
var markHeads = func() *[3][256]uint8 {
	var heads [3][256]uint8
	n := 0
	for _, list := range marks {
		for _, mark := range list {
			for at := range heads {
				b := mark[at]
				heads[at][b] |= 1 << (n % 8)
				if isLower(b) {
					heads[at][b-'a'+'A'] |= 1 << (n % 8)
				}
			}
			n++
		}
	}
	return &heads
}()

func marked(v []byte) bool {
	if len(v) > 256 { // a document, which may speak of an example
		return false
	}
	for i := 0; i+2 < len(v); i++ {
		if markHeads[0][v[i]]&markHeads[1][v[i+1]]&markHeads[2][v[i+2]] != 0 && marks.beginFolded(v[i:]) {
			return true
		}
	}
	return false
}
