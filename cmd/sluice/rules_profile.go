package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/files"
)

// rulesProfileOptions are the flags of `sluice rules profile`.
type rulesProfileOptions struct {
	files           files.Options
	top             uint
	json            bool
	allowIncomplete bool
}

// newRulesProfileCommand returns the command; load gives it the rules.
func newRulesProfileCommand(load func(*cobra.Command) (*rules.Set, error)) *cobra.Command {
	var o rulesProfileOptions
	cmd := &cobra.Command{
		Use:   "profile PATH...",
		Short: "Scan directories and files, and say what each rule costs",
		Long: `Scans every file below the paths as ` + "`sluice dir`" + ` does, or standard input where a
path is "-", and prints what each rule that was met cost, the dearest first:

  time       spent on the rule, of all processors together
  share      of the time of all rules
  anchors    places where a literal of the rule stands and its expression was
             tried; of a rule without literals the blocks that it ran over
  matches    of its expression
  rejected   matches that its conditions, the classifier or an allow list ruled
             out
  hits       matches that stand for a secret or an identifier, before it is seen
             which are one finding
  ns/anchor  time by anchors

The last line says how fast all was read and scanned, rules included. What is
found is not printed. Times are the clock's: looking at it, waiting for a
processor, and compiling an expression at its first anchor are in them. Rules that
go by the path alone are not listed.

Exit status: 0 everything read, whatever was found, 2 a usage error, or something
could not be read (--allow-incomplete lifts it), 70 a bug in sluice.`,
		Example: "  sluice rules profile .\n  sluice rules profile --json --config .sluice.toml src >profile.json",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error {
			set, err := load(cmd)
			if err != nil {
				return err
			}
			return o.run(cmd, set, paths)
		},
	}
	o.AddFlags(cmd.Flags())
	return cmd
}

func (o *rulesProfileOptions) AddFlags(fs *pflag.FlagSet) {
	addFiles(fs, &o.files)
	fs.UintVar(&o.top, "top", 30, "most rules in the table, `N`, the others in one row; 0 shows all")
	fs.BoolVar(&o.json, "json", false, "print JSON, with every rule")
	fs.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "no status 2 for what could not be read")
}

func (o *rulesProfileOptions) run(cmd *cobra.Command, set *rules.Set, paths []string) error {
	sources, err := o.sources(cmd.InOrStdin(), paths)
	if err != nil {
		return err
	}
	engine, err := scanner.New(scanner.Options{Rules: set, Profile: true})
	if err != nil {
		return err
	}
	report := engine.Scan(cmd.Context(), sources...)
	var elapsed time.Duration
	for _, s := range sources {
		elapsed += s.(*timed).elapsed
	}
	p := newRuleCosts(engine.Profile(), report.Stats, elapsed)
	write := func(w io.Writer) error { return p.table(w, int(o.top)) }
	if o.json {
		write = p.json
	}
	if err := write(cmd.OutOrStdout()); err != nil {
		return fmt.Errorf("profile to standard output: %w", err)
	}
	s := scan{options: &scanOptions{exitZero: true, allowIncomplete: o.allowIncomplete}, stderr: cmd.ErrOrStderr()}
	return s.status(report)
}

// sources returns what is to be scanned, each of them timed.
func (o *rulesProfileOptions) sources(stdin io.Reader, paths []string) ([]scanner.Source, error) {
	var sources []scanner.Source
	if slices.Contains(paths, "-") {
		sources = append(sources, &timed{Source: files.Pipe(stdin, "", o.files)})
	}
	onDisk := slices.DeleteFunc(slices.Clone(paths), func(path string) bool { return path == "-" })
	if len(onDisk) == 0 {
		return sources, nil
	}
	dir, err := openFiles(onDisk, o.files)
	if err != nil {
		return nil, err
	}
	return append(sources, &timed{Source: dir}), nil
}

// A timed source knows how long it was read. It attributes nothing: that is
// for findings, which nobody sees here.
type timed struct {
	scanner.Source
	elapsed time.Duration
}

// Scan implements scanner.Source.
func (t *timed) Scan(ctx context.Context, sink scanner.Sink) error {
	start := time.Now()
	defer func() { t.elapsed = time.Since(start) }()
	return t.Source.Scan(ctx, sink)
}

// ruleCosts are what rules cost in one scan, in the form that is printed.
type ruleCosts struct {
	Rules []ruleCost `json:"rules"`
	// Sum is that of all rules.
	Sum   ruleCost `json:"sum"`
	Bytes int64    `json:"bytes"`
	// Elapsed is how long the scan took, reading included.
	Elapsed time.Duration `json:"elapsed_ns"`
	// Rate is that of the whole scan.
	Rate float64 `json:"mb_per_second"`
}

// A ruleCost is a row: what a rule cost, or several of them together.
type ruleCost struct {
	Rule     string        `json:"rule,omitempty"`
	Time     time.Duration `json:"time_ns"`
	Share    float64       `json:"share"`
	Anchors  int64         `json:"anchors"`
	Matches  int64         `json:"matches"`
	Rejected int64         `json:"rejected"`
	Hits     int64         `json:"hits"`
	Each     float64       `json:"ns_per_anchor"`
}

func newRuleCosts(profile []scanner.RuleProfile, stats scanner.Stats, elapsed time.Duration) *ruleCosts {
	p := &ruleCosts{
		Rules: []ruleCost{}, // JSON has a list of none
		Bytes: stats.Bytes, Elapsed: elapsed, Rate: ratio(float64(stats.Bytes)/1e6, elapsed.Seconds()),
	}
	for _, r := range profile {
		p.Rules = append(p.Rules, ruleCost{Rule: r.Rule.ID, Time: r.Time, Anchors: r.Anchors, Matches: r.Matches, Hits: r.Hits})
	}
	p.Sum = together(p.Rules)
	p.Sum.derive(p.Sum.Time)
	for i := range p.Rules {
		p.Rules[i].derive(p.Sum.Time)
	}
	return p
}

// together adds up what was counted.
func together(rows []ruleCost) ruleCost {
	var sum ruleCost
	for _, r := range rows {
		sum.Time += r.Time
		sum.Anchors += r.Anchors
		sum.Matches += r.Matches
		sum.Hits += r.Hits
	}
	return sum
}

// derive works out what follows from what was counted.
func (c *ruleCost) derive(all time.Duration) {
	c.Share = ratio(float64(c.Time), float64(all))
	c.Rejected = c.Matches - c.Hits
	c.Each = ratio(float64(c.Time), float64(c.Anchors))
}

// ratio is a/b, and 0 of nothing.
func ratio(a, b float64) float64 {
	if b == 0 {
		return 0
	}
	return a / b
}

func (p *ruleCosts) json(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(p)
}

// table prints the rules that cost most, all if top is 0, a row for the others
// and the sum.
func (p *ruleCosts) table(w io.Writer, top int) error {
	rows := p.Rules
	if top > 0 && len(rows) > top {
		others := together(rows[top:])
		others.Rule = fmt.Sprintf("(%d more)", len(rows)-top)
		others.derive(p.Sum.Time)
		rows = append(slices.Clone(rows[:top]), others)
	}
	sum := p.Sum
	sum.Rule = "(sum)"
	rows = append(slices.Clone(rows), sum)
	width := 0
	for _, r := range rows {
		width = max(width, len(r.Rule))
	}
	if _, err := fmt.Fprintf(w, "%-*s  %11s  %6s  %10s  %9s  %9s  %8s  %9s\n",
		width, "rule", "time", "share", "anchors", "matches", "rejected", "hits", "ns/anchor"); err != nil {
		return err
	}
	for _, r := range rows {
		if _, err := fmt.Fprintf(w, "%-*s  %9.1fms  %5.1f%%  %10d  %9d  %9d  %8d  %9.0f\n",
			width, r.Rule, milliseconds(r.Time), 100*r.Share, r.Anchors, r.Matches, r.Rejected, r.Hits, r.Each); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(w, "rules met: %d; %d bytes read and scanned in %.1fms, %.1f MB/s\n",
		len(p.Rules), p.Bytes, milliseconds(p.Elapsed), p.Rate)
	return err
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
