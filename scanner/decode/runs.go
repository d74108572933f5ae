package decode

import (
	"math/bits"

	"github.com/sluice-sec/sluice/scanner/match"
)

// noDigit is what digits and hexDigits have for what is none.
const noDigit = 0x80

// digits and hexDigits say what the digits of base64 and hex count.
var digits, hexDigits = func() (d, h [256]byte) {
	for b := range d {
		d[b], h[b] = noDigit, noDigit
	}
	for i, b := range []byte("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/") {
		d[b] = byte(i)
	}
	d['-'], d['_'] = 62, 63
	for i, b := range []byte("0123456789abcdef") {
		h[b] = byte(i)
	}
	for i, b := range []byte("ABCDEF") {
		h[b] = byte(i) + 10
	}
	return d, h
}()

const (
	// shortestRun is the least characters that are taken for base64 or hex.
	shortestRun = 24
	// headDigits tell whether a run is promising.
	headDigits = 20
	// shortestLine and longLine are the least and the most characters of a line
	// that base64 may go on behind.
	shortestLine = 40
	longLine     = 1 << 10
	// window is how many bytes of a run go before a view that starts within it, of
	// which it shows inward; and it shows onward bytes behind what is its own.
	window = grid
	inward = 8 << 10
	onward = 16 << 10
)

// look finds stretches of base64 and hex digits. A run is decoded from its
// start as far as it reaches. One that is longer than Reach is decoded further
// from the positions of the grid in it, where its alignment is not known.
//
// In the same pass it finds what is escaped: most data has neither.
func (d *decoder) look() {
	const most = 64           // blocks at once
	var runs [most + 1]uint64 // with what is known of the block behind the last one: nothing
	var escapes [most]uint64
	r := &d.runner
	// A run that goes on from before From was seen to.
	r.tail, r.seen = 0, d.From > 0 && d.From < len(d.data) && digits[d.data[d.From-1]] != noDigit
	at := d.From
	for at < d.To || r.open() {
		n := marks.Mark(d.data[at:], runs[:most], escapes[:])
		if n == 0 {
			break
		}
		runs[n] = 0
		for i, digits := range runs[:n] {
			if at >= d.To && !r.open() {
				break
			}
			if !r.pass(digits) {
				r.block(at, digits, runs[i+1])
			}
			if escapes[i] != 0 {
				d.escapes(at, escapes[i])
			}
			at += match.BlockLength
		}
	}
	if at < d.To || r.open() { // what is less than a block
		var rest [match.BlockLength]byte
		copy(rest[:], d.data[at:])
		marks.Mark(rest[:], runs[:1], escapes[:1])
		if !r.pass(runs[0]) {
			r.block(at, runs[0], 0)
		}
		d.escapes(at, escapes[0])
	}
	d.long = long{}
	from := d.From
	if d.GoesBack && from > 0 && d.within(from, from) { // a run of which nobody knows where it starts
		d.middle(from)
		from++
	}
	for g := d.nextGrid(max(from, window)); g < d.To; g += grid {
		if d.left >= 0 && d.within(g, window) {
			d.middle(g)
		}
	}
}

// marks are the digits of base64, and what may be an escape.
var marks = match.NewSieve("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_",
	match.Pair{First: '%', Second: "0123456789abcdefABCDEF"}, match.Pair{First: '\\', Second: "ux"})

// A runner finds the runs of digits in the marks of blocks.
type runner struct {
	found func(start, known int) // digits stand at least from start to known
	tail  int                    // how many digits the block before ended in, and those before it
	seen  bool                   // their run was found, or is none to be found
}

// open reports whether a run goes on of which it is not known how long it is.
func (r *runner) open() bool { return r.tail > 0 && !r.seen }

// longRuns returns the places at which shortestRun digits stand in a row.
func longRuns(digits uint64) uint64 {
	long := digits & (digits >> 1)
	long &= long >> 2
	long &= long >> 4
	return long & (long >> 8) & (long >> 16)
}

// pass goes past a block in which no run is found, as in nearly all, and reports
// whether it is one.
func (r *runner) pass(digits uint64) bool {
	if longRuns(digits) != 0 || r.tail+bits.TrailingZeros64(^digits) >= shortestRun {
		return false
	}
	r.tail, r.seen = bits.LeadingZeros64(^digits), false
	return true
}

// block looks at the digits of the block at at, and at those that are known of the
// next.
func (r *runner) block(at int, digits, next uint64) {
	lead, tail, long := bits.TrailingZeros64(^digits), bits.LeadingZeros64(^digits), longRuns(digits)
	if r.tail > 0 || r.seen {
		if !r.seen && r.tail+lead >= shortestRun {
			r.found(at-r.tail, at+lead)
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
		end := i + bits.TrailingZeros64(^(digits >> i))
		known := at + end
		if end == match.BlockLength {
			known += bits.TrailingZeros64(^next)
		}
		r.found(at+i, known)
		long &= ^uint64(0) << end
	}
	r.tail, r.seen = tail, tail >= shortestRun
}

// found decodes a run that starts at start, unless it goes on from a line
// before. Digits stand at least to known.
func (d *decoder) found(start, known int) {
	if start >= d.To || d.left < 0 {
		return
	}
	at, line := start, known
	if d.escaped(at) {
		at++
	}
	if d.digit(known) {
		line = d.digitsEnd(known, at+Reach)
	}
	// Nearly all runs are names and random values, which is told sooner than what
	// stands before them.
	head := hopeful(d.data[at:])
	if !head {
		if hex := d.nextHex(at, line); hex == line || !d.hexesHopeful(hex, line) {
			return
		}
	}
	if !d.goesOn(start) {
		d.run(at, line, head)
	}
}

// digit reports whether one is at at.
func (d *decoder) digit(at int) bool { return at < len(d.data) && digits[d.data[at]] != noDigit }

// digitsEnd returns where the digits from at on end, or to if they go on there.
func (d *decoder) digitsEnd(at, to int) int {
	for to = min(to, len(d.data)); at+8 <= to && eightDigits(d.data[at:]); {
		at += 8
	}
	for at < to && digits[d.data[at]] != noDigit {
		at++
	}
	return at
}

// digitsStart returns where the digits up to end start, or from if they start
// before it.
func (d *decoder) digitsStart(from, end int) int {
	for end-8 >= from && eightDigits(d.data[end-8:]) {
		end -= 8
	}
	for end > from && digits[d.data[end-1]] != noDigit {
		end--
	}
	return end
}

// eightDigits reports whether data starts with that many.
func eightDigits(data []byte) bool {
	s := data[:8:8]
	return (digits[s[0]]|digits[s[1]]|digits[s[2]]|digits[s[3]]|
		digits[s[4]]|digits[s[5]]|digits[s[6]]|digits[s[7]])&noDigit == 0
}

// fullLine returns where the digits that end at end start, if they make a full
// line: base64 is wrapped to a multiple of four. Else it returns -1.
func (d *decoder) fullLine(end int) int {
	from := d.digitsStart(max(0, end-longLine-1), end)
	if from < end && d.escaped(from) {
		from++
	}
	if n := end - from; n < shortestLine || n > longLine || n%4 != 0 {
		return -1
	}
	return from
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
	for n := 0; n < shortestLine && at < len(d.data) && (d.data[at] == ' ' || d.data[at] == '\t'); n++ {
		at++
	}
	if at < len(d.data) && digits[d.data[at]] != noDigit && d.fullLine(end) >= 0 {
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
	from, end := d.breakBefore(at)
	if end < 0 {
		return false
	}
	d.text = d.text[:0]
	d.groups(d.data[from : from+headDigits])
	return promising(d.text)
}

// breakBefore returns the full line of digits that goes on at at, half-open; -1
// for its end if there is none.
func (d *decoder) breakBefore(at int) (from, end int) {
	end = at
	for n := 0; n < shortestLine && end > 0 && (d.data[end-1] == ' ' || d.data[end-1] == '\t'); n++ {
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
		return 0, -1
	}
	if from = d.fullLine(end); from < 0 {
		return 0, -1
	}
	return from, end
}

// A long is what is known of the run about a position of the grid: the next
// position may lie in the same run.
type long struct {
	at  int
	low int // the run was followed back from at to here
	end int // nothing but digits stands from at to here
}

// nextWithin returns the first position of the grid from from on and before to at
// which a view starts within a run; -1 if there is none.
func (d *decoder) nextWithin(from, to int) int {
	if d.Packed {
		to = min(to, d.To)
	}
	for g := d.nextGrid(max(from, window)); g < to; g += grid {
		if d.within(g, window) {
			return g
		}
	}
	return -1
}

// within reports whether position g and so many bytes before it lie in one run.
func (d *decoder) within(g, back int) bool {
	if g >= len(d.data) || digits[d.data[g]] == noDigit {
		return false
	}
	if d.long.at > g {
		d.long = long{}
	}
	known, i := d.long, g
	d.long = long{at: g, end: max(g, known.end)}
	defer func() { d.long.low = i }()
	if g < known.end {
		i = known.low
	}
	for i > g-back {
		if i == known.at && known.low < i {
			i = known.low
			continue
		}
		from := g - back
		if known.at < i {
			from = max(from, known.at)
		}
		if start := d.digitsStart(from, i); start < i {
			i = start
			continue
		}
		_, end := d.breakBefore(i)
		if end < 0 {
			return false
		}
		i = end
	}
	return true
}

// run decodes what starts at at, in a line of digits to line; where its head is not
// hopeful, the hex in it alone.
func (d *decoder) run(at, line int, head bool) {
	d.long = long{}
	o, limit := owner{from: at, next: at + window}, line
	if line > o.next {
		if g := d.nextWithin(o.next, line); g >= 0 {
			limit = g // the positions have the others
		}
	}
	d.hexes(at, limit, line, o)
	if head {
		d.base64(at, at+Reach, o)
	}
}

// middle decodes what starts within a long run, at position g of the grid.
func (d *decoder) middle(g int) {
	to := g + grid + onward
	line := d.digitsEnd(d.long.end, to)
	d.long.end = line
	o := owner{from: g, next: g + 1, inside: true}
	d.hexes(g, min(g+grid, line), line, o) // the next position has the others
	if next := d.nextWithin(o.next, g+2*grid+1); next >= 0 {
		to = next + onward
	}
	for _, at := range []int{max(0, g-inward), g} { // some of what stands before, if it is no other text
		made := false
		for tried := 0; tried < 4 && at < len(d.data); at++ {
			if digits[d.data[at]] != noDigit && !d.escaped(at) {
				tried++
				made = d.base64(at, to, o) || made
			}
		}
		if made {
			break
		}
	}
}
