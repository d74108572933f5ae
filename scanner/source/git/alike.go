package git

import (
	"bytes"
	"slices"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// What is kept of the versions of files that were read last. A history is
// mostly the same text again and again, changed in one place.
const (
	mostAlike      = 1 << 20 // bytes of one version
	mostRemembered = 4 << 20 // bytes of all of one path
)

// A memory holds the versions of one file that were scanned last, if nothing
// was found in them. It is for one goroutine.
type memory struct {
	texts    *pack.Reader
	path     string
	versions []version // the oldest first
	bytes    int
}

type version struct {
	blob int32
	text *pack.Text
}

// last returns what a blob at a path is like, if anything is known of: the
// version that came of it, else the last one.
func (m *memory) last(path string, heir int32) []byte {
	if path != m.path || len(m.versions) == 0 {
		return nil
	}
	for i := len(m.versions) - 1; i >= 0; i-- {
		if m.versions[i].blob == heir {
			return m.versions[i].text.Data
		}
	}
	return m.versions[len(m.versions)-1].text.Data
}

// keep holds a version, and lets go of the oldest if there are too many.
func (m *memory) keep(path string, blob int32, text *pack.Text) {
	most := mostRemembered
	if path != m.path {
		m.path, most = path, 0
	}
	for len(m.versions) > 0 && m.bytes+len(text.Data) > most {
		oldest := m.versions[0].text
		m.bytes -= len(oldest.Data)
		m.texts.Release(oldest)
		m.versions = slices.Delete(m.versions, 0, 1)
	}
	m.versions = append(m.versions, version{blob, text.Hold()})
	m.bytes += len(text.Data)
}

const (
	leastAlike = 512 // bytes of a stretch within a file
	probe      = 48  // bytes that tell where a stretch goes on
	mostApart  = 64  // stretches of one file
)

// like compares a version with another: how far both begin alike and end alike,
// and what between is so too. As little is done as will find most of it, for what
// is not found is only looked at once more.
func like(last, data []byte) *scanner.Likeness {
	l := &scanner.Likeness{}
	if last == nil {
		return l
	}
	head := common(last, data)
	tail := commonEnd(last, data, min(len(last), len(data))-head)
	if head > 0 {
		l.Alike = append(l.Alike, scanner.Stretch{Start: -scanner.Beyond, End: head})
	}
	old, text, at := last[head:len(last)-tail], data[head:len(data)-tail], head
	for effort := 2 * len(text); len(l.Alike) < mostApart; {
		p, q := resume(old, text, &effort)
		if p < 0 {
			break
		}
		before := commonEnd(old[:q], text[:p], min(p, q))
		n := common(old[q:], text[p:])
		if before+n >= leastAlike {
			l.Alike = append(l.Alike, scanner.Stretch{Start: at + p - before, End: at + p + n})
			old = old[q+n:]
		}
		text, at = text[p+n:], at+p+n
	}
	if tail > 0 {
		l.Alike = append(l.Alike, scanner.Stretch{Start: len(data) - tail, End: len(data) + scanner.Beyond})
	}
	return l
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
