package classify

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

// pieced puts a value together from pieces, some of them over and over.
func pieced(seed uint64, pieces ...string) []byte {
	r := rand.New(rand.NewPCG(seed, 5))
	var v []byte
	for range 1 + r.IntN(7) {
		v = append(v, strings.Repeat(pieces[r.IntN(len(pieces))], 1+r.IntN(1+r.IntN(9)))...)
	}
	return v
}

// TestDull holds dull against what it says, character by character.
func TestDull(t *testing.T) {
	none, some := 0, 0
	for seed := range uint64(50_000) {
		v := pieced(seed, "a", "b", "z", "ab", "abc", "-", "_", "A7", "x9Q", "0123456789", "fedcba", "é", "\xff", "\x00", "\x7f", "k8Lp0Zx")
		counts, most, steps, run, longest := map[byte]int{}, 0, 0, 0, 0
		for i, b := range v {
			if b != '-' && b != '_' {
				counts[b]++
				most = max(most, counts[b])
			}
			if i > 0 && (b == v[i-1] || b == v[i-1]+1 || b == v[i-1]-1) {
				steps++
			}
			if run++; i > 0 && b != v[i-1] {
				run = 1
			}
			longest = max(longest, run)
		}
		n := len(v)
		want := len(counts) <= 2 || len(counts) <= 4 && n >= 16 || n > 5 && 10*steps >= 7*(n-1) || n >= 8 && 2*most >= n ||
			longest >= 8 && 3*longest >= n || longest > 3 && 2*longest >= n
		for period := 1; period <= 4 && 2*period < n; period++ {
			want = want || bytes.Equal(v[period:], v[:n-period])
		}
		if want = want && n >= 4; dull(v) != want {
			t.Fatalf("%q: %v, want %v", v, !want, want)
		}
		if want {
			some++
		} else {
			none++
		}
	}
	if some < 1000 || none < 1000 {
		t.Errorf("%d are dull, %d are not", some, none)
	}
}

// TestMarked looks for the marks at every place.
func TestMarked(t *testing.T) {
	var texts []string
	for _, list := range marks {
		texts = append(texts, list...)
	}
	for seed := range uint64(20_000) {
		mark := texts[seed%uint64(len(texts))]
		v := pieced(seed, mark, mark[:len(mark)-1], strings.ToUpper(mark), mark[1:], "q", "Z7")
		low := make([]byte, len(v))
		for i, b := range v {
			low[i] = lowered(b)
		}
		want := false
		for _, text := range texts {
			want = want || bytes.Contains(low, []byte(text))
		}
		if got := marked(v); got != want && len(v) <= 256 {
			t.Fatalf("%q: %v, want %v", v, got, want)
		}
	}
}
