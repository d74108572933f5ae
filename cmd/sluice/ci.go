package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/ci"
	"github.com/sluice-sec/sluice/reporters"
	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

// ciOptions are the flags of `sluice ci`, which override what the environment
// says.
type ciOptions struct {
	scan   scanOptions
	git    git.Options
	cache  cacheOptions
	base   string
	head   string
	full   bool
	dryRun bool
}

func newCICommand() *cobra.Command {
	var o ciOptions
	cmd := &cobra.Command{
		Use:   "ci",
		Short: "Scan what a pull request or a push brings, as the CI system tells it",
		Long: `Reads the environment of GitHub Actions, GitLab, Jenkins, Buildkite, Azure
Pipelines or Bitbucket Pipelines and scans of the repository in the working
directory what a pull request adds to its base, what a push brought, or, on a
schedule and by hand, all there is. The reports are those that the system shows.

In a pull request, configuration, ignore files and baseline are read as its base
has them, files that flags name within the working tree too, and comments are
not believed: nobody allows a secret with the change that brings it. A clone that
lacks what is to be scanned is status 2, with the command that deepens it.
` + exitStatus,
		Example: "  sluice ci\n  sluice ci --dry-run\n  sluice ci --full --report table\n  sluice ci --base origin/main",
		Args:    cobra.NoArgs,
	}
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		job, err := detect()
		if err == nil {
			err = o.run(cmd, &job)
		}
		if err == nil || errors.As(err, new(exitError)) {
			return err
		}
		return quietError{err, job.System}
	}
	fs := cmd.Flags()
	o.scan.AddFlags(fs)
	addHistory(fs, &o.git)
	o.cache.AddFlags(fs)
	fs.StringVar(&o.base, "base", "", "what `REV` does not have, with the configuration that it has, whatever the environment says")
	fs.StringVar(&o.head, "head", "", "what `REV` has; with --base")
	fs.BoolVar(&o.full, "full", false, "scan all there is, as on a schedule")
	fs.BoolVar(&o.dryRun, "dry-run", false, "print what was picked and why, and scan nothing")
	cmd.MarkFlagsMutuallyExclusive("full", "base")
	return cmd
}

// A quietError says what a log would obey so that it does not.
type quietError struct {
	error
	system ci.System
}

func (e quietError) Error() string {
	var b strings.Builder
	_, _ = io.WriteString(e.system.Quiet(&b), e.error.Error())
	return b.String()
}

func (e quietError) Unwrap() error { return e.error }

func (o *ciOptions) run(cmd *cobra.Command, job *ci.Job) error {
	if err := o.override(job); err != nil {
		return err
	}
	quiet := job.System.Quiet(cmd.OutOrStdout())
	cmd.SetErr(job.System.Quiet(cmd.ErrOrStderr()))
	repo, err := git.Open(cmd.Context(), ".", git.Options{Alternates: o.git.Alternates})
	if err != nil {
		return err
	}
	plan, err := o.plan(cmd, job, repo)
	if err != nil {
		return err
	}
	if plan.Nothing && !o.dryRun {
		fmt.Fprintln(cmd.ErrOrStderr(), "sluice:", plan.Why)
		return nil
	}
	var tree *baseTree
	if plan.Base != "" {
		if tree, err = newBaseTree(repo, plan.Base); err != nil {
			return err
		}
		o.scan.read = func(path string) (string, error) { return tree.read(cmd.Context(), path) }
		if !cmd.Flags().Changed("no-inline") {
			o.scan.policy.noInline = true
		}
	}
	if err := o.reports(cmd, job, quiet); err != nil {
		return err
	}
	s, err := o.scan.prepare(cmd)
	if err != nil {
		return err
	}
	if err := o.files(s, job); err != nil {
		return err
	}
	if o.dryRun {
		return o.tell(quiet, job, &plan, tree)
	}
	if o.scan.verbose {
		if err := o.tell(cmd.ErrOrStderr(), job, &plan, tree); err != nil {
			return err
		}
	}
	if plan.Everything && s.policy != nil {
		s.policy.Stale = outdatedInHistory
	}
	source, err := openRepository(cmd.Context(), ".", o.git)
	if err != nil {
		return err
	}
	if job.Fork && o.cache.folder != "" {
		s.log.Warn("the cache stays closed: a pull request from a fork could have written it")
	} else {
		o.cache.open(s, o.git.Limits)
	}
	return s.run(cmd.Context(), source)
}

// plan picks what is scanned. Flags that choose commits have their way; whose
// configuration counts is told by the environment all the same.
func (o *ciOptions) plan(cmd *cobra.Command, job *ci.Job, repo *git.Repo) (plan ci.Plan, err error) {
	chosen := slices.ContainsFunc([]string{"range", "since", "branch", "unreachable"}, cmd.Flags().Changed)
	if !chosen || job.Event == ci.Proposal {
		if plan, err = job.Plan(cmd.Context(), repo, chosen || o.scan.allowIncomplete); err != nil {
			return plan, err
		}
	}
	if chosen {
		return ci.Plan{Base: plan.Base, Why: "what the flags say"}, nil
	}
	if len(plan.Range()) > 0 {
		o.git.Range = plan.Range()
	}
	return plan, nil
}

// mostEvent bounds the payload of an event, which GitHub keeps below 25 MB.
const mostEvent = 64 << 20

// detect reads the environment.
func detect() (ci.Job, error) {
	env := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		env[name] = value
	}
	var event []byte
	if path := env["GITHUB_EVENT_PATH"]; path != "" && env["GITHUB_ACTIONS"] != "" {
		f, err := os.Open(path)
		if err != nil {
			return ci.Job{}, fmt.Errorf("GITHUB_EVENT_PATH: %w", err)
		}
		defer f.Close()
		if event, err = io.ReadAll(io.LimitReader(f, mostEvent)); err != nil {
			return ci.Job{}, fmt.Errorf("GITHUB_EVENT_PATH: %w", err)
		}
	}
	return ci.Detect(env, event)
}

// override lets the flags have their way.
func (o *ciOptions) override(job *ci.Job) error {
	revisions := func(name string) []string {
		return []string{name, "refs/remotes/" + name, "refs/heads/" + name, "refs/tags/" + name}
	}
	switch {
	case o.head != "" && o.base == "":
		return errors.New("--head goes with --base")
	case o.base != "":
		job.Event, job.Because, job.Merge = ci.Proposal, "--base", ""
		job.Base = revisions(o.base)
		if o.head != "" {
			job.Head = revisions(o.head)
		} else if len(job.Head) == 0 {
			job.Head = []string{"HEAD"}
		}
	}
	job.Full = o.full
	return nil
}

// reports picks the reports, and keeps what a log would obey out of it.
func (o *ciOptions) reports(cmd *cobra.Command, job *ci.Job, quiet io.Writer) error {
	if len(o.scan.reports) == 0 {
		o.scan.reports = job.System.Reports()
		if o.scan.quiet {
			o.scan.reports = slices.DeleteFunc(o.scan.reports, func(spec string) bool { return spec == "table" })
		}
	}
	commands := job.System.Commands()
	if commands == "" {
		return nil
	}
	for _, spec := range o.scan.reports {
		format, file, _ := strings.Cut(spec, "=")
		switch {
		case file != "" && file != "-":
		case format == commands:
			return nil
		case format != "table" && format != "markdown":
			return fmt.Errorf("--report: the log of %s obeys lines that a path can hold: give %s a file, %s=FILE", job.System, format, format)
		}
	}
	cmd.SetOut(quiet)
	return nil
}

// files makes room for the reports, and adds those that GitHub reads.
func (o *ciOptions) files(s *scan, job *ci.Job) error {
	var sarif string
	for i, out := range s.outputs {
		if out.file == "" {
			continue
		}
		if err := noLinks(out.file); err != nil {
			return err
		}
		if !o.dryRun {
			if err := os.MkdirAll(filepath.Dir(out.file), 0o755); err != nil {
				return fmt.Errorf("report: %w", err)
			}
		}
		if strings.HasPrefix(o.scan.reports[i], "sarif=") && sarif == "" {
			path, err := filepath.Abs(out.file)
			if err != nil {
				return err
			}
			sarif = path
		}
	}
	if job.Summary != "" {
		markdown, err := reporters.New("markdown", reporters.Options{Version: buildVersion(), ShowSuppressed: o.scan.showSuppressed})
		if err != nil {
			return err
		}
		s.outputs = append(s.outputs, output{reporter: markdown, file: job.Summary, add: true})
	}
	if job.Outputs != "" {
		s.outputs = append(s.outputs, output{reporter: stepOutputs{sarif}, file: job.Outputs, add: true})
	}
	return nil
}

// noLinks refuses a report whose path leads through a symbolic link in the
// working directory: what is checked out may hold one that leads anywhere.
func noLinks(path string) error {
	here, err := os.Getwd()
	if err != nil {
		return err
	}
	if path, err = filepath.Abs(path); err != nil {
		return err
	}
	rel, err := filepath.Rel(here, path)
	if err != nil || !filepath.IsLocal(rel) {
		return nil
	}
	at := here
	for name := range strings.SplitSeq(rel, string(filepath.Separator)) {
		at = filepath.Join(at, name)
		if info, err := os.Lstat(at); err == nil && info.Mode()&os.ModeSymlink != 0 {
			return fmt.Errorf("report: %s is a symbolic link, and what is checked out may have made it: remove it or name another file", shortPath(at))
		}
	}
	return nil
}

// stepOutputs writes the outputs of a step of GitHub Actions.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands#setting-an-output-parameter
type stepOutputs struct{ sarif string }

func (o stepOutputs) Write(w io.Writer, r *scanner.Report) error {
	secrets := 0
	for i := range r.Findings {
		if r.Findings[i].Kind == rules.Secret {
			secrets++
		}
	}
	text := fmt.Sprintf("findings=%d\n", secrets)
	if o.sarif != "" && !strings.ContainsAny(o.sarif, "\r\n") {
		text += "sarif=" + o.sarif + "\n"
	}
	_, err := io.WriteString(w, text)
	return err
}

// tell prints what was picked.
func (o *ciOptions) tell(w io.Writer, job *ci.Job, plan *ci.Plan, tree *baseTree) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	row := func(name, text string) { fmt.Fprintf(t, "%s\t%s\n", name, printable(text)) }
	system := string(job.System)
	if system == "" {
		system = "none"
	}
	row("system", system)
	event := job.Event.String()
	if job.Fork {
		event += " from a fork"
	}
	row("event", fmt.Sprintf("%s (%s)", event, job.Because))
	row("scan", plan.Why)
	if len(o.git.Range) > 0 {
		row("range", strings.Join(o.git.Range, " "))
	}
	if tree != nil {
		text := "as " + tree.commit[:12] + " has them: "
		if len(tree.found) == 0 {
			text += "it has none"
		}
		row("decisions", text+strings.Join(tree.found, ", "))
	} else {
		row("decisions", "of the working tree")
	}
	comments := "believed where they count"
	if o.scan.policy.noInline {
		comments = "not believed"
	}
	row("comments", comments)
	row("reports", strings.Join(o.scan.reports, ", "))
	if job.Summary != "" {
		row("", "markdown, to the summary of the job")
	}
	return t.Flush()
}
