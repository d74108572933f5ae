package git

import (
	"bytes"
	"fmt"
	"math/rand"
	"slices"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// checkLike holds what is said to be alike against the two texts, and returns
// how many bytes it is.
func checkLike(t *testing.T, last, data []byte) (known int) {
	t.Helper()
	all, end := alike(last, data, 0), -1
	for i, s := range all {
		from, to := max(s.Start, 0), min(s.End, len(data))
		stretch := data[from:to]
		switch {
		case from >= to, from < end:
			t.Errorf("%v: out of order, or empty", all)
		case s.Start < 0 && (i > 0 || !bytes.HasPrefix(last, stretch)):
			t.Errorf("%v: not both begin with the first", all)
		case s.End > len(data) && (i < len(all)-1 || !bytes.HasSuffix(last, stretch)):
			t.Errorf("%v: not both end with the last", all)
		case !bytes.Contains(last, stretch):
			t.Errorf("%v: the other has not stretch %d in a row", all, i)
		}
		if was := from - s.by; was < 0 || !bytes.HasPrefix(last[was:], stretch) {
			t.Errorf("%v: stretch %d did not stand at %d", all, i, was)
		}
		known, end = known+len(stretch), to
	}
	checkFound(t, last, all)
	return known
}

// checkFound says that something was found at some places of the other text, none
// of which may be left in one stretch.
func checkFound(t *testing.T, last []byte, all []moved) {
	t.Helper()
	v := &version{text: &pack.Text{Data: last}}
	for at := 7; at < len(last); at += 1 + at/3 {
		v.found = append(v.found, scanner.Stretch{Start: at, End: at + 2})
	}
	known := like(v, all).Alike
	for _, s := range known {
		in := slices.IndexFunc(all, func(m moved) bool { return m.Start <= s.Start && s.End <= m.End })
		if in < 0 || s.Start >= s.End {
			t.Fatalf("%v is of none of %v", s, all)
		}
		for _, f := range v.found {
			if at := f.Start + all[in].by; s.Start <= at && at < s.End {
				t.Errorf("%v has what was found at %d", s, f.Start)
			}
		}
	}
}

// TestLike: of a file that was edited in some places nearly all is known, and
// nothing that is not so.
func TestLike(t *testing.T) {
	random := rand.New(rand.NewSource(1))
	for range 300 {
		var old []byte
		for n := range 500 + random.Intn(3000) {
			old = fmt.Appendf(old, "\tif x[%d] == %d {\n\t\treturn\n\t}\n", random.Intn(9), n*random.Intn(2))
		}
		text, changed := bytes.Clone(old), 0
		for range random.Intn(6) {
			at := random.Intn(len(text))
			out, in := random.Intn(2)*random.Intn(2000), random.Intn(2)*random.Intn(2000)
			text = append(append(bytes.Clone(text[:at]), bytes.Repeat([]byte("new\n"), in/4)...), text[min(len(text), at+out):]...)
			changed += in + 2*leastAlike + out/2
		}
		if known := checkLike(t, old, text); known < len(text)-4*changed {
			t.Errorf("%d of %d bytes are known, %d changed", known, len(text), changed)
		}
	}
}

func FuzzLike(f *testing.F) {
	f.Add([]byte("abc"), []byte("abd"), uint8(3))
	f.Fuzz(func(t *testing.T, a, b []byte, times uint8) {
		many := int(times)
		checkLike(t, bytes.Repeat(a, many), append(bytes.Repeat(b, many), bytes.Repeat(a, many/2)...))
		checkLike(t, a, b)
	})
}
