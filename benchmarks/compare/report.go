package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"slices"
	"text/tabwriter"

	"golang.org/x/perf/benchmath"

	"github.com/sluice-sec/sluice/benchmarks/compare/chart"
)

// A report is what a comparison gave.
type report struct {
	Date    string  `json:"date"`
	Go      string  `json:"go"`
	OS      string  `json:"os"`
	CPU     string  `json:"cpu,omitempty"`
	Cores   int     `json:"cores"`
	Kind    kind    `json:"kind"`
	Target  string  `json:"target"`
	Bytes   int64   `json:"bytes"`
	Entries []entry `json:"tools"`
}

// An entry is one tool with its runs. The medians are of the runs that did not
// fail.
type entry struct {
	Name    string   `json:"name"`
	Version string   `json:"version"`
	Runs    []result `json:"runs"`
	Median  result   `json:"median"`
	// Ratio is the median, over the rounds, of the tool's time to sluice's in
	// the same round; 0 where there is none.
	Ratio float64 `json:"times_sluice"`
}

// finish works out medians and ratios.
func (r *report) finish() {
	at := slices.IndexFunc(r.Entries, func(e entry) bool { return e.Name == base })
	for i := range r.Entries {
		e := &r.Entries[i]
		var ratios []float64
		for round, one := range e.Runs {
			if at < 0 || round >= len(r.Entries[at].Runs) {
				break
			}
			if ours := r.Entries[at].Runs[round]; one.Failed == "" && ours.Failed == "" {
				ratios = append(ratios, one.Wall/ours.Wall)
			}
		}
		e.Ratio = median(ratios)
		e.Median = medians(e.Runs)
	}
}

func medians(runs []result) result {
	of := func(value func(result) float64) float64 {
		var values []float64
		for _, one := range runs {
			if one.Failed == "" {
				values = append(values, value(one))
			}
		}
		return median(values)
	}
	m := result{
		Wall:     of(func(r result) float64 { return r.Wall }),
		CPU:      of(func(r result) float64 { return r.CPU }),
		Peak:     int64(of(func(r result) float64 { return float64(r.Peak) })),
		Findings: int(of(func(r result) float64 { return float64(r.Findings) })),
	}
	if !slices.ContainsFunc(runs, func(r result) bool { return r.Failed == "" }) {
		m.Failed = runs[len(runs)-1].Failed
	}
	return m
}

func median(values []float64) float64 {
	if len(values) == 0 {
		return 0
	}
	return benchmath.AssumeNothing.Summary(benchmath.NewSample(slices.Clone(values), &benchmath.DefaultThresholds), 0.95).Center
}

// text writes the report as a table.
func (r *report) text(w io.Writer) error {
	fmt.Fprintf(w, "%s %s, %.1f MB; %s, %d cores; medians\n", r.Kind, r.Target, float64(r.Bytes)/1e6, r.CPU, r.Cores)
	out := tabwriter.NewWriter(w, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(out, "tool\twall\tto sluice\tCPU\tpeak memory\tMB/s\tfindings\truns\tversion\t")
	for _, e := range r.Entries {
		done := 0
		for _, one := range e.Runs {
			if one.Failed == "" {
				done++
			}
		}
		if done == 0 {
			fmt.Fprintf(out, "%s\t\t\t\t\t\t\t0/%d\t%s\t  %s\n", e.Name, len(e.Runs), e.Version, e.Median.Failed)
			continue
		}
		m, ratio := e.Median, ""
		if e.Ratio > 0 {
			ratio = fmt.Sprintf("%.2f", e.Ratio)
		}
		fmt.Fprintf(out, "%s\t%.2f s\t%s\t%.2f s\t%.0f MB\t%.0f\t%d\t%d/%d\t%s\t\n", e.Name, m.Wall, ratio, m.CPU,
			float64(m.Peak)/1e6, float64(r.Bytes)/1e6/m.Wall, m.Findings, done, len(e.Runs), e.Version)
	}
	return out.Flush()
}

// json writes the report with every run.
func (r *report) json(path string) error {
	data, err := json.MarshalIndent(r, "", "  ")
	if err != nil {
		return err
	}
	return os.WriteFile(path, append(data, '\n'), 0o644)
}

// plot draws how long each tool took.
func (r *report) plot(path string) error {
	var bars []chart.Bar
	for _, e := range r.Entries {
		if e.Median.Failed == "" {
			bars = append(bars, chart.Bar{Name: e.Name, Value: e.Median.Wall})
		}
	}
	return chart.Save(path, fmt.Sprintf("%s, %.0f MB", r.Kind, float64(r.Bytes)/1e6), "seconds", bars)
}
