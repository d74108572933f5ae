package benchmarks

import (
	"bytes"
	"context"
	"fmt"
	"testing"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/match"
)

// TestQuietChunk: a chunk without candidates allocates nothing once the pools
// are warm. The race detector has pools forget a part of what they are given.
func TestQuietChunk(t *testing.T) {
	set := builtinRules(t)
	m, err := match.Compile(corpus.Literals(set))
	if err != nil {
		t.Fatal(err)
	}
	data := bytes.Repeat([]byte("the quick brown fox jumps over the lazy dog\n"), 1000)
	m.Scan(data, 0, func(literal, start int) { t.Fatalf("the anchor %d stands at %d", literal, start) })
	for _, binary := range []bool{false, true} {
		t.Run(fmt.Sprintf("binary=%t", binary), func(t *testing.T) {
			c := scanner.Chunk{Data: data, Origin: &scanner.Origin{Path: "a.txt"}, Line: 1, Column: 1, Binary: binary, Last: true}
			got := -1.0
			newScanner(t, set).Scan(t.Context(), sender(func(sink scanner.Sink) {
				got = testing.AllocsPerRun(100, func() { sink.Chunk(c) })
			}))
			if got < 0 || got > 0 && !racing {
				t.Errorf("%v allocations a chunk, want none", got)
			}
		})
	}
}

// A sender is a source that does what it likes with its sink.
type sender func(sink scanner.Sink)

func (sender) Name() string { return "memory" }

func (s sender) Scan(_ context.Context, sink scanner.Sink) error {
	s(sink)
	return nil
}
