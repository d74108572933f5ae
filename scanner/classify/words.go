package classify

import (
	"iter"
	"math/bits"
	"strings"
)

// set makes a set of the words of a text.
func set(text string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(text) {
		m[w] = true
	}
	return m
}

// starts is a set of texts by their first byte.
type starts [256][]string

// starters makes a set of texts that something may start with.
func starters(texts ...string) *starts {
	s := &starts{}
	for _, t := range texts {
		s[t[0]] = append(s[t[0]], t)
	}
	return s
}

// begin reports whether a value starts with one of them.
func (s *starts) begin(v []byte) bool {
	if len(v) == 0 {
		return false
	}
	for _, t := range s[v[0]] {
		if len(v) >= len(t) && string(v[:len(t)]) == t {
			return true
		}
	}
	return false
}

// beginFolded is begin for texts in lower case, whatever the case of the value.
func (s *starts) beginFolded(v []byte) bool {
	for _, t := range s[lowered(v[0])] {
		n := 0
		for n < len(t) && n < len(v) && lowered(v[n]) == t[n] {
			n++
		}
		if n == len(t) {
			return true
		}
	}
	return false
}

func lowered(b byte) byte {
	if isUpper(b) {
		b |= 0x20
	}
	return b
}

func raised(b byte) byte {
	if isLower(b) {
		b &^= 0x20
	}
	return b
}

// eachWord goes through the words of a value, split where letters end and at
// humps; digits and all else part them and are left out.
func eachWord(v []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for i := 0; i < len(v); {
			if symbol(v[i]) == edge {
				i++
				continue
			}
			end := hump(v, i)
			if !yield(v[i:end]) {
				return
			}
			i = end
		}
	}
}

// hump returns where the word ends that starts at a letter of a text. A run of
// letters is split at its humps: "parseURLPath" into parse, URL and Path.
func hump(v []byte, start int) int {
	end := start + 1
	for before := symbols[v[start]]; end < len(v); end++ {
		s := symbols[v[end]]
		if s-1 >= capital-1 && (s == edge || before < capital || end+1 < len(v) && isLower(v[end+1])) { // no small letter
			break
		}
		before = s
	}
	return end
}

// made reports whether a word in small letters is one of a kind or several of them written
// together.
func (d *dictionary) made(word []byte, kind wordKind) bool {
	if d.kind(word)&kind != 0 {
		return true
	}
	if len(word) > 64 {
		return false
	}
	// Each bit of reach is a place where a word of several may begin.
	for reach := uint64(1); reach != 0; reach &= reach - 1 {
		start := bits.TrailingZeros64(reach)
		for lengths := d.lengthsAt(word[start:]); lengths != 0; lengths &= lengths - 1 {
			end := start + bits.TrailingZeros32(lengths)
			if end <= len(word) && d.kind(word[start:end])&kind != 0 {
				if end == len(word) {
					return true
				}
				reach |= 1 << end
			}
		}
	}
	return false
}

func digitRun(v []byte) int {
	n := 0
	for n < len(v) && isDigit(v[n]) {
		n++
	}
	return n
}

func isDigit(b byte) bool { return b >= '0' && b <= '9' }
func isUpper(b byte) bool { return b >= 'A' && b <= 'Z' }
func isLower(b byte) bool { return b >= 'a' && b <= 'z' }

func isSeparator(b byte) bool {
	switch b {
	case '-', '_', '.', ' ', '/', ':', ',':
		return true
	}
	return false
}

// longest returns the longest of the pieces that a value falls into at the
// bytes that have one of these traits.
func longest(v []byte, parts traits) []byte {
	var best []byte
	start := 0
	for i := 0; i <= len(v); i++ {
		if i < len(v) && byteTraits[v[i]]&parts == 0 {
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

// kinds counts the kinds of characters in a value: small letters, capitals,
// digits, symbols; separators are none.
func kinds(v []byte) int { return traitsOf(v).kinds() }
