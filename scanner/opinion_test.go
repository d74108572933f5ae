package scanner

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/classify"
)

// TestOpinions: what is remembered of candidates is what their judges say, where a
// block comes again as it is and where something in it or beside it is another.
func TestOpinions(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	var block strings.Builder
	for i := range 40 {
		fmt.Fprintf(&block, "const name_%d = 1\npassword_%d = %q # it\n", i, i, []string{"hunter2hunter2", "changeme", "Zx9!kQ2#vB7m", "${HOME}"}[i%4])
	}
	var data []byte
	for range 12 {
		text := []byte(block.String())
		if random.IntN(2) == 0 {
			text[random.IntN(len(text))] = '"'
		}
		data = append(data, text...)
	}
	var o opinions
	for chunk := range 2 {
		o.forget()
		kept, at := 0, 0
		for {
			i := bytes.Index(data[at:], []byte("password_"))
			if i < 0 {
				break
			}
			start := at + i
			end := start + bytes.IndexByte(data[start:], '\n')
			at = end
			value := bytes.IndexByte(data[start:end], '=') + 3
			if value < 3 || start+value+4 > end {
				continue
			}
			lo, hi := max(0, start-300), min(len(data), end+300)
			made := func() classify.Candidate {
				return classify.Candidate{Data: data[lo:hi], Start: start + value - lo, End: end - 6 - lo, MatchStart: start - lo, MatchEnd: end - lo,
					Name: data[start : start+8], File: classify.FileOf("a.py")}
			}
			got, want := made(), made()
			next := o.next
			verdict := o.judge("assigned", data, lo, &got)
			if o.next == next {
				kept++
			}
			if w := classify.Judge("assigned", &want); verdict != w || string(got.Name) != string(want.Name) {
				t.Fatalf("at %d: %+v of %q, want %+v of %q", start, verdict, got.Name, w, want.Name)
			}
		}
		if kept < 50 {
			t.Errorf("chunk %d: only %d were remembered", chunk, kept)
		}
		data = bytes.ToUpper(data) // another chunk in the same room
		data = bytes.ReplaceAll(data, []byte("PASSWORD_"), []byte("password_"))
	}
}

// TestRepeats: what overlapping stretches cost each other changes no answer.
func TestRepeats(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 4))
	yes, no := 0, 0
	for range 300 {
		data := bytes.Repeat([]byte("0123456789abcdefghijklmnopqrstuvwxyz"), 12)
		for range random.IntN(4) {
			data[random.IntN(len(data))] = '.'
		}
		var o opinions
		for range 60 {
			before := 36 * (1 + random.IntN(2))
			from := before + random.IntN(len(data)-before)
			to := min(len(data), from+random.IntN(80))
			want := bytes.Equal(data[from:to], data[from-before:to-before])
			if got := o.repeats(data, from, to, before); got != want {
				t.Fatalf("%d to %d of %q, %d before: %v, want %v", from, to, data, before, got, want)
			}
			if want {
				yes++
			} else {
				no++
			}
		}
	}
	if yes < 1000 || no < 1000 {
		t.Errorf("%d repeat, %d do not", yes, no)
	}
}
