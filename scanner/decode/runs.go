package decode

import (
	"bytes"
	"encoding/base64"
	"math/bits"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner/match"
)

// Characters by the encodings that they belong to.
const (
	inBase64 = 1 << iota
	inHex
)

var classes, digits = func() (c, d [256]byte) {
	for i, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		c[b], d[b] = inBase64, byte(i)
	}
	c['-'], d['-'], c['_'], d['_'] = inBase64, 62, inBase64, 63
	for _, b := range []byte("0123456789abcdefABCDEF") {
		c[b] |= inHex
	}
	return c, d
}()

const (
	// shortestRun is the least characters that are taken for base64 or hex.
	shortestRun = 24
	// headDigits tell whether a run is promising.
	headDigits = 20
	// fullLine and longLine are the least and the most characters of a line
	// that base64 may go on behind.
	fullLine = 40
	longLine = 1 << 10
	// window is the length of a view that starts within a run; it starts where
	// at least as many bytes of the run go before.
	window = 2 * grid
)

// look finds stretches of base64 and hex digits. A run is decoded from its
// start as far as it reaches. One that is longer than Reach is decoded further
// from the positions of the grid in it, where its alignment is not known.
//
// In the same pass it finds what is escaped: most data has neither.
func (d *decoder) look() {
	var digits, escapes [64]uint64
	r := &d.runner
	// A run that goes on from before From was seen to.
	r.tail, r.seen = 0, d.From > 0 && d.From < len(d.data) && classes[d.data[d.From-1]]&inBase64 != 0
	at := d.From
	for at < d.To || r.open() {
		n := marks.Mark(d.data[at:], digits[:], escapes[:])
		if n == 0 {
			break
		}
		for i := 0; i < n && (at < d.To || r.open()); i++ {
			r.block(at, digits[i])
			if escapes[i] != 0 {
				d.escapes(at, escapes[i])
			}
			at += match.BlockLength
		}
	}
	if at < d.To || r.open() { // what is less than a block
		var rest [match.BlockLength]byte
		copy(rest[:], d.data[at:])
		marks.Mark(rest[:], digits[:1], escapes[:1])
		r.block(at, digits[0])
		d.escapes(at, escapes[0])
	}
	for g := d.nextGrid(max(d.From, window)); g < d.To; g += grid {
		if d.within(g) {
			d.middle(g)
		}
	}
}

// marks are the digits of base64, and what may be an escape.
var marks = match.NewSieve("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_",
	match.Pair{First: '%', Second: "0123456789abcdefABCDEF"}, match.Pair{First: '\\', Second: "ux"})

// A runner finds the runs of digits in the marks of blocks.
type runner struct {
	found func(start int)
	tail  int  // how many digits the block before ended in, and those before it
	seen  bool // their run was found, or is none to be found
}

// open reports whether a run goes on of which it is not known how long it is.
func (r *runner) open() bool { return r.tail > 0 && !r.seen }

// block looks at the digits of the block at at.
func (r *runner) block(at int, digits uint64) {
	lead, tail := bits.TrailingZeros64(^digits), bits.LeadingZeros64(^digits)
	// The places at which as many digits follow, doubled up to 24.
	long := digits & (digits >> 1)
	long &= long >> 2
	long &= long >> 4
	long &= (long >> 8) & (long >> 16)
	if long == 0 && r.tail+lead < shortestRun { // nearly always
		r.tail, r.seen = tail, false
		return
	}
	if r.tail > 0 || r.seen {
		if !r.seen && r.tail+lead >= shortestRun {
			r.found(at - r.tail)
			r.seen = true
		}
		if lead == match.BlockLength {
			r.tail += lead
			return
		}
		long &= ^uint64(0) << lead
	}
	// A run that the block ends in is found here if it is long enough.
	for long != 0 {
		i := bits.TrailingZeros64(long)
		r.found(at + i)
		long &= ^uint64(0) << (i + bits.TrailingZeros64(^(digits >> i)))
	}
	r.tail, r.seen = tail, tail >= shortestRun
}

// found decodes a run that starts at start, unless it goes on from a line
// before.
func (d *decoder) found(start int) {
	if start < d.To && !d.goesOn(start) {
		d.run(start)
	}
}

// lineEnd returns where the digits from at on end.
func (d *decoder) lineEnd(at int) int {
	for at < len(d.data) && classes[d.data[at]]&inBase64 != 0 {
		at++
	}
	return at
}

// isFull reports whether the digits that end at end make a full line: base64 is
// wrapped to a multiple of four.
func (d *decoder) isFull(end int) bool {
	from := end
	for from > max(0, end-longLine-1) && classes[d.data[from-1]]&inBase64 != 0 && !d.escaped(from-1) {
		from--
	}
	n := end - from
	return n >= fullLine && n <= longLine && n%4 == 0
}

// escaped reports whether the letter at at is that of an escaped line break.
func (d *decoder) escaped(at int) bool {
	return (d.data[at] == 'n' || d.data[at] == 'r') && at > 0 && d.data[at-1] == '\\'
}

// lineBreak returns where a full line of digits that ends at end goes on, or
// -1.
func (d *decoder) lineBreak(end int) int {
	at := end
	switch {
	case d.has(at, "\r\n"), d.has(at, `\n`):
		at += 2
	case d.has(at, "\n"):
		at++
	case d.has(at, `\r\n`):
		at += 4
	default:
		return -1
	}
	for n := 0; n < fullLine && at < len(d.data) && (d.data[at] == ' ' || d.data[at] == '\t'); n++ {
		at++
	}
	if at < len(d.data) && classes[d.data[at]]&inBase64 != 0 && d.isFull(end) {
		return at
	}
	return -1
}

func (d *decoder) has(at int, s string) bool {
	return at+len(s) <= len(d.data) && string(d.data[at:at+len(s)]) == s
}

// goesOn reports whether the digits at at go on from a line before, which may
// itself be a part of something.
func (d *decoder) goesOn(at int) bool {
	end := d.breakBefore(at)
	if end < 0 {
		return false
	}
	from := end
	for from > 0 && classes[d.data[from-1]]&inBase64 != 0 && !d.escaped(from-1) {
		from--
	}
	var start [headDigits / 4 * 3]byte
	n, _ := base64.RawStdEncoding.Decode(start[:], canonical(d.data[from:from+headDigits]))
	return promising(start[:n])
}

// canonical returns digits in the standard alphabet.
func canonical(run []byte) []byte {
	run = bytes.Clone(run)
	for i, b := range run {
		switch b {
		case '-':
			run[i] = '+'
		case '_':
			run[i] = '/'
		}
	}
	return run
}

// breakBefore returns the end of the full line of digits that goes on at at,
// or -1.
func (d *decoder) breakBefore(at int) int {
	end := at
	for n := 0; n < fullLine && end > 0 && (d.data[end-1] == ' ' || d.data[end-1] == '\t'); n++ {
		end--
	}
	switch {
	case end > 0 && d.data[end-1] == '\n':
		if end--; end > 0 && d.data[end-1] == '\r' {
			end--
		}
	case end == at && end > 0 && d.escaped(end):
		if end--; end > 2 && d.escaped(end-1) {
			end -= 2
		}
	default:
		return -1
	}
	if !d.isFull(end) {
		return -1
	}
	return end
}

// within reports whether position g and the window before it lie in one run.
func (d *decoder) within(g int) bool {
	if g >= len(d.data) || classes[d.data[g]]&inBase64 == 0 {
		return false
	}
	for i := g; i > g-window; i-- {
		if classes[d.data[i-1]]&inBase64 == 0 {
			if i = d.breakBefore(i); i < 0 {
				return false
			}
			i++
		}
	}
	return true
}

// run decodes what starts at at.
func (d *decoder) run(at int) {
	if d.escaped(at) {
		at++
	}
	line := d.lineEnd(at)
	d.hexes(at, min(line, at+Reach), false)
	d.base64(at, at+Reach)
}

// middle decodes what starts within a long run.
func (d *decoder) middle(at int) {
	d.hexes(at, min(d.lineEnd(at), at+window), true)
	for skip := range 4 {
		d.base64(at+skip, at+window)
	}
}

// hexes finds the runs of hex digits in [from, to), a stretch of one line.
func (d *decoder) hexes(from, to int, inside bool) {
	for at := from; at+shortestRun <= to; {
		end := at
		for end < to && classes[d.data[end]]&inHex != 0 {
			end++
		}
		if end-at >= shortestRun {
			d.hex(at, end)
			if inside && at == from {
				d.hex(at+1, end)
			}
		}
		at = end + 1
	}
}

func (d *decoder) hex(from, to int) {
	d.text = d.text[:0]
	for i := from; i+1 < to; i += 2 {
		d.text = append(d.text, hexDigit(d.data[i])<<4|hexDigit(d.data[i+1]))
		if len(d.text) == shortest && !promising(d.text) {
			return
		}
	}
	d.segments = append(d.segments[:0], segment{src: from, scale: 1})
	d.view(Hex, from, from+len(d.text)*2)
}

func hexDigit(b byte) byte {
	if b <= '9' {
		return b - '0'
	}
	return b&^0x20 - 'A' + 10
}

// base64 decodes the run that starts at from, at most as far as to.
func (d *decoder) base64(from, to int) {
	d.text, d.segments = d.text[:0], append(d.segments[:0], segment{src: from, scale: 1})
	var bits uint32
	n, at, text := 0, from, 0 // digits; how much of what they say is text
	for to = min(to, len(d.data)); at < to; at++ {
		b := d.data[at]
		if classes[b]&inBase64 == 0 {
			next := d.lineBreak(at)
			if next < 0 || next >= to {
				break
			}
			at = next
			d.segments = append(d.segments, segment{data: n, src: at, scale: 1})
			b = d.data[at]
		}
		bits = bits<<6 | uint32(digits[b])
		if n++; n%4 == 0 {
			d.text = append(d.text, byte(bits>>16), byte(bits>>8), byte(bits))
			if n == headDigits && !promising(d.text) {
				return
			}
			if n%1024 == 0 && !d.goodSoFar(&text) {
				break
			}
		}
	}
	switch n % 4 {
	case 2:
		d.text = append(d.text, byte(bits>>4))
	case 3:
		d.text = append(d.text, byte(bits>>10), byte(bits>>2))
	}
	d.view(Base64, from, at)
}

// goodSoFar reports whether the text may still be one, of which the first known
// bytes are.
func (d *decoder) goodSoFar(known *int) bool {
	if isGzip(d.text) || opensUTF16(d.text) {
		return true
	}
	n := *known + textLength(d.text[*known:])
	good := len(d.text)-n < utf8.UTFMax // it may end within a code point
	*known = n
	return good
}

// view emits the decoded text, as far as it is of use.
func (d *decoder) view(form Form, from, to int) {
	n := usable(d.text)
	if n == 0 || !d.afford(len(d.text)) {
		return
	}
	d.emit(&View{Form: form, Start: from, End: to, Data: d.text[:n], Binary: !isText(d.text[:n]), segments: d.segments})
}
