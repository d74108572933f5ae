// Package decode makes views of data: what stretches of it say in base64, hex,
// percent or backslash escapes, UTF-16 or gzip. Each is its principal
// function, View what it makes.
//
// Which views there are depends on the bytes within Reach of each stretch's
// start alone, so that a stream may be looked at piece by piece. What is longer is
// in several views, each of which shows more than is its own: all that is near
// enough to bear on it.
package decode

import (
	"sort"
	"sync"
)

// Form is how a stretch of data is encoded.
type Form uint8

// The forms, in the order in which they are looked for.
const (
	Base64  Form = iota // RFC 4648, both alphabets, in one line or in many
	Hex                 // RFC 4648, section 8
	Percent             // RFC 3986, section 2.1
	Escape              // \uXXXX and \xXX of JSON, Java, C and their like
	UTF16               // either order, in what is no text
	Gzip                // RFC 1952, all of the data
)

// String returns the form's name as reports have it.
func (f Form) String() string {
	return [...]string{"base64", "hex", "percent encoding", "escapes", "UTF-16", "gzip"}[f]
}

const (
	// mostOf is how many bytes of views are made of each of the data.
	mostOf = 6
	// Reach is how many bytes of the data before and behind its start decide
	// about a view.
	Reach = 64 << 10
	// MaxInflated is the most that gzip should be unpacked to, in bytes.
	MaxInflated = 8 << 20
)

// A View is what the stretch [Start, End) of some data says. It and its Data
// are valid until the function that it was given to returns.
type View struct {
	Form       Form
	Start, End int
	Data       []byte
	// From and To are the part of Data, half-open, that is this view's own: what
	// begins elsewhere is in another view, which shows more of what stands round it.
	From, To int
	// GoesBack and GoesOn: what the stretch is a part of is encoded before it, or
	// behind it, as well. Where Data starts or ends, that does not.
	GoesBack, GoesOn bool
	// Binary: the data is no text, but there may be views of it that are.
	Binary bool
	// Cut: the stretch unpacks to more than Data holds.
	Cut bool

	segments []segment
}

// A segment ties the bytes of a view from data on to where they come from.
type segment struct {
	data, src int
	width     int // of the source of all the bytes alike, if it is not 0
	scale     int // else bytes of the source a byte of the data
}

// Source returns the stretch, half-open, that Data[start:end] was made of.
// 0 <= start < end <= len(Data).
func (v *View) Source(start, end int) (from, to int) {
	from, _ = v.source(start)
	_, to = v.source(end - 1)
	return from, to
}

// source returns what one byte was made of.
func (v *View) source(at int) (from, to int) {
	switch v.Form {
	case Gzip: // a guess, which keeps what is apart apart
		n := v.End - v.Start
		from = v.Start + at*n/len(v.Data)
		return from, max(from+1, v.Start+(at+1)*n/len(v.Data))
	case Base64: // its segments count digits, of which three bytes have four
		digit := at/3*4 + at%3
		from, _ = v.locate(digit)
		_, to = v.locate(digit + 1)
		return from, to
	case Hex:
		from, _ = v.locate(2 * at)
		_, to = v.locate(2*at + 1)
		return from, to
	}
	return v.locate(at)
}

func (v *View) locate(at int) (from, to int) {
	lo, hi := 0, len(v.segments)
	for hi-lo > 1 {
		if mid := (lo + hi) / 2; v.segments[mid].data <= at {
			lo = mid
		} else {
			hi = mid
		}
	}
	s := v.segments[lo]
	if s.width > 0 {
		return s.src, s.src + s.width
	}
	from = s.src + (at-s.data)*s.scale
	return from, from + s.scale
}

// position returns which is the first byte of the data that comes from at on.
func (v *View) position(at int) int {
	switch {
	case at <= v.Start:
		return 0
	case at >= v.End:
		return len(v.Data)
	}
	return sort.Search(len(v.Data), func(i int) bool {
		from, _ := v.source(i)
		return from >= at
	})
}

// Options say which views of some data are wanted.
type Options struct {
	// From and To are where the views that are wanted start, half-open: those
	// that start elsewhere are for another call. Of a stretch that is in several
	// views each starts with the first byte, or the first escape, of its own part. The data shows Reach bytes
	// before From and behind To, unless the stream starts or ends there.
	From, To int
	// Pos is the position of the data in its stream.
	Pos int64
	// GoesBack and GoesOn: the data is a view that does.
	GoesBack, GoesOn bool
	// Binary: the data is no text. It may hold UTF-16.
	Binary bool
	// Packed: the data may be gzip from its start to its end. It is unpacked
	// to MaxInflated bytes.
	Packed      bool
	MaxInflated int
}

// Each calls emit with each view of the data, once. They may overlap. It
// reports whether these are all: of data that was made to have many, it stops
// at a multiple of the data's length. It is safe for concurrent use, and emit
// may call it again.
func Each(data []byte, o Options, emit func(*View)) bool {
	d := decoders.Get().(*decoder)
	o.To = min(o.To, len(data))
	d.data, d.Options, d.emit, d.left, d.undone = data, o, emit, mostOf*(o.To-o.From)+4*Reach, [2]int{}
	d.look()
	if o.Binary {
		d.wide()
	}
	if o.Packed {
		d.gzip()
	}
	return d.release()
}

// A decoder is one call of Each. It is used again for others.
type decoder struct {
	Options
	data   []byte
	emit   func(*View)
	left   int // bytes of views that may still be made; less than 0 once it was too many
	runner runner
	long   long
	undone [2]int // before here no escape leads, percent and others

	text     []byte
	segments []segment
	shown    View // that is emitted
}

// show emits the view that was made in shown, of which the bytes that come from the
// stretch that is owned are its own, unless there are none.
func (d *decoder) show(owned span) {
	s := &d.shown
	s.GoesBack = s.GoesBack || d.GoesBack && s.Start < 2 // half of a pair may be cut off
	s.GoesOn = s.GoesOn || d.GoesOn && s.End > len(d.data)-2
	if s.From, s.To = s.position(owned.from), s.position(owned.to); s.From < s.To {
		d.emit(s)
	}
}

// A span is a stretch of the data, half-open.
type span struct{ from, to int }

var decoders = sync.Pool{New: func() any {
	d := &decoder{}
	d.runner.found = d.found
	return d
}}

// release gives the decoder back, unless something made it large, and reports
// whether it made all views.
func (d *decoder) release() bool {
	all := d.left >= 0
	d.data, d.emit, d.shown = nil, nil, View{}
	if cap(d.text) <= 4*Reach {
		decoders.Put(d)
	}
	return all
}

// afford reports whether a view of n bytes may be made, and counts it.
func (d *decoder) afford(n int) bool {
	if d.left >= 0 {
		d.left -= n
	}
	return d.left >= 0
}

// grid is the distance of the positions of a stream at which views of long
// stretches start.
const grid = 24 << 10

// nextGrid returns the first position of the grid that is not before at.
func (d *decoder) nextGrid(at int) int {
	return at + int((grid-(d.Pos+int64(at))%grid)%grid)
}
