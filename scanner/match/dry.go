package match

import "sort"

// A Dry is a stretch of a stream, half-open, at none of whose places a match of
// one program starts, however much of the stream is shown. The zero value is
// empty.
type Dry struct {
	From, To int
	// Once says that a match has to be found in one window alone of those that
	// show it: the stretch then goes over matches that were found.
	Once bool
	// found are the stretches of these, in their order. From a place within one
	// the search may find others; from all others it finds what it found.
	found []stretch
}

type stretch struct{ from, to int }

// Learn notes that a stretch is dry. Of two that lie apart the later is kept.
func (d *Dry) Learn(from, to int) {
	switch {
	case from >= to:
	case from <= d.To && d.From <= to:
		d.From, d.To = min(d.From, from), max(d.To, to)
	default:
		d.From, d.To = from, to
	}
}

// Forget empties the stretch.
func (d *Dry) Forget() { d.From, d.To, d.found = 0, 0, d.found[:0] }

// open says that a window begins whose second byte is at from: what was found
// is of no use to one that lies apart.
func (d *Dry) open(from int) {
	if d.Once && (from < d.From || from > d.To) {
		d.From, d.To, d.found = from, from, d.found[:0]
	}
}

// within reports whether a place lies in a match that was found.
func (d *Dry) within(at int) bool {
	if len(d.found) == 0 {
		return false
	}
	i := sort.Search(len(d.found), func(i int) bool { return d.found[i].to > at })
	return i < len(d.found) && d.found[i].from < at
}

// matched notes a match in a window at base, data[start:end] of it, and returns
// from where on what follows is dry; from is what that was before it. It is past
// the end of the data where nothing is known from the match on: it is not sure
// that there is one whatever stands behind the window.
func (d *Dry) matched(base, from, start, end int, sure bool, data []byte) int {
	switch {
	case !d.Once:
		return end
	case from > end:
		return from
	case !sure:
		d.Learn(base+from, base+start)
		return len(data) + 1
	case base+start >= d.To && start > 0:
		d.found = append(d.found, stretch{base + start, base + end})
		return from
	case base+end > d.To: // of another chain of matches, which goes on from here
		d.From, d.To, d.found = base+end, base+end, d.found[:0]
		return end
	}
	return from
}
