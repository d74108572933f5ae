// Package benchmarks measures the engine over corpora that every machine with
// Go has, or that a seeded generator makes.
package benchmarks

import (
	"context"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/decode"
)

// memory is a source of files that are read already.
type memory struct {
	paths []string
	data  [][]byte
	bytes int64
}

func (*memory) Name() string { return "memory" }

func (m *memory) Scan(ctx context.Context, sink scanner.Sink) error {
	for i, data := range m.data {
		sink.Chunk(scanner.Chunk{Data: data, Origin: &scanner.Origin{Path: m.paths[i]}, Line: 1, Column: 1, Last: true})
	}
	return ctx.Err()
}

// goSource returns the source of the standard library of the go command.
func goSource(b *testing.B) *memory {
	b.Helper()
	root, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		b.Fatal(err)
	}
	m := &memory{}
	err = filepath.WalkDir(filepath.Join(strings.TrimSpace(string(root)), "src"), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") {
			return err
		}
		data, err := os.ReadFile(path)
		m.paths, m.data, m.bytes = append(m.paths, path), append(m.data, data), m.bytes+int64(len(data))
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return m
}

// BenchmarkScanGoSource is the whole engine, all built-in rules, one
// goroutine, over the standard library's source in memory.
func BenchmarkScanGoSource(b *testing.B) {
	s, corpus := builtin(b), goSource(b)
	b.SetBytes(corpus.bytes)
	b.ReportAllocs()
	for b.Loop() {
		s.Scan(b.Context(), corpus)
	}
}

// BenchmarkDecodeNothing is the part of it that looks for what is encoded, over
// the files in which nothing is, beside the whole engine over the same files.
func BenchmarkDecodeNothing(b *testing.B) {
	corpus, plain := goSource(b), &memory{}
	for i, data := range corpus.data {
		views := 0
		decode.Each(data, decode.Options{To: len(data)}, func(*decode.View) { views++ })
		if views == 0 {
			plain.paths, plain.data = append(plain.paths, corpus.paths[i]), append(plain.data, data)
			plain.bytes += int64(len(data))
		}
	}
	b.Run("decode", func(b *testing.B) {
		b.SetBytes(plain.bytes)
		for b.Loop() {
			for _, data := range plain.data {
				decode.Each(data, decode.Options{To: len(data)}, func(*decode.View) { b.Fatal("a view") })
			}
		}
	})
	b.Run("engine", func(b *testing.B) {
		s := builtin(b)
		b.SetBytes(plain.bytes)
		for b.Loop() {
			s.Scan(b.Context(), plain)
		}
	})
}

// builtin returns a scanner with the built-in rules.
func builtin(b *testing.B) *scanner.Scanner {
	b.Helper()
	set, err := rules.Builtin()
	if err != nil {
		b.Fatal(err)
	}
	s, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		b.Fatal(err)
	}
	return s
}
