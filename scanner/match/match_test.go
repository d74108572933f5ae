package match

import (
	"bytes"
	"fmt"
	"math/rand/v2"
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

func found(m *Matcher, data []byte, from int) []string {
	var out []string
	m.Scan(data, from, func(l, start int) { out = append(out, fmt.Sprint(l, "@", start)) })
	slices.Sort(out)
	return out
}

// compare runs every filter that the machine has over the data.
func compare(t *testing.T, literals []string, data []byte, from int) {
	t.Helper()
	want := naive(literals, data, from)
	for _, f := range filters() {
		if got := found(compile(literals, f), slices.Clip(bytes.Clone(data)), from); !slices.Equal(got, want) {
			t.Errorf("%s: %.200q in %.200q from %d:\n got %v\nwant %v", f, literals, data, from, got, want)
		}
	}
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
		compare(t, strings.Fields(c.literals), []byte(c.data), c.from)
	}
}

// TestScanAcrossBlocks plants literals of every length at every place round the
// ends of blocks and of the stretches that are filtered at once.
func TestScanAcrossBlocks(t *testing.T) {
	literals := []string{"k", "pw", "KEY", "ghp_", "token", "xÿz", "\xff\xfe", "-----begin rsa private key-----", "secret access key of the account"}
	for size := 1; size < 3*blockLength; size++ {
		data := bytes.Repeat([]byte("."), size)
		for i, l := range literals {
			copy(data[min(size-1, (i*size/len(literals))):], l)
		}
		compare(t, literals, data, size/7)
	}
	long := bytes.Repeat([]byte("ab-Cd_"), blocksAtOnce*blockLength/2)
	for i := range 4 * blockLength {
		copy(long[blocksAtOnce*blockLength-2*blockLength+i:], literals[i%len(literals)])
	}
	compare(t, literals, long, 3)
}

// TestScanManyLiterals has random literals, near misses of them and random
// bytes round both.
func TestScanManyLiterals(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	for _, alphabet := range []string{"ab", "abcdefghijklmnopqrstuvwxyz_-=:/ABCDEFGH0123", "\x00\x20\x40\x60\x80\xa0\xc0\xe0AaZz[{"} {
		draw := func(n int) string {
			out := make([]byte, n)
			for i := range out {
				out[i] = alphabet[random.IntN(len(alphabet))]
			}
			return string(out)
		}
		var literals []string
		for range 1500 {
			literals = append(literals, draw(3+random.IntN(9)))
		}
		var data []byte
		for range 300 {
			l := []byte(literals[random.IntN(len(literals))])
			if random.IntN(2) == 0 {
				l[random.IntN(len(l))] ^= 0x20
			}
			data = append(append(data, draw(random.IntN(20))...), l...)
		}
		compare(t, literals, data, random.IntN(10))
	}
}

// TestNothingAllocated: a scan costs no memory.
func TestNothingAllocated(t *testing.T) {
	data := bytes.Repeat([]byte("a token and nothing else\n"), 1000)
	for _, f := range filters() {
		m, hits := compile([]string{"token", "ghp_"}, f), 0
		if n := testing.AllocsPerRun(100, func() { m.Scan(data, 0, func(int, int) { hits++ }) }); n > 0 || hits == 0 {
			t.Errorf("%s: %v allocations a scan, %d hits", f, n, hits)
		}
	}
}

func TestCompileRefuses(t *testing.T) {
	if _, err := Compile([]string{"a", ""}); err == nil {
		t.Error("an empty literal is accepted")
	}
	many := make([]string, 1<<16)
	for i := range many {
		many[i] = fmt.Sprintf("literal %d", i)
	}
	if _, err := Compile(many); err == nil {
		t.Error("too many literals are accepted")
	}
	m, err := Compile(many[1:])
	if err != nil {
		t.Fatal(err)
	}
	met := []int{}
	m.Scan([]byte("literal 65535, literal 1"), 0, func(literal, start int) { met = append(met, literal) })
	if !slices.Contains(met, len(many)-2) || !slices.Contains(met, 0) {
		t.Errorf("of 65,535 literals %v are met", met)
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
		compare(t, literals, data, from)
	})
}
