package classify

import (
	"bytes"
	"encoding/binary"
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
	n := len(v)
	if n < 4 {
		return n == 3 && string(v) == "***"
	}
	if few(v[:min(n, 16)]) {
		held := bytesIn(v)
		if distinct := held.variety(); distinct <= 2 || distinct <= 4 && n >= 16 {
			return true
		}
	}
	near := nearness(v)
	switch {
	case n > 5 && 10*near.steps >= 7*(n-1):
		return true
	case n >= 8 && 4*(near.again+1) >= n && 2*most(v) >= n: // what stands further apart is less than half of them
		return true
	case near.repeats >= 3 && 3*(near.repeats+1) >= n && drawls(v): // a run has no more than one without repeats
		return true
	}
	return periodic(v)
}

// few reports whether a value may have no more than four characters, dashes apart.
func few(v []byte) bool {
	set := uint64(0)
	for _, b := range v {
		set |= 1 << (b & 63) // some share a bit
	}
	return bits.OnesCount64(set) <= 4+len("-_")
}

// closeness counts how often the next characters of a value are like the one before.
type closeness struct {
	steps   int // the next one differs by one or not at all
	repeats int // it is the same
	again   int // it or the one after it is the same
}

// nearness looks at eight characters at a time.
func nearness(v []byte) (near closeness) {
	i := 0
	for ; i+10 <= len(v); i += 8 {
		w := v[i : i+10]
		x, y, z := binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[1:]), binary.LittleEndian.Uint64(w[2:])
		// Of each character, without a carry into the next one: how much greater the next is, and one more.
		more := ((y | tops) - (x &^ tops)) ^ ((y ^ ^x) & tops)
		more = ((more &^ tops) + ones) ^ (more & tops)
		same := zeros(x ^ y)
		near.steps += bits.OnesCount64(^((more &^ tops) + (0x80-3)*ones | more) & tops)
		near.repeats += bits.OnesCount64(same)
		near.again += bits.OnesCount64(same | zeros(x^z))
	}
	for ; i+1 < len(v); i++ {
		if v[i+1]-v[i]+1 <= 2 {
			near.steps++
		}
		switch {
		case v[i+1] == v[i]:
			near.repeats++
			near.again++
		case i+2 < len(v) && v[i+2] == v[i]:
			near.again++
		}
	}
	return near
}

const (
	ones = 0x0101010101010101 // in each of eight bytes
	tops = 0x80 * ones
)

// zeros has the top bit of each of eight bytes that is 0.
func zeros(x uint64) uint64 { return ^((x &^ tops) + (tops - ones) | x) & tops }

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

// markPairs say of a byte, in a bit for one mark in 32, at which of the first three
// places of a mark it may stand, in either case: starts at the first and, 32 bits
// higher, the second one; goesOn at those behind them.
var markPairs = func() *struct{ starts, goesOn [256]uint64 } {
	var pairs struct{ starts, goesOn [256]uint64 }
	n := 0
	for _, list := range marks {
		for _, mark := range list {
			for _, fold := range []func(byte) byte{lowered, raised} {
				first, second, third := fold(mark[0]), fold(mark[1]), fold(mark[2])
				pairs.starts[first] |= 1 << (n % 32)
				pairs.goesOn[second] |= 1 << (n % 32)
				pairs.starts[second] |= 1 << (n%32 + 32)
				pairs.goesOn[third] |= 1 << (n%32 + 32)
			}
			n++
		}
	}
	return &pairs
}()

// marked reports whether a mark stands anywhere in a value. All are long enough to
// have two bytes from every other place on.
func marked(v []byte) bool {
	if len(v) > 256 { // a document, which may speak of an example
		return false
	}
	for i := 1; i < len(v); i += 2 {
		may := markPairs.starts[v[i-1]] & markPairs.goesOn[v[i]]
		if may != 0 && (marks.beginFolded(v[i-1:]) || i > 1 && marks.beginFolded(v[i-2:])) {
			return true
		}
	}
	return false
}
