// Command record runs the Go benchmarks and writes down what they gave: the raw
// runs with notes about the machine and benchstat's table into a folder of
// benchmarks/runs, and a table and a chart into benchmarks/README.md.
package main

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"time"
)

type options struct {
	root, bench, benchtime, from string
	count                        int
}

func main() {
	log.SetFlags(0)
	var o options
	flag.StringVar(&o.root, "root", ".", "folder of the repository")
	flag.StringVar(&o.bench, "bench", ".", "benchmarks to run, as go test takes it")
	flag.StringVar(&o.benchtime, "benchtime", "0.5s", "least time of a run")
	flag.IntVar(&o.count, "count", 6, "runs of each benchmark")
	flag.StringVar(&o.from, "from", "", "take the runs from this file and only write table and chart")
	flag.Parse()
	if err := record(o); err != nil {
		log.Fatal(err)
	}
}

func record(o options) error {
	home, err := filepath.Abs(filepath.Join(o.root, "benchmarks"))
	if err != nil {
		return err
	}
	if o.from != "" {
		return again(home, o.from)
	}
	raw, err := run(o)
	if err != nil {
		return err
	}
	dir, err := fresh(filepath.Join(home, "runs", time.Now().UTC().Format(time.DateOnly)+"-"+slug(configured(raw, "cpu"))))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "raw.txt"), raw, 0o644); err != nil {
		return err
	}
	table, err := output(exec.Command("go", "tool", "benchstat", "runs="+filepath.Join(dir, "raw.txt")))
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(dir, "benchstat.txt"), table, 0o644); err != nil {
		return err
	}
	return summarize(home, dir, raw)
}

// fresh makes a folder of that name, with a number behind it if there is one.
func fresh(name string) (string, error) {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return "", err
	}
	dir := name
	for n := 2; ; n++ {
		err := os.Mkdir(dir, 0o755)
		if !errors.Is(err, fs.ErrExist) {
			return dir, err
		}
		dir = fmt.Sprintf("%s-%d", name, n)
	}
}

// again writes table and chart of runs that were written down before.
func again(home, path string) error {
	path, err := filepath.Abs(path)
	if err != nil {
		return err
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return summarize(home, filepath.Dir(path), raw)
}

// run returns the output of the benchmarks below lines that describe the
// machine, in the form that benchstat reads.
func run(o options) ([]byte, error) {
	commit, err := output(exec.Command("git", "-C", o.root, "describe", "--tags", "--always", "--dirty"))
	if err != nil {
		return nil, err
	}
	var raw bytes.Buffer
	fmt.Fprintf(&raw, "date: %s\ncommit: %s\ngo: %s\ncores: %d\n", time.Now().UTC().Format(time.RFC3339), bytes.TrimSpace(commit), runtime.Version(), runtime.NumCPU())
	cmd := exec.Command("go", "test", "-run", "^$", "-bench", o.bench, "-benchmem", "-benchtime", o.benchtime,
		"-count", fmt.Sprint(o.count), "-timeout", "1h", "./benchmarks")
	cmd.Dir = o.root
	cmd.Stdout = io.MultiWriter(os.Stdout, &raw)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("%s: %w", cmd, err)
	}
	return raw.Bytes(), nil
}

func output(cmd *exec.Cmd) ([]byte, error) {
	out, err := cmd.Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return nil, fmt.Errorf("%s: %w: %s", cmd, err, bytes.TrimSpace(exit.Stderr))
	}
	return out, err
}

// configured returns what a line "key: value" of a benchmark's output says.
func configured(raw []byte, key string) string {
	for line := range strings.Lines(string(raw)) {
		if value, ok := strings.CutPrefix(line, key+":"); ok {
			return strings.TrimSpace(value)
		}
	}
	return "unknown"
}

var notWord = regexp.MustCompile(`[^a-z0-9]+`)

// slug makes a name that can stand in a path.
func slug(name string) string {
	return strings.Trim(notWord.ReplaceAllString(strings.ToLower(name), "-"), "-")
}
