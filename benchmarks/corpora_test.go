package benchmarks

import (
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/sluice-sec/sluice/benchmarks/corpus"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// moreCorpora names files, as PATH does folders, that are corpora beside the
// built-in ones.
const moreCorpora = "SLUICE_CORPORA"

// seed is that of all generators here.
const seed = 1

// A workload is a corpus and what of it reaches the engine.
type workload struct {
	corpus.Corpus
	chunks corpus.Replay
}

// part is that of the full sizes which is made: less where tests are to be
// short.
func part() int {
	if testing.Short() {
		return 8
	}
	return 1
}

// workloads are made once for all benchmarks of the process.
var workloads = sync.OnceValues(func() ([]workload, error) {
	all, err := corpus.Builtin(seed, part())
	if err != nil {
		return nil, err
	}
	for _, path := range filepath.SplitList(os.Getenv(moreCorpora)) {
		c, err := corpus.File(path)
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	var out []workload
	for _, c := range all {
		chunks, err := c.Chunks()
		if err != nil {
			return nil, err
		}
		out = append(out, workload{Corpus: c, chunks: chunks})
	}
	return out, nil
})

// everyWorkload runs a benchmark over each corpus.
func everyWorkload(b *testing.B, run func(b *testing.B, w workload)) {
	b.Helper()
	all, err := workloads()
	if err != nil {
		b.Fatal(err)
	}
	for _, w := range all {
		b.Run(w.Name, func(b *testing.B) { run(b, w) })
	}
}

// named returns one of the corpora.
func named(tb testing.TB, name string) workload {
	tb.Helper()
	all, err := workloads()
	if err != nil {
		tb.Fatal(err)
	}
	for _, w := range all {
		if w.Name == name {
			return w
		}
	}
	tb.Fatalf("no corpus %s", name)
	return workload{}
}

func builtinRules(tb testing.TB) *rules.Set {
	tb.Helper()
	set, err := rules.Builtin()
	if err != nil {
		tb.Fatal(err)
	}
	return set
}

func newScanner(tb testing.TB, set *rules.Set) *scanner.Scanner {
	tb.Helper()
	s, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		tb.Fatal(err)
	}
	return s
}
