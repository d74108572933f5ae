package sourcetest

import (
	"context"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

// chunk is one that keeps to the contract as the nth of "line\n" 40 times, cut
// every 100 bytes, 20 of them repeated.
func chunk(o *scanner.Origin, n int) scanner.Chunk {
	text := strings.Repeat("line\n", 40)
	start := max(0, 100*n-20)
	return scanner.Chunk{Origin: o, Data: []byte(text[start : 100*n+100]), Offset: int64(start), Pos: int64(start),
		Line: 1 + start/5, Column: 1, Overlap: min(20, start), Last: n == 1}
}

func TestRecorder(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*scanner.Chunk)
		want  string
	}{
		"right":         {func(*scanner.Chunk) {}, ""},
		"no overlap":    {func(c *scanner.Chunk) { c.Overlap = 0 }, "overlap 0 after"},
		"short overlap": {func(c *scanner.Chunk) { c.Overlap = 19 }, "overlap 19 after"},
		"large overlap": {func(c *scanner.Chunk) { c.Overlap = 1000 }, "overlap 1000 of"},
		"other overlap": {func(c *scanner.Chunk) { c.Data[3] = 'x' }, "not what the chunk before held"},
		"offset":        {func(c *scanner.Chunk) { c.Offset++ }, "stands at"},
		"pos":           {func(c *scanner.Chunk) { c.Pos-- }, "stands at"},
		"line":          {func(c *scanner.Chunk) { c.Line++ }, "stands at"},
		"column":        {func(c *scanner.Chunk) { c.Column++ }, "stands at"},
		"encoding":      {func(c *scanner.Chunk) { c.Encoding = scanner.UTF16BE }, "changed"},
		"kind":          {func(c *scanner.Chunk) { c.Binary = true }, "changed"},
	} {
		t.Run(name, func(t *testing.T) {
			r := Recorder{Overlap: 20}
			o := &scanner.Origin{Path: "p"}
			r.Chunk(chunk(o, 0))
			second := chunk(o, 1)
			c.spoil(&second)
			r.Chunk(second)
			if got := strings.Join(r.broken, "; "); (got == "") != (c.want == "") || !strings.Contains(got, c.want) {
				t.Errorf("broken %q, want %q", got, c.want)
			}
		})
	}
	t.Run("twice the last", func(t *testing.T) {
		r := Recorder{Overlap: 20}
		o := &scanner.Origin{Path: "p"}
		for _, n := range []int{0, 1, 1} {
			r.Chunk(chunk(o, n))
		}
		if len(r.broken) != 1 || !strings.Contains(r.broken[0], "after the last") {
			t.Errorf("broken %q", r.broken)
		}
	})
}

// A memory is the plainest source: small files that are held.
type memory map[string][]byte

func (memory) Name() string { return "memory" }

func (m memory) Scan(ctx context.Context, sink scanner.Sink) error {
	for path, content := range m {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		sink.Chunk(scanner.Chunk{Origin: &scanner.Origin{Path: path}, Data: content, Line: 1, Column: 1, Last: true})
	}
	return ctx.Err()
}

func TestRun(t *testing.T) {
	Run(t, func(_ *testing.T, files map[string][]byte) scanner.Source {
		m := memory{}
		for path, content := range files {
			m[path] = decode(content)
		}
		return m
	})
}
