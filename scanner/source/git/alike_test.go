package git

import (
	"bytes"
	"fmt"
	"math/rand"
	"testing"
)

// checkLike holds what is said to be alike against the two texts, and returns
// how many bytes it is.
func checkLike(t *testing.T, last, data []byte) (alike int) {
	t.Helper()
	all, end := like(last, data).Alike, -1
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
		alike, end = alike+len(stretch), to
	}
	return alike
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
		if alike := checkLike(t, old, text); alike < len(text)-4*changed {
			t.Errorf("%d of %d bytes are known, %d changed", alike, len(text), changed)
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
