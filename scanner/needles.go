package scanner

import (
	"cmp"
	"hash/maphash"
	"math/bits"
	"slices"
	"sort"
	"unicode/utf8"
)

// needles finds values in any form in a text. There may be as many values as a
// report has, and the texts are short: all that is made of a form, until a text
// has its first bytes, are these.
type needles struct {
	window int // length of what keys are made of: shortestMasked or shortestLong
	words  bool
	values []string
	all    []needle
	// ends says, once texts have asked for several groups, where those of each
	// bucket of keys end; shift makes a bucket of a key.
	ends   []uint32
	shift  int
	asked  int      // groups that were made before that
	filter []uint64 // bits for each key, to say no at once
	groups map[uint32][]form
	seed   maphash.Seed
	buffer []byte
}

// A needle is a form of a value: what its first bytes sum up to, the value's
// index and that of the form, from the high bits to the low.
type needle uint64

const formBits = 4

var _ [1<<formBits - formCount]struct{} // there are no more forms than fit

func newNeedle(key uint32, value, form int) needle {
	return needle(key)<<32 | needle(value)<<formBits | needle(form)
}

func (n needle) key() uint32 { return uint32(n >> 32) }

func (n needle) value() int { return int(uint32(n) >> formBits) }

func (n needle) form() int { return int(n & (1<<formBits - 1)) }

// form is a needle that was made: its length and its sum.
type form struct {
	length int32
	sum    uint32
	needle needle
}

func (a form) compare(b form) int {
	return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.sum, b.sum))
}

// newNeedles returns an index of values none of which is shorter than window.
// Words are found as they are, where no letter or digit stands beside them.
func newNeedles(values []string, window int, words bool) *needles {
	n := &needles{window: window, words: words, values: values, groups: map[uint32][]form{}, seed: maphash.MakeSeed()}
	each := 1
	if !words {
		each = formCount
	}
	n.all = make([]needle, 0, each*len(values))
	for i, v := range values {
		n.add(i, asItIs, v[:window])
		if words || len(v) > longestEncoded {
			continue
		}
		escaped := escapedIn(v)
		for f := quoted; f < escapedForms; f++ {
			if escaped>>f&1 != 0 {
				n.add(i, f, v[:clip(v)])
			}
		}
		n.encode(i, v)
	}
	n.sieve()
	return n
}

// clip returns how much of a value decides about the first eight bytes of each
// of its forms in which something is escaped: that does not end within a code
// point.
func clip(v string) int {
	end := min(len(v), 16)
	for end < len(v) && end > 12 && !utf8.RuneStart(v[end]) {
		end--
	}
	return end
}

// add notes the form of a value that starts with start.
func (n *needles) add(value, form int, start string) {
	n.buffer = appendForm(n.buffer[:0], start, form)
	if len(n.buffer) >= n.window {
		n.all = append(n.all, newNeedle(keyOf(n.buffer, n.window), value, form))
	}
}

// encode notes the forms of a value that are of all its bytes. There are many, and
// what they start with is had without making them.
func (n *needles) encode(value int, v string) {
	form := escapedForms
	note := func(start uint64) {
		n.all = append(n.all, newNeedle(mix(start), value, form))
		form++
	}
	digits := [...]string{lowerDigits, upperDigits}
	for _, digits := range digits {
		note(hexOf(v[0], digits) | hexOf(v[1], digits)<<16 | hexOf(v[2], digits)<<32 | hexOf(v[3], digits)<<48)
	}
	for _, digits := range digits {
		note('%' | hexOf(v[0], digits)<<8 | '%'<<24 | hexOf(v[1], digits)<<32 | '%'<<48 | hexOf(v[2], digits)<<56)
	}
	bits := uint64(0)
	for i := range 7 {
		bits = bits<<8 | uint64(v[i])
	}
	for _, alphabet := range [...]string{standardDigits, urlDigits} {
		for _, skipped := range [...]int{0, 4, 2} { // bits that share a digit with what stands before
			note(base64Of(bits>>(8-skipped), alphabet))
		}
	}
}

// base64Of returns eight digits, the first in the low bits.
func base64Of(bits uint64, digits string) uint64 {
	start := uint64(0)
	for range shortestLong {
		start = start<<8 | uint64(digits[bits&63])
		bits >>= 6
	}
	return start
}

// hexOf returns two digits, the first in the low bits.
func hexOf(b byte, digits string) uint64 {
	return uint64(digits[b>>4]) | uint64(digits[b&15])<<8
}

const (
	standardDigits = letterDigits + "+/"
	urlDigits      = letterDigits + "-_"
	letterDigits   = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
)

// sieve makes the filter: sixteen bits for each needle, of which it sets four.
func (n *needles) sieve() {
	n.filter = make([]uint64, 1<<bits.Len(uint(len(n.all)/4)))
	for _, m := range n.all {
		word, bits := n.filterAt(m.key())
		n.filter[word] |= bits
	}
}

// filterAt returns the word of the filter, and four bits in it, of a key.
func (n *needles) filterAt(key uint32) (word uint32, bits uint64) {
	return key * 0x85ebca6b >> 7 & uint32(len(n.filter)-1), 1<<(key&63) | 1<<(key>>10&63) | 1<<(key>>18&63) | 1<<(key>>26)
}

// sort puts the needles into buckets by the high bits of their keys.
func (n *needles) sort() {
	width := bits.Len(uint(len(n.all) / 4))
	n.shift = 32 - width
	n.ends = make([]uint32, 1<<width)
	for _, m := range n.all {
		n.ends[m.key()>>n.shift]++
	}
	sum := uint32(0)
	for i, count := range n.ends {
		n.ends[i] = sum
		sum += count
	}
	sorted := make([]needle, len(n.all))
	for _, m := range n.all {
		end := &n.ends[m.key()>>n.shift]
		sorted[*end] = m
		*end++
	}
	n.all = sorted
}

// mostUnsorted is how many groups are put together from all needles before these
// are sorted: few texts have the beginning of a value.
const mostUnsorted = 16

// bucket returns where the needles that may have a key are.
func (n *needles) bucket(key uint32) (from, to uint32) {
	if n.ends == nil && n.asked < mostUnsorted {
		n.asked++
		return 0, uint32(len(n.all))
	}
	if n.ends == nil {
		n.sort()
	}
	b := key >> n.shift
	if b > 0 {
		from = n.ends[b-1]
	}
	return from, n.ends[b]
}

// group returns the forms of a key, sorted, made when a text first asks.
func (n *needles) group(key uint32) []form {
	if g, ok := n.groups[key]; ok {
		return g
	}
	var g []form
	for i, to := n.bucket(key); i < to; i++ {
		if m := n.all[i]; m.key() == key {
			text := n.made(m)
			g = append(g, form{int32(len(text)), n.sum(text), m})
		}
	}
	slices.SortFunc(g, form.compare)
	n.groups[key] = g
	return g
}

// keyOf sums up the first bytes of a text: shortestMasked or shortestLong of them.
func keyOf[T string | []byte](text T, window int) uint32 {
	key := uint64(text[0]) | uint64(text[1])<<8 | uint64(text[2])<<16 | uint64(text[3])<<24
	if window == shortestLong {
		key |= uint64(text[4])<<32 | uint64(text[5])<<40 | uint64(text[6])<<48 | uint64(text[7])<<56
	}
	return mix(key)
}

func mix(key uint64) uint32 { return uint32(key * 0x9e3779b97f4a7c15 >> 32) }

func (n *needles) sum(text []byte) uint32 { return uint32(maphash.Bytes(n.seed, text)) }

// replace returns the text with every value redacted, the longest where several
// start at one place.
func (n *needles) replace(text string) string {
	if len(n.all) == 0 {
		return text
	}
	var out []byte
	kept := 0
	for at := 0; at+n.window <= len(text); {
		key := keyOf(text[at:], n.window)
		if word, bits := n.filterAt(key); n.filter[word]&bits != bits {
			at++
			continue
		}
		length := n.at(text, at, key)
		if length == 0 {
			at++
			continue
		}
		out = append(append(out, text[kept:at]...), redaction...)
		at += length
		kept = at
	}
	if kept == 0 {
		return text
	}
	return string(append(out, text[kept:]...))
}

// at returns the length of the longest form that stands at a position; key is
// that of its first bytes.
func (n *needles) at(text string, at int, key uint32) int {
	longest := 0
	for group := n.group(key); len(group) > 0; {
		want := form{length: group[0].length}
		if end := at + int(want.length); end <= len(text) {
			want.sum = uint32(maphash.String(n.seed, text[at:end]))
			for _, m := range group[search(group, want):] {
				if m.compare(want) != 0 {
					break
				}
				if string(n.made(m.needle)) == text[at:end] && (!n.words || standsAlone(text, at, end)) {
					longest = end - at
				}
			}
		}
		group = group[search(group, form{length: want.length + 1}):]
	}
	return longest
}

// search returns the first of a group that is not before the one wanted.
func search(group []form, want form) int {
	return sort.Search(len(group), func(i int) bool { return group[i].compare(want) >= 0 })
}

// made returns a needle as it stands in a text, good until the next call.
func (n *needles) made(m needle) []byte {
	n.buffer = appendForm(n.buffer[:0], n.values[m.value()], m.form())
	return n.buffer
}

func standsAlone(text string, at, end int) bool {
	return (at == 0 || !alphanumeric(text[at-1])) && (end == len(text) || !alphanumeric(text[end]))
}

func alphanumeric(b byte) bool { return word(b) && b != '_' }
