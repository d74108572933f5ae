package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"github.com/sluice-sec/sluice/reporters"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/cache"
)

// scanOptions are what every command that scans takes.
type scanOptions struct {
	config          string
	reports         []string
	template        string
	failOn          string
	minConfidence   string
	exitZero        bool
	allowIncomplete bool
	showSecrets     bool
	showSuppressed  bool
	verbose         bool
	quiet           bool
	maxFindings     int
	policy          policyOptions
	read            readFunc // of what says what is found and hidden; nil is readConfig
}

func (o *scanOptions) reader() readFunc {
	if o.read != nil {
		return o.read
	}
	return readConfig
}

func (o *scanOptions) AddFlags(fs *pflag.FlagSet) {
	fs.StringVarP(&o.config, "config", "c", "", "read rules from `FILE`, sluice's own or gitleaks' format (default .sluice.toml here or at the repository's root)")
	fs.StringArrayVarP(&o.reports, "report", "r", nil, "write a report, `FORMAT[=FILE]`: "+strings.Join(reporters.Formats(), ", ")+"; repeatable")
	fs.StringVar(&o.template, "template", "", "the text/template in `FILE` makes the report template, of what json holds")
	fs.StringVar(&o.failOn, "fail-on", "low", "least `SEVERITY` of a secret that gives status 1: low, medium, high, critical")
	fs.StringVar(&o.minConfidence, "min-confidence", "medium", "least `CONFIDENCE` of what is reported: low, medium, high")
	fs.BoolVar(&o.exitZero, "exit-zero", false, "status 0 even if secrets were found")
	fs.BoolVar(&o.allowIncomplete, "allow-incomplete", false, "no status 2 for what could not be read")
	fs.BoolVar(&o.showSecrets, "show-secrets", false, "write the secrets themselves into the reports")
	fs.BoolVar(&o.showSuppressed, "show-suppressed", false, "list in the reports what a baseline, an ignore file or a comment hides")
	fs.BoolVarP(&o.verbose, "verbose", "v", false, "log what is done to standard error")
	fs.BoolVarP(&o.quiet, "quiet", "q", false, "no progress and no table on standard output")
	o.policy.AddFlags(fs)
	fs.IntVar(&o.maxFindings, "max-findings", 200_000, "most matches that are kept; more is a problem")
}

// A scan is a command's options made ready: rules loaded, reports opened.
type scan struct {
	options    *scanOptions
	rules      *rules.Set
	severity   rules.Severity
	confidence rules.Confidence
	policy     *scanner.Policy
	cache      *cache.Cache // nil: none
	outputs    []output
	log        *slog.Logger
	stdout     io.Writer
	stderr     io.Writer
}

// prepare checks everything that can be wrong with the command line before
// anything is read.
func (o *scanOptions) prepare(cmd *cobra.Command) (*scan, error) {
	s := &scan{options: o, stdout: cmd.OutOrStdout(), stderr: cmd.ErrOrStderr()}
	level := slog.LevelWarn
	if o.verbose {
		level = slog.LevelDebug
	}
	s.log = slog.New(slog.NewTextHandler(s.stderr, &slog.HandlerOptions{Level: level}))
	if err := s.severity.UnmarshalText([]byte(o.failOn)); err != nil {
		return nil, fmt.Errorf("--fail-on: %w", err)
	}
	if err := s.confidence.UnmarshalText([]byte(o.minConfidence)); err != nil {
		return nil, fmt.Errorf("--min-confidence: %w", err)
	}
	var err error
	if o.config == "" && o.policy.namedOnly {
		s.rules, err = rules.Builtin()
	} else {
		s.rules, err = loadRules(o.config, o.reader(), s.log)
	}
	if err != nil {
		return nil, err
	}
	if s.policy, err = o.policy.policy(o.reader(), s.log); err != nil {
		return nil, err
	}
	if s.policy != nil {
		s.policy.Stale = outdated(cmd, cmd.Flags().Args())
	}
	if p := purposeOf(cmd.Context()); p != nil {
		return s, p.prepare(cmd, s)
	}
	s.outputs, err = o.outputs(cmd.OutOrStdout())
	return s, err
}

// run scans the sources, writes the reports and returns the error that gives
// the exit status.
func (s *scan) run(ctx context.Context, sources ...scanner.Source) error {
	purpose := purposeOf(ctx)
	engine, err := scanner.New(scanner.Options{
		Rules: s.rules, MaxHits: s.options.maxFindings, Policy: s.policy, Cache: s.cache, Excerpts: purpose != nil && purpose.excerpts, Log: s.log,
	})
	if err != nil {
		return err
	}
	report := engine.Scan(ctx, sources...)
	if s.cache != nil {
		if err := s.cache.Close(); err != nil {
			s.log.Warn(err.Error())
		}
	}
	unsure := func(f scanner.Finding) bool { return f.Confidence < s.confidence }
	report.Findings = slices.DeleteFunc(report.Findings, unsure)
	hidden := len(report.Hidden)
	report.Hidden = slices.DeleteFunc(report.Hidden, unsure)
	report.Suppressed -= hidden - len(report.Hidden)
	if purpose != nil {
		return s.fulfil(ctx, purpose, report)
	}
	if !s.options.quiet && report.Complete {
		tellStale(s.stderr, report.Stale, time.Now())
	}
	if err := s.write(report); err != nil {
		return err
	}
	return s.status(report)
}

func (s *scan) status(r *scanner.Report) error {
	fails := slices.ContainsFunc(r.Findings, func(f scanner.Finding) bool { return f.Fails(s.severity, s.confidence) })
	switch {
	case !r.Complete && !s.options.allowIncomplete:
		s.tellProblems(r)
		return exitError{statusIncomplete}
	case fails && !s.options.exitZero:
		return exitError{statusSecrets}
	}
	return nil
}

// mostTold bounds the problems that go to standard error.
const mostTold = 10

// tellProblems says on standard error why a scan is incomplete, whatever the
// reports show of it.
func (s *scan) tellProblems(r *scanner.Report) {
	for _, p := range r.Problems[:min(len(r.Problems), mostTold)] {
		fmt.Fprintf(s.stderr, "sluice: %s: %s\n", p.Where, p.Err)
	}
	if more := len(r.Problems) - mostTold; more > 0 {
		fmt.Fprintf(s.stderr, "sluice: and %d more problems, named in the reports\n", more)
	}
}

// write writes every report that was asked for.
func (s *scan) write(r *scanner.Report) error {
	for _, out := range s.outputs {
		if err := out.write(r); err != nil {
			return err
		}
	}
	return nil
}

// An output is one report and where it goes.
type output struct {
	reporter reporters.Reporter
	file     string // empty: stdout
	add      bool   // to the file, behind what it has
	stdout   io.Writer
}

func (o output) write(r *scanner.Report) (err error) {
	w := o.stdout
	if o.file != "" {
		how := os.O_TRUNC
		if o.add {
			how = os.O_APPEND
		}
		f, err := os.OpenFile(o.file, os.O_WRONLY|os.O_CREATE|how, 0o666)
		if err != nil {
			return fmt.Errorf("report: %w", err)
		}
		defer func() { err = cmp.Or(err, f.Close()) }()
		w = f
	}
	if err := o.reporter.Write(w, r); err != nil {
		return fmt.Errorf("report %s: %w", cmp.Or(o.file, "to standard output"), err)
	}
	return nil
}

// outputs resolves the --report flags; without one to standard output the
// table goes there.
func (o *scanOptions) outputs(stdout io.Writer) ([]output, error) {
	options := reporters.Options{
		Version: buildVersion(), ShowSecrets: o.showSecrets, ShowSuppressed: o.showSuppressed, Now: time.Now(),
	}
	var err error
	if options.Template, err = o.templateText(); err != nil {
		return nil, err
	}
	var outs []output
	printed := o.quiet
	for _, spec := range o.reports {
		format, file, _ := strings.Cut(spec, "=")
		if file == "-" {
			file = ""
		}
		reporter, err := reporters.New(format, terminal(options, stdout, file))
		if err != nil {
			return nil, fmt.Errorf("--report: %w", err)
		}
		if file == "" && slices.ContainsFunc(outs, func(o output) bool { return o.file == "" }) {
			return nil, fmt.Errorf("--report: two reports to standard output; give one a file: %s=FILE", format)
		}
		printed = printed || file == ""
		outs = append(outs, output{reporter: reporter, file: file, stdout: stdout})
	}
	if printed {
		return outs, nil
	}
	table, err := reporters.New("table", terminal(options, stdout, ""))
	return append(outs, output{reporter: table, stdout: stdout}), err
}

// templateText reads the template, which the report of that name needs and no
// other.
func (o *scanOptions) templateText() (string, error) {
	wanted := slices.ContainsFunc(o.reports, func(spec string) bool {
		format, _, _ := strings.Cut(spec, "=")
		return format == "template"
	})
	switch {
	case wanted && o.template == "":
		return "", errors.New("--report template needs a template: --template FILE")
	case !wanted && o.template != "":
		return "", errors.New("--template is for --report template")
	case !wanted:
		return "", nil
	}
	text, err := o.reader()(o.template)
	if err == nil && text == "" {
		err = fmt.Errorf("%s is empty", o.template)
	}
	if err != nil {
		return "", fmt.Errorf("--template: %w", err)
	}
	return text, nil
}

// terminal adds colour and width where a report goes to a terminal.
func terminal(o reporters.Options, stdout io.Writer, file string) reporters.Options {
	f, ok := stdout.(*os.File)
	if file != "" || !ok || !term.IsTerminal(int(f.Fd())) {
		return o
	}
	o.Color = os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"
	if width, _, err := term.GetSize(int(f.Fd())); err == nil {
		o.Width = width
	}
	return o
}
