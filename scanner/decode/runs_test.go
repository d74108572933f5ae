package decode

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/match"
)

// TestRunner: the runs in the marks of blocks are those that a look at each byte
// finds, once each and in their order.
func TestRunner(t *testing.T) {
	random := rand.New(rand.NewPCG(5, 6))
	for range 2000 {
		data := make([]byte, match.BlockLength*random.IntN(8))
		for at := 0; at < len(data); {
			n := 1 + random.IntN([]int{6, 30, 130}[random.IntN(3)])
			for i := at; i < min(len(data), at+n); i++ {
				data[i] = 'x'
			}
			at += n + 1 + random.IntN(3)
		}
		var want, got []int
		for at := 0; at < len(data); at++ {
			end := at
			for end < len(data) && data[end] == 'x' {
				end++
			}
			if end-at >= shortestRun {
				want = append(want, at)
			}
			at = max(at, end)
		}
		r := runner{found: func(start, known int) {
			if got = append(got, start); known <= start || len(bytes.Trim(data[start:known], "x")) > 0 {
				t.Fatalf("%q: no digits from %d to %d", data, start, known)
			}
		}}
		var digits, escapes [8]uint64
		n := marks.Mark(data, digits[:], escapes[:])
		for i := range n {
			var next uint64
			if i+1 < n {
				next = digits[i+1]
			}
			if !r.pass(digits[i]) {
				r.block(i*match.BlockLength, digits[i], next)
			}
		}
		if !slices.Equal(got, want) {
			t.Fatalf("%q: runs at %v, want %v", data, got, want)
		}
	}
}

// TestWithin: what is remembered from one position of the grid to the next does
// not change what is found out about it.
func TestWithin(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 9))
	inside := 0
	for range 300 {
		data := make([]byte, 0, 12*grid)
		for len(data) < 10*grid {
			line := make([]byte, []int{76, 1024, 1000, grid, 6*grid + 3, 77}[random.IntN(6)])
			for i := range line {
				line[i] = "nrAz09+_"[random.IntN(8)]
			}
			for range 1 + random.IntN(500) {
				data = append(data, line...)
				data = append(data, []string{"\n", "\r\n", `\n`, `\r\n`, "\n  \t"}[random.IntN(5)]...)
				if len(data) >= 10*grid {
					break
				}
			}
		}
		remembers := &decoder{data: data}
		for g := window; g < len(data); g += grid - random.IntN(2)*random.IntN(grid) {
			fresh := &decoder{data: data}
			want := fresh.within(g, window)
			if got := remembers.within(g, window); got != want {
				t.Fatalf("position %d: %v, want %v", g, got, want)
			}
			if want {
				inside++
				remembers.long.end = remembers.digitsEnd(g, g+window) // as middle does
			}
		}
	}
	if inside < 300 {
		t.Errorf("only %d positions lie in a run", inside)
	}
	// A run that starts at a position: nothing stands before it.
	data := []byte(strings.Repeat("=", window) + strings.Repeat("a", 4*grid))
	d := &decoder{data: data}
	for g := window; g < len(data); g += grid {
		if got, want := d.within(g, window), g >= 2*window; got != want {
			t.Errorf("position %d after others: %v, want %v", g, got, want)
		}
	}
}

// TestHexInside: hex that starts anywhere in a long run of base64 is found to
// its end.
func TestHexInside(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	noise := make([]byte, 120<<10)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	run := base64.StdEncoding.EncodeToString(noise)
	for range 200 {
		at := random.IntN(len(run))
		plain := text(12+random.IntN(3000), uint64(at))
		data := run[:at] + "/" + hex.EncodeToString([]byte(plain)) + "/" + run[at:]
		found := 0
		Each([]byte(data), Options{To: len(data)}, func(v *View) {
			if bytes.Contains(v.Data, []byte(plain)) {
				found++
			}
		})
		if found == 0 {
			t.Errorf("%d bytes at %d of a run are not found", len(plain), at)
		}
	}
}

// TestLongHex: all of long hex is found, whichever of its digits stands where
// the grid has a position.
func TestLongHex(t *testing.T) {
	plain := text(5*Reach, 6)
	for lead := range 2 {
		data := strings.Repeat(" ", lead) + hex.EncodeToString([]byte(plain))
		found := make([]bool, len(plain)/1000)
		Each([]byte(data), Options{To: len(data)}, func(v *View) {
			for i := range found {
				found[i] = found[i] || bytes.Contains(v.Data, []byte(plain[i*1000:(i+1)*1000]))
			}
		})
		if i := slices.Index(found, false); i >= 0 {
			t.Errorf("after %d bytes: what starts at byte %d is not found", lead, i*1000)
		}
	}
}

// BenchmarkEach is what looks encoded, or is so badly, or in the worst way.
func BenchmarkEach(b *testing.B) {
	const size = 1 << 20
	random := rand.New(rand.NewPCG(1, 2))
	noise := make([]byte, size*3/4)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	fill := func(s string) string { return strings.Repeat(s, size/len(s)+1)[:size] }
	encode := base64.StdEncoding.EncodeToString
	run := encode(noise)
	line, head := run[100:140], encode([]byte("gold and gravel and more of it"))[:40]
	for _, c := range []struct{ name, data string }{
		{"one letter", fill("a")},
		{"one letter, text", fill("V")},
		{"hex, random", hex.EncodeToString(noise[:size/2])},
		{"hex, text", hex.EncodeToString([]byte(text(size/2, 1)))},
		{"base64, random", run},
		{"base64, random, lines", wrapped(run, 76, "\n")},
		{"base64, text", encode([]byte(text(size*3/4, 1)))},
		{"base64, text, lines", wrapped(encode([]byte(text(size*3/4, 1))), 76, "\n")},
		{"base64, broken lines", fill(head + "\n" + line + "\n")},
		{"base64, gzip each other line", fill("H4sIAAAA" + line[:32] + "\n" + line + "\n")},
		{"base64, UTF-16", encode([]byte(wide(text(size*3/8, 1), little)))},
		{"percent", fill("%67")},
		{`\x`, fill(`\x67`)},
		{`\u`, fill(`\u0067`)},
	} {
		b.Run(c.name, func(b *testing.B) {
			data := []byte(c.data)
			b.SetBytes(int64(len(data)))
			views := 0
			for b.Loop() {
				views = 0
				Each(data, Options{To: len(data)}, func(v *View) { views += len(v.Data) })
			}
			b.ReportMetric(float64(views)/float64(len(data)), "view-B/B")
		})
	}
}
