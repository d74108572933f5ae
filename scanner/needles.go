package scanner

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"hash/maphash"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
	"unicode/utf8"
)

// needles finds values in any form in a text. There may be as many values as a
// report has, and the texts are short: all that is made of a form, until a text
// has its first bytes, are these.
type needles struct {
	window int // length of what keys are made of
	words  bool
	values []string
	all    []needle
	filter []uint64 // bits for each key, to say no at once
	sorted bool     // all is, by key
	groups map[uint32][]form
	seed   maphash.Seed
}

// A needle is a form of a value: what its first bytes sum up to, the value's
// index and that of the form, from the high bits to the low.
type needle uint64

const formBits = 4

var _ [1<<formBits - len(forms)]struct{} // there are no more forms than fit

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
	needle int32
}

func (a form) compare(b form) int {
	return cmp.Or(cmp.Compare(a.length, b.length), cmp.Compare(a.sum, b.sum))
}

const filterBits = 1 << 20

// newNeedles returns an index of values none of which is shorter than window.
// Words are found as they are, where no letter or digit stands beside them.
func newNeedles(values []string, window int, words bool) *needles {
	n := &needles{window: window, words: words, values: values, filter: make([]uint64, filterBits/64), groups: map[uint32][]form{}, seed: maphash.MakeSeed()}
	for i, v := range values {
		start := v[:clip(v)]
		n.add(i, 0, start)
		if words || len(v) > longestEncoded {
			continue
		}
		for f := 1; f < len(forms); f++ {
			if text := forms[f](start); text != start && len(text) >= window {
				n.add(i, f, text)
			}
		}
	}
	return n
}

// clip returns how much of a value decides about the first eight bytes of each
// of its forms: that does not end within a code point.
func clip(v string) int {
	end := min(len(v), 16)
	for end < len(v) && end > 12 && !utf8.RuneStart(v[end]) {
		end--
	}
	return end
}

// add notes the form of a value that starts with text.
func (n *needles) add(value, form int, text string) {
	key := n.key(text)
	n.all = append(n.all, newNeedle(key, value, form))
	word, bits := filterAt(key)
	n.filter[word] |= bits
}

// filterAt returns the word of the filter, and two bits in it, of a key.
func filterAt(key uint32) (word uint32, bits uint64) {
	return key >> 6 % (filterBits / 64), 1<<(key&63) | 1<<(key>>26)
}

// group returns the forms of a key, sorted, made when a text first asks.
func (n *needles) group(key uint32) []form {
	if g, ok := n.groups[key]; ok {
		return g
	}
	if !n.sorted {
		slices.Sort(n.all)
		n.sorted = true
	}
	var g []form
	for i := sort.Search(len(n.all), func(i int) bool { return n.all[i].key() >= key }); i < len(n.all) && n.all[i].key() == key; i++ {
		text := n.made(i)
		g = append(g, form{int32(len(text)), n.sum(text), int32(i)})
	}
	slices.SortFunc(g, form.compare)
	n.groups[key] = g
	return g
}

// key sums up the first window bytes of a text.
func (n *needles) key(text string) uint32 {
	var start [8]byte
	copy(start[:], text[:n.window])
	return uint32(binary.LittleEndian.Uint64(start[:]) * 0x9e3779b97f4a7c15 >> 32)
}

func (n *needles) sum(text string) uint32 { return uint32(maphash.String(n.seed, text)) }

// replace returns the text with every value redacted, the longest where several
// start at one place.
func (n *needles) replace(text string) string {
	if len(n.all) == 0 {
		return text
	}
	var b strings.Builder
	kept := 0
	for at := 0; at+n.window <= len(text); {
		length := n.at(text, at)
		if length == 0 {
			at++
			continue
		}
		b.WriteString(text[kept:at])
		b.WriteString(redaction)
		at += length
		kept = at
	}
	if kept == 0 {
		return text
	}
	return b.String() + text[kept:]
}

// at returns the length of the longest form that stands at a position.
func (n *needles) at(text string, at int) int {
	key := n.key(text[at:])
	if word, bits := filterAt(key); n.filter[word]&bits != bits {
		return 0
	}
	longest := 0
	for group := n.group(key); len(group) > 0; {
		want := form{length: group[0].length}
		if end := at + int(want.length); end <= len(text) {
			want.sum = n.sum(text[at:end])
			for _, m := range group[search(group, want):] {
				if m.compare(want) != 0 {
					break
				}
				if n.made(int(m.needle)) == text[at:end] && (!n.words || standsAlone(text, at, end)) {
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

func (n *needles) made(i int) string { return forms[n.all[i].form()](n.values[n.all[i].value()]) }

func standsAlone(text string, at, end int) bool {
	return (at == 0 || !alphanumeric(text[at-1])) && (end == len(text) || !alphanumeric(text[end]))
}

func alphanumeric(b byte) bool { return word(b) && b != '_' }

// forms are what a value looks like: as it is, quoted, in base64 wherever it
// starts in a longer text, in hexadecimal and percent-encoded.
var forms = [...]func(string) string{
	func(v string) string { return v },
	func(v string) string { q := strconv.Quote(v); return q[1 : len(q)-1] },
	url.QueryEscape,
	url.PathEscape,
	func(v string) string { return hex.EncodeToString([]byte(v)) },
	func(v string) string { return strings.ToUpper(hex.EncodeToString([]byte(v))) },
	func(v string) string { return percent(v, "0123456789abcdef") },
	func(v string) string { return percent(v, "0123456789ABCDEF") },
	func(v string) string { return within(base64.RawStdEncoding, v, 0) },
	func(v string) string { return within(base64.RawStdEncoding, v, 1) },
	func(v string) string { return within(base64.RawStdEncoding, v, 2) },
	func(v string) string { return within(base64.RawURLEncoding, v, 0) },
	func(v string) string { return within(base64.RawURLEncoding, v, 1) },
	func(v string) string { return within(base64.RawURLEncoding, v, 2) },
}

func percent(v, digits string) string {
	out := make([]byte, 0, 3*len(v))
	for i := range len(v) {
		out = append(out, '%', digits[v[i]>>4], digits[v[i]&15])
	}
	return string(out)
}

// within returns the digits that hold nothing but v where lead bytes stand
// before it.
func within(e *base64.Encoding, v string, lead int) string {
	text := e.EncodeToString(append(make([]byte, lead), v...))
	first := (lead*8 + 5) / 6       // digits that hold bits of what stands before
	last := (lead + len(v)) * 8 / 6 // digits before one that holds bits of what follows
	return text[first:last]
}
