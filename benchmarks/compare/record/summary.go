package main

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/perf/benchfmt"
	"golang.org/x/perf/benchmath"

	"github.com/sluice-sec/sluice/benchmarks/compare/chart"
)

// The table stands between these lines of the README.
const (
	opening = "<!-- what make bench measured last -->"
	closing = "<!-- end -->"
)

// A row is one benchmark with the values of its runs by unit.
type row struct {
	name   string
	values map[string][]float64
}

// parse returns the benchmarks of go test's output in order.
func parse(raw []byte) ([]*row, error) {
	var rows []*row
	byName := map[string]*row{}
	r := benchfmt.NewReader(bytes.NewReader(raw), "raw.txt")
	for r.Scan() {
		result, ok := r.Result().(*benchfmt.Result)
		if !ok {
			continue // a unit's metadata, or a line of another program
		}
		name := string(result.Name)
		if at := strings.LastIndexByte(name, '-'); at > 0 {
			name = name[:at] // GOMAXPROCS
		}
		one := byName[name]
		if one == nil {
			one = &row{name: name, values: map[string][]float64{}}
			byName[name] = one
			rows = append(rows, one)
		}
		for _, v := range result.Values {
			one.values[v.Unit] = append(one.values[v.Unit], v.Value)
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, errors.New("no benchmark in the output")
	}
	return rows, nil
}

// median returns the middle of the values of a unit, and how far the runs are
// apart as a part of it.
func (r *row) median(unit string) (center, spread float64, ok bool) {
	if len(r.values[unit]) == 0 {
		return 0, 0, false
	}
	sample := benchmath.NewSample(slices.Clone(r.values[unit]), &benchmath.DefaultThresholds)
	center = benchmath.AssumeNothing.Summary(sample, 0.95).Center
	if center != 0 {
		spread = (sample.Values[len(sample.Values)-1] - sample.Values[0]) / center
	}
	return center, spread, true
}

// speed is the unit that benchfmt gives MB/s.
const speed = "B/s"

// summarize writes the table and the chart of the runs.
func summarize(home, dir string, raw []byte) error {
	rows, err := parse(raw)
	if err != nil {
		return err
	}
	var bars []chart.Bar
	for _, r := range rows {
		if center, _, ok := r.median(speed); ok {
			bars = append(bars, chart.Bar{Name: r.name, Value: center / 1e6})
		}
	}
	if err := chart.Save(filepath.Join(home, "bench.svg"), "", "MB/s", bars); err != nil {
		return err
	}
	folder, err := filepath.Rel(home, dir)
	if err != nil {
		return err
	}
	return replace(filepath.Join(home, "README.md"), table(rows, raw, filepath.ToSlash(folder)))
}

func table(rows []*row, raw []byte, folder string) string {
	var out strings.Builder
	fmt.Fprintf(&out, "%s, %s cores, %s, commit %s, %s: [all runs](%s).\n\n", configured(raw, "cpu"), configured(raw, "cores"),
		configured(raw, "go"), configured(raw, "commit"), configured(raw, "date"), folder)
	out.WriteString("| benchmark | MB/s, median | runs | spread | allocs/op |\n|---|--:|--:|--:|--:|\n")
	for _, r := range rows {
		center, spread, ok := r.median(speed)
		if !ok {
			continue
		}
		allocs := ""
		if n, _, ok := r.median("allocs/op"); ok {
			allocs = fmt.Sprintf("%.0f", n)
		}
		fmt.Fprintf(&out, "| %s | %.0f | %d | %.0f %% | %s |\n", r.name, center/1e6, len(r.values[speed]), spread*100, allocs)
	}
	out.WriteString("\n![speed of each benchmark](bench.svg)\n")
	return out.String()
}

// replace puts text between the two lines of a file.
func replace(path, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	before, rest, opened := strings.Cut(string(old), opening+"\n")
	_, after, closed := strings.Cut(rest, closing)
	if !opened || !closed {
		return fmt.Errorf("%s: the lines %s and %s are not there", path, opening, closing)
	}
	return os.WriteFile(path, []byte(before+opening+"\n\n"+text+"\n"+closing+after), 0o644)
}
