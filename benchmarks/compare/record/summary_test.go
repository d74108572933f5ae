package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

const raw = `date: 2026-01-02T03:04:05Z
commit: v1-2-gabc
go: go1.24.0
cores: 2
goos: linux
pkg: github.com/sluice-sec/sluice/benchmarks
cpu: AMD EPYC 7 (TM)
BenchmarkEngine/go-2         	      10	 100 ns/op	 300.00 MB/s	 8 B/op	 1 allocs/op
BenchmarkLiterals/go-2       	      10	 100 ns/op	2000.00 MB/s	 0 B/op	 0 allocs/op
BenchmarkEngine/go-2         	      10	 100 ns/op	 100.00 MB/s	 8 B/op	 3 allocs/op
BenchmarkLiterals/go-2       	      10	 100 ns/op	2000.00 MB/s	 0 B/op	 0 allocs/op
BenchmarkEngine/go-2         	      10	 100 ns/op	 200.00 MB/s	 8 B/op	 2 allocs/op
PASS
`

func TestSummarize(t *testing.T) {
	home := t.TempDir()
	readme := filepath.Join(home, "README.md")
	if err := os.WriteFile(readme, []byte("before\n"+opening+"\nold\n"+closing+"\nafter\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(home, "runs", "2026-01-02-"+slug(configured([]byte(raw), "cpu")))
	for range 2 { // the second time changes nothing
		if err := summarize(home, dir, []byte(raw)); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(readme)
	if err != nil {
		t.Fatal(err)
	}
	want := "before\n" + opening + `

AMD EPYC 7 (TM), 2 cores, go1.24.0, commit v1-2-gabc, 2026-01-02T03:04:05Z: [all runs](runs/2026-01-02-amd-epyc-7-tm).

| benchmark | MB/s, median | runs | spread | allocs/op |
|---|--:|--:|--:|--:|
| Engine/go | 200 | 3 | 100 % | 2 |
| Literals/go | 2000 | 2 | 0 % | 0 |

![speed of each benchmark](bench.svg)

` + closing + "\nafter\n"
	if string(got) != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	svg, err := os.ReadFile(filepath.Join(home, "bench.svg"))
	if err != nil {
		t.Fatal(err)
	}
	if text := string(svg); !strings.Contains(text, "Literals/go") || !strings.Contains(text, " 2000") {
		t.Errorf("the chart lacks the names or the values: %.300s", text)
	}
}

func TestSummarizeNothing(t *testing.T) {
	if err := summarize(t.TempDir(), t.TempDir(), []byte("FAIL\n")); err == nil {
		t.Error("no error for output without a benchmark")
	}
}

func TestReplaceLacking(t *testing.T) {
	readme := filepath.Join(t.TempDir(), "README.md")
	if err := os.WriteFile(readme, []byte("# no place for a table\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := replace(readme, "text"); err == nil {
		t.Error("no error for a file without the lines")
	}
}

// TestFresh holds that runs of one day do not overwrite each other.
func TestFresh(t *testing.T) {
	name := filepath.Join(t.TempDir(), "runs", "day")
	for _, want := range []string{name, name + "-2", name + "-3"} {
		if got, err := fresh(name); err != nil || got != want {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	}
}
