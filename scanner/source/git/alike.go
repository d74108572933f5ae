package git

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"math/bits"
	"slices"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// What is kept of the versions of files that were read last. A history is
// mostly the same text again and again, changed in one place.
const (
	mostRemembered = 4 << 20 // bytes of all of one path, but that one is kept always
	mostFound      = 1 << 12 // places in one version
)

// A memory holds the versions of one file that were scanned last. It is for one
// goroutine.
type memory struct {
	path     string
	versions []version // the oldest first
	bytes    int
	vain     int // versions in a row of which less than half was alike
}

// A version is a text, and where in it anything was found.
type version struct {
	blob  int32
	text  *pack.Text
	found []scanner.Stretch // in their order
}

// like returns what a blob at a path is like, if anything is known of: the version
// that came of it, else the last one; but if less than half of the text is as in that
// at the one end or the other, the one of the last few of which most is. Where
// branches were merged what comes next may be of another.
func (m *memory) like(path string, heir int32, text []byte) *version {
	last := len(m.versions) - 1
	if path != m.path || last < 0 {
		return nil
	}
	best := &m.versions[last]
	for i := last; i >= 0; i-- {
		if m.versions[i].blob == heir {
			best = &m.versions[i]
			break
		}
	}
	most := ends(best.text.Data, text)
	for i := last; i >= max(0, last-mostTried) && most < len(text)/2; i-- {
		if n := ends(m.versions[i].text.Data, text); n > most {
			best, most = &m.versions[i], n
		}
	}
	return best
}

// ends returns how many bytes two texts begin and end with alike.
func ends(a, b []byte) int {
	n := common(a, b)
	return n + commonEnd(a, b, min(len(a), len(b))-n)
}

// keep holds a version that was looked at, and lets go of the oldest if there are
// too many.
func (m *memory) keep(path string, blob int32, text *pack.Text, found []scanner.Stretch) {
	if len(found) > mostFound {
		return
	}
	slices.SortFunc(found, func(a, b scanner.Stretch) int { return cmp.Compare(a.Start, b.Start) })
	most := mostRemembered
	if path != m.path {
		m.path, m.vain, most = path, 0, 0
	}
	for len(m.versions) > 0 && m.bytes+len(text.Data) > most {
		oldest := m.versions[0].text
		m.bytes -= len(oldest.Data)
		oldest.Release()
		m.versions = slices.Delete(m.versions, 0, 1)
	}
	m.versions = append(m.versions, version{blob, text.Hold(), found})
	m.bytes += len(text.Data)
}

const (
	leastAlike = 512 // bytes of a stretch within a file
	probe      = 48  // bytes that tell where a stretch goes on
	mostApart  = 64  // stretches of one file
	mostTried  = 16  // versions that a text is compared with
	mostVain   = 6   // times that the effort is halved
)

// likeness says what of a text stands in the version that it is like, and nothing
// that was found there. The longer most of the text is another each time, as in lists
// of hashes, the less is looked for.
func (m *memory) likeness(path string, heir int32, text []byte) *scanner.Likeness {
	last := m.like(path, heir, text)
	if last == nil {
		return &scanner.Likeness{}
	}
	all, known := alike(last.text.Data, text, min(m.vain, mostVain)), 0
	for _, s := range all {
		known += min(s.End, len(text)) - max(s.Start, 0)
	}
	if m.vain++; known > len(text)/2 {
		m.vain = 0
	}
	return like(last, all)
}

// like leaves out of stretches what was found in the version that they stand in.
func like(last *version, all []moved) *scanner.Likeness {
	l := &scanner.Likeness{}
	for _, s := range all {
		l.Alike = s.without(l.Alike, last.found)
	}
	return l
}

// A moved stretch is one that stands so much further on than in the other text.
type moved struct {
	scanner.Stretch
	by int
}

// without appends what is left of a stretch without the bytes at which what was
// found in the other text starts, so that none of it stands in what is left.
func (m moved) without(all []scanner.Stretch, found []scanner.Stretch) []scanner.Stretch {
	i, _ := slices.BinarySearchFunc(found, m.Start-m.by, func(f scanner.Stretch, start int) int { return cmp.Compare(f.Start, start) })
	for ; i < len(found) && found[i].Start+m.by < m.End; i++ {
		at := found[i].Start + m.by
		if m.Start < at {
			all = append(all, scanner.Stretch{Start: m.Start, End: at})
		}
		m.Start = at + 1
	}
	if m.Start < m.End {
		all = append(all, m.Stretch)
	}
	return all
}

// alike compares two texts: how far both begin alike and end alike, and what
// between is so too. As little is done as will find most of it, for what is not
// found is only looked at once more, and half of that for each time it was in vain.
func alike(last, data []byte, vain int) (all []moved) {
	head := common(last, data)
	tail := commonEnd(last, data, min(len(last), len(data))-head)
	if head > 0 {
		all = append(all, moved{scanner.Stretch{Start: -scanner.Beyond, End: head}, 0})
	}
	old, text, at := last[head:len(last)-tail], data[head:len(data)-tail], head
	for effort := 2 * len(text) >> vain; len(all) < mostApart; {
		p, q := resume(old, text, &effort)
		if p < 0 {
			break
		}
		before := commonEnd(old[:q], text[:p], min(p, q))
		n := common(old[q:], text[p:])
		if before+n >= leastAlike {
			was := len(last) - tail - len(old) + q // old ends where the tail begins
			all = append(all, moved{scanner.Stretch{Start: at + p - before, End: at + p + n}, at + p - was})
			old = old[q+n:]
		}
		text, at = text[p+n:], at+p+n
	}
	if tail > 0 {
		all = append(all, moved{scanner.Stretch{Start: len(data) - tail, End: len(data) + scanner.Beyond}, len(data) - len(last)})
	}
	return all
}

// resume finds where in two texts that begin otherwise they are alike again: at
// p in text and at q in old. It looks the further apart the longer it finds
// nothing; where there is nothing, p is negative.
func resume(old, text []byte, effort *int) (p, q int) {
	for p := 0; p+probe <= len(text); p += max(probe, p) {
		window := old[:min(len(old), 2*p+4*leastAlike)]
		if *effort -= len(window); *effort < 0 {
			return -1, 0
		}
		if q := bytes.Index(window, text[p:p+probe]); q >= 0 {
			return p, q
		}
	}
	return -1, 0
}

// stride is how many bytes are compared at once.
const stride = 256

// common returns how many bytes a and b begin with alike.
func common(a, b []byte) int {
	n, most := 0, min(len(a), len(b))
	for n+stride <= most && bytes.Equal(a[n:n+stride], b[n:n+stride]) {
		n += stride
	}
	for n+8 <= most {
		if differ := binary.LittleEndian.Uint64(a[n:]) ^ binary.LittleEndian.Uint64(b[n:]); differ != 0 {
			return n + bits.TrailingZeros64(differ)/8
		}
		n += 8
	}
	for n < most && a[n] == b[n] {
		n++
	}
	return n
}

// commonEnd returns how many bytes a and b end with alike, at most so many.
func commonEnd(a, b []byte, most int) int {
	n := 0
	for n+stride <= most && bytes.Equal(a[len(a)-n-stride:len(a)-n], b[len(b)-n-stride:len(b)-n]) {
		n += stride
	}
	for n < most && a[len(a)-n-1] == b[len(b)-n-1] {
		n++
	}
	return n
}
