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
// report has, and the texts are short: of most values one form alone is noted, by
// the bytes that it starts with, and a text is read in each way in which these may
// be written down in it.
type needles struct {
	window int // how much of a text decides at least: shortestMasked or shortestLong
	words  bool
	values []string
	all    []needle
	// ends says, once a text has asked for a group, where those of each bucket of
	// keys end; shift makes a bucket of a key.
	ends   []uint32
	shift  int
	filter []uint64 // bits for each key, to say no at once
	groups map[uint64][]form
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

// as is the needle of another form of its value, that is found by the same key.
func (n needle) as(form int) needle { return n&^(1<<formBits-1) | needle(form) }

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
	n := &needles{window: window, words: words, values: values, groups: map[uint64][]form{}, seed: maphash.MakeSeed()}
	n.all = make([]needle, 0, len(values))
	keys := len(values)
	if !words {
		keys *= 1 + len(spare)
	}
	n.filter = make([]uint64, 1<<bits.Len(uint(keys/2)))
	for i, v := range values {
		start := startOf(v, window)
		n.add(plainKey(start, window), i, asItIs)
		if words || len(v) > longestEncoded {
			continue
		}
		for _, bits := range spare {
			n.pass(base64Key(start << bits >> 16))
		}
		if escaped := escapedIn(v[:keyed]); escaped != 0 {
			n.escape(i, v, escaped)
		}
	}
	return n
}

// add notes a form of a value.
func (n *needles) add(key uint32, value, form int) {
	n.all = append(n.all, newNeedle(key, value, form))
	n.pass(key)
}

// escape notes the forms of a value that start otherwise than the value does.
func (n *needles) escape(value int, v string, escaped uint8) {
	for f := quoted; f < escapedForms; f++ {
		if escaped>>f&1 != 0 {
			n.buffer = appendForm(n.buffer[:0], v[:clip(v)], f)
			n.add(plainKey(startOf(n.buffer, n.window), n.window), value, f)
		}
	}
}

// clip returns how much of a value decides about the first eight bytes of each
// of its forms in which something is escaped: that does not end within a code
// point.
func clip(v string) int {
	end := shortestLong
	for end < min(len(v), shortestLong+utf8.UTFMax-1) && !utf8.RuneStart(v[end]) {
		end++
	}
	return end
}

// filterAt returns the word of the filter, and two bits in it, of a key. There are
// at least 32 for each.
func (n *needles) filterAt(key uint32) (word uint32, bits uint64) {
	return key * 0x85ebca6b >> 7 & uint32(len(n.filter)-1), 1<<(key&63) | 1<<(key>>10&63)
}

// pass lets a key pass the filter.
func (n *needles) pass(key uint32) {
	word, bits := n.filterAt(key)
	n.filter[word] |= bits
}

// may reports whether the filter lets a key pass.
func (n *needles) may(key uint32) bool {
	word, bits := n.filterAt(key)
	return n.filter[word]&bits == bits
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

// bucket returns the needles that may have a key.
func (n *needles) bucket(key uint32) []needle {
	if n.ends == nil {
		n.sort()
	}
	from, b := uint32(0), key>>n.shift
	if b > 0 {
		from = n.ends[b-1]
	}
	return n.all[from:n.ends[b]]
}

// group returns the forms of a key that are spelled that way, sorted, made when a
// text first asks.
func (n *needles) group(key uint32, s spelling) []form {
	id := uint64(key)<<8 | uint64(s)
	if g, ok := n.groups[id]; ok {
		return g
	}
	var g []form
	note := func(m needle) {
		text := n.made(m)
		g = append(g, form{int32(len(text)), n.sum(text), m})
	}
	for _, m := range n.bucket(key) {
		if m.key() != key {
			continue
		}
		v := n.values[m.value()]
		encoded := !n.words && m.form() == asItIs && len(v) <= longestEncoded
		if s == plain {
			note(m)
		}
		switch {
		case !encoded:
		case s != plain:
			for _, f := range s.forms() {
				note(m.as(f))
			}
		default: // what is escaped further on
			escaped := escapedIn(v) &^ escapedIn(v[:keyed])
			for f := quoted; f < escapedForms; f++ {
				if escaped>>f&1 != 0 {
					note(m.as(f))
				}
			}
		}
	}
	slices.SortFunc(g, form.compare)
	n.groups[id] = g
	return g
}

func (n *needles) sum(text []byte) uint32 { return uint32(maphash.Bytes(n.seed, text)) }

// replace returns the text with every value redacted, the longest where several
// start at one place.
func (n *needles) replace(text string) string {
	if len(n.all) == 0 || len(text) < n.window {
		return text
	}
	var out []byte
	var r reader
	kept := 0
	for at := 0; at+n.window <= len(text); {
		r.read(text, at+n.window)
		length := 0
		if key := plainKey(r.bytes, n.window); n.may(key) {
			length = n.at(text, at, key, plain)
		}
		if !n.words {
			if r.notBase64 == 0 && n.may(base64Key(r.digits)) {
				length = max(length, n.base64At(text, at, r.digits))
			}
			if r.notHex == 0 {
				length = max(length, n.hexAt(text, at, at, 2, asHex))
			}
			if text[at] == '%' {
				length = max(length, n.hexAt(text, at, at+1, 3, asPercents))
			}
		}
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

// base64At is at for values in base64, wherever the first digit is in theirs.
func (n *needles) base64At(text string, at int, digits uint64) int {
	longest := 0
	for lead, bits := range spare {
		longest = max(longest, n.at(text, at, mix(digits>>bits&keyMask), asBase64+spelling(lead)))
	}
	return longest
}

// hexAt is at for values in hexadecimal, as bytesInHex has it.
func (n *needles) hexAt(text string, at, first, step int, s spelling) int {
	start, ok := bytesInHex(text, first, step)
	if !ok {
		return 0
	}
	return n.at(text, at, mix(start&keyMask), s)
}

// at returns the length of the longest form that is spelled that way at a position;
// key is that of its first bytes.
func (n *needles) at(text string, at int, key uint32, s spelling) int {
	if !n.may(key) {
		return 0
	}
	return n.longestAt(text, at, n.group(key, s))
}

// longestAt returns the length of the longest form of a group that stands at a
// position.
func (n *needles) longestAt(text string, at int, group []form) int {
	longest := 0
	for len(group) > 0 {
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
