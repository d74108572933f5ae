package scanner

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/rules"
)

const testRules = `
[[rules]]
id = "prefixed"
title = "Prefixed token"
confidence = "high"
provider = "Test"
regex = '\btok_[0-9a-f]{16}\b'

[[rules]]
id = "assigned"
title = "Assigned value"
regex = '(?i)(?P<name>[\w.-]{0,20}(?:password|token))\s{0,4}[=:]\s{0,4}(?P<secret>[0-9a-z]{8,40})\b'

[[rules]]
id = "block"
title = "Block"
severity = "critical"
confidence = "high"
provider = "Test"
reach = 65536
regex = '<<BEGIN>>[0-9a-f\n]+<<END>>'

[[rules]]
id = "anywhere"
title = "Unanchored"
unanchored = true
confidence = "high"
provider = "Test"
regex = '#[0-9]{12}#'

[[rules]]
id = "owner"
title = "Identifier"
kind = "identifier"
confidence = "high"
provider = "Test"
regex = '\bID[0-9]{10}\b'
keywords = ["ID"]
`

func testSet(t testing.TB) *rules.Set {
	t.Helper()
	f, err := rules.Load("test.toml", testRules)
	if err != nil {
		t.Fatal(err)
	}
	return f.Set
}

func testScanner(t testing.TB) *Scanner {
	t.Helper()
	s, err := New(Options{Rules: testSet(t)})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// builtinScanner has the built-in rules.
func builtinScanner(t testing.TB) *Scanner {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// text is a source of one stream, cut where cuts say.
type text struct {
	data string
	cuts []int
	path string
}

func (s text) Name() string { return "test" }

// Scan keeps the contract of Chunk with pieces that end at the cuts.
func (s text) Scan(_ context.Context, sink Sink) error {
	o := &Origin{Path: s.path}
	start, before := 0, 0
	for i, end := range append(slices.Clone(s.cuts), len(s.data)) {
		start = max(0, before-Overlap)
		for start > 0 && !utf8.RuneStart(s.data[start]) {
			start--
		}
		line, column := walk(1, 1, []byte(s.data[:start]))
		sink.Chunk(Chunk{Data: []byte(s.data[start:end]), Origin: o, Offset: int64(start), Pos: int64(start), Line: line, Column: column,
			Overlap: before - start, Last: i == len(s.cuts)})
		before = end
	}
	return nil
}

func describe(r *Report) string {
	var b strings.Builder
	for _, f := range r.Findings {
		fmt.Fprintf(&b, "%s %s %q %s\n", f.Rule.ID, f.Fingerprint, f.Secret.Reveal()[:min(40, len(f.Secret.Reveal()))], f.Reason)
		for _, o := range f.Occurrences {
			fmt.Fprintf(&b, "  %+v\n", o.Span)
		}
	}
	return b.String()
}

// TestChunkedIsWhole cuts streams at random: what is found, and where, is what
// is found in the stream as a whole.
func TestChunkedIsWhole(t *testing.T) {
	s := testScanner(t)
	for seed := range uint64(30) {
		random := rand.New(rand.NewPCG(seed, 1))
		data := testText(random)
		whole := s.Scan(t.Context(), text{data: data})
		if len(whole.Findings) < 5 {
			t.Fatalf("seed %d: only %d findings in the whole", seed, len(whole.Findings))
		}
		var cuts []int
		for range random.IntN(12) {
			cut := random.IntN(len(data))
			for cut > 0 && !utf8.RuneStart(data[cut]) {
				cut--
			}
			cuts = append(cuts, cut)
		}
		slices.Sort(cuts)
		chunked := s.Scan(t.Context(), text{data: data, cuts: cuts})
		if a, b := describe(whole), describe(chunked); a != b {
			t.Fatalf("seed %d, cuts %v of %d:\nwhole\n%s\nchunked\n%s", seed, cuts, len(data), a, b)
		}
	}
}

// testText is noise with values of every test rule in it, some of them across
// the lengths that matter: a block of nearly rules.MaxReach bytes.
func testText(random *rand.Rand) string {
	var b bytes.Buffer
	hex := func(n int) string {
		out := make([]byte, n)
		for i := range out {
			out[i] = "0123456789abcdef"[random.IntN(16)]
		}
		return string(out)
	}
	for b.Len() < 700_000 {
		switch random.IntN(11) {
		case 0:
			fmt.Fprintf(&b, " tok_%s ", hex(16))
		case 1:
			fmt.Fprintf(&b, "\nmy.Password = %s\n", hex(8+random.IntN(40)))
		case 2:
			fmt.Fprintf(&b, "<<BEGIN>>%s<<END>>", hex(random.IntN(rules.MaxReach-20)))
		case 3:
			fmt.Fprintf(&b, "#%012d#", random.IntN(1e12))
		case 4:
			fmt.Fprintf(&b, " ID%010d.", random.IntN(1e10))
		case 5:
			b.WriteString(strings.Repeat("é日𝄞", random.IntN(3000)))
		case 6:
			b.WriteString(strings.Repeat("password", random.IntN(50)))
		case 7:
			hidden := strings.Repeat("gold and gravel ", random.IntN(8000)) + "tok_" + hex(16) + strings.Repeat(" and so on", random.IntN(3000))
			b.WriteString(" " + base64.StdEncoding.EncodeToString([]byte(hidden)) + "\n")
		case 8:
			fmt.Fprintf(&b, " x%%3Dtok_%s%%26%s", hex(16), strings.Repeat("y=%20", random.IntN(5000)))
		default:
			b.WriteString(strings.Repeat(hex(50)+"\n", random.IntN(400)))
		}
	}
	return b.String()
}

func TestPositions(t *testing.T) {
	s := testScanner(t)
	r := s.Scan(t.Context(), text{data: "é日\n  𝄞 tok_9b3f07c1e5a82d64;\n"})
	if len(r.Findings) != 1 {
		t.Fatalf("found %d, want 1", len(r.Findings))
	}
	want := Span{Offset: 13, Length: 20, Line: 2, Column: 5, EndLine: 2, EndColumn: 25}
	if got := r.Findings[0].Occurrences[0].Span; got != want {
		t.Errorf("span %+v, want %+v", got, want)
	}
}
