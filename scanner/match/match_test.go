package match

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"
)

// naive finds the literals one by one.
func naive(literals []string, data []byte, from int) []string {
	var out []string
	low := asciiLower(data)
	for i, l := range literals {
		l := asciiLower([]byte(l))
		for at := from; at <= len(low)-len(l); at++ {
			if bytes.Equal(low[at:at+len(l)], l) {
				out = append(out, fmt.Sprint(i, "@", at))
			}
		}
	}
	slices.Sort(out)
	return out
}

func asciiLower(b []byte) []byte {
	out := bytes.Clone(b)
	for i := range out {
		out[i] = fold(out[i])
	}
	return out
}

func found(t testing.TB, literals []string, data []byte, from int) []string {
	t.Helper()
	m, err := Compile(literals)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	m.Scan(data, from, func(l, start int) { out = append(out, fmt.Sprint(l, "@", start)) })
	slices.Sort(out)
	return out
}

func TestScan(t *testing.T) {
	for _, c := range []struct {
		literals string
		data     string
		from     int
	}{
		{"he she his hers", "ushers and HERS", 0},
		{"aa aaa a", "aaaaaa", 2},
		{"abcd bc bcd c", "xabcdx", 0},
		{"ab ab", "abab", 0},
		{"é ÿ", "é É \xff ÿ", 0},
		{"password pass word", "PassWordpassword", 3},
	} {
		literals := strings.Fields(c.literals)
		want := naive(literals, []byte(c.data), c.from)
		if got := found(t, literals, []byte(c.data), c.from); !slices.Equal(got, want) {
			t.Errorf("%q in %q from %d: %v, want %v", c.literals, c.data, c.from, got, want)
		}
	}
}

func TestCompileRefusesEmpty(t *testing.T) {
	if _, err := Compile([]string{"a", ""}); err == nil {
		t.Error("an empty literal is accepted")
	}
}

// FuzzScan: every literal is found where a naive search finds it, and nowhere
// else.
func FuzzScan(f *testing.F) {
	f.Add("akia ghp_ -----begin", []byte("x AKIA ghp_-----BEGIN"), 1)
	f.Add("a ab abc b bc c", []byte("aabbccabcABC"), 0)
	f.Add("\x00 \x00\xff \xfe", []byte("\x00\xff\xfe\x00"), 0)
	f.Fuzz(func(t *testing.T, words string, data []byte, from int) {
		literals := strings.Split(words, " ")
		if slices.Contains(literals, "") || len(data) > 4096 || len(words) > 4096 || from < 0 || from > len(data) {
			return // no set of literals
		}
		if _, err := Compile(literals); err != nil {
			return // more classes than a table has
		}
		want := naive(literals, data, from)
		if got := found(t, literals, data, from); !slices.Equal(got, want) {
			t.Errorf("%q in %q from %d:\n got %v\nwant %v", literals, data, from, got, want)
		}
	})
}
