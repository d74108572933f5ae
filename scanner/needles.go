package scanner

import (
	"cmp"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"strings"
)

// needles finds values in any form in a text. There may be as many values as a
// report has, so it keeps no form of them: sums of the first bytes of each and
// of the whole tell where one stands, and it is made once more to be compared.
type needles struct {
	window int // length of what keys are made of
	words  bool
	values []string
	all    []needle // sorted
	filter []uint64 // a bit for each key, to say no at once
	seed   maphash.Seed
}

type needle struct {
	key    uint32 // of the first bytes
	length int32
	sum    uint32
	value  int32
	form   uint8
}

func (a needle) compare(b needle) int {
	return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.length, b.length), cmp.Compare(a.sum, b.sum))
}

const filterBits = 1 << 20

// newNeedles returns an index of values none of which is shorter than window.
// Words are found as they are, where no letter or digit stands beside them.
func newNeedles(values []string, window int, words bool) *needles {
	n := &needles{window: window, words: words, values: values, filter: make([]uint64, filterBits/64), seed: maphash.MakeSeed()}
	for i, v := range values {
		var seen [len(forms)]string
		for f, form := range forms {
			if f > 0 && (words || len(v) > longestEncoded) {
				break
			}
			text := form(v)
			if len(text) < window || slices.Contains(seen[:f], text) {
				continue
			}
			seen[f] = text
			key := n.key(text)
			n.all = append(n.all, needle{key, int32(len(text)), n.sum(text), int32(i), uint8(f)})
			n.filter[key%filterBits/64] |= 1 << (key % 64)
		}
	}
	slices.SortFunc(n.all, needle.compare)
	return n
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
	if n.filter[key%filterBits/64]&(1<<(key%64)) == 0 {
		return 0
	}
	longest := 0
	for i := n.search(needle{key: key}); i < len(n.all) && n.all[i].key == key; {
		want := needle{key: key, length: n.all[i].length}
		if end := at + int(want.length); end <= len(text) {
			want.sum = n.sum(text[at:end])
			for j := n.search(want); j < len(n.all) && n.all[j].compare(want) == 0; j++ {
				if n.made(j) == text[at:end] && (!n.words || standsAlone(text, at, end)) {
					longest = end - at
				}
			}
		}
		want.length++
		want.sum = 0
		i = n.search(want)
	}
	return longest
}

// search returns the first needle that is not before the one wanted.
func (n *needles) search(want needle) int {
	return sort.Search(len(n.all), func(i int) bool { return n.all[i].compare(want) >= 0 })
}

func (n *needles) made(i int) string { return forms[n.all[i].form](n.values[n.all[i].value]) }

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
	func(v string) string { return percent(v, "%%%02x") },
	func(v string) string { return percent(v, "%%%02X") },
	func(v string) string { return within(base64.RawStdEncoding, v, 0) },
	func(v string) string { return within(base64.RawStdEncoding, v, 1) },
	func(v string) string { return within(base64.RawStdEncoding, v, 2) },
	func(v string) string { return within(base64.RawURLEncoding, v, 0) },
	func(v string) string { return within(base64.RawURLEncoding, v, 1) },
	func(v string) string { return within(base64.RawURLEncoding, v, 2) },
}

func percent(v, format string) string {
	var b strings.Builder
	for i := range len(v) {
		fmt.Fprintf(&b, format, v[i])
	}
	return b.String()
}

// within returns the digits that hold nothing but v where lead bytes stand
// before it.
func within(e *base64.Encoding, v string, lead int) string {
	text := e.EncodeToString(append(make([]byte, lead), v...))
	first := (lead*8 + 5) / 6       // digits that hold bits of what stands before
	last := (lead + len(v)) * 8 / 6 // digits before one that holds bits of what follows
	return text[first:last]
}
