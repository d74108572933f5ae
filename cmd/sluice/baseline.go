package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner"
)

// baselineOptions are the flags of the commands that write a baseline.
type baselineOptions struct {
	file   string
	reason string
	by     string
	until  string
	dryRun bool
}

func newBaselineCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "baseline",
		Short: "Keep a list of the secrets that a project knows and lives with",
		Long: `A baseline hides what was found before, so that a scan tells what is new. It holds
no secret but keyed hashes: an entry follows a value through moved lines, renamed
files, rebased commits and new tags, hides no other value, and holds no further
than it was known: one that was known in the working tree is shown when it turns
up in an image. Scans read ` + baselineName + ` at the root of the repository that
they are started in, or --baseline FILE.

What follows the flags of create, update and prune is a scan, written as always:
"dir .", "git", "image REF", with its own flags.
`,
		Example: `  sluice baseline create --reason "known before we had sluice, see SEC-12" dir .
  sluice baseline update --reason "same, in the history" git
  sluice baseline prune dir .
  sluice baseline show`,
		Args: cobra.NoArgs,
	}
	cmd.AddCommand(newBaselineCreate(), newBaselineUpdate(), newBaselinePrune(), newBaselineShow())
	return cmd
}

// decision adds the flags about a decision.
func (o *baselineOptions) decision(fs *pflag.FlagSet) {
	fs.StringVar(&o.reason, "reason", "", "`TEXT` that says why these may stay")
	fs.StringVar(&o.by, "by", "", "`NAME` of who decided it (default git's user.name and user.email, else $USER)")
	fs.StringVar(&o.until, "until", "", "`DATE` of the last day that it holds")
}

func newBaselineCreate() *cobra.Command {
	var o baselineOptions
	cmd := &cobra.Command{
		Use:   "create --reason TEXT [flags] " + scanWords + " ARGS...",
		Short: "Write a baseline of all that a scan finds",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, words []string) error {
			path, err := o.path()
			if err != nil {
				return err
			}
			if _, err := os.Lstat(path); err == nil {
				return fmt.Errorf("baseline: %s is there already; `sluice baseline update` adds to it", path)
			}
			return o.add(cmd, words, "baseline create", scanner.NewBaseline(path), path)
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVarP(&o.file, "output", "o", "", "write `FILE` (default "+baselineName+" at the repository's root)")
	o.decision(cmd.Flags())
	return cmd
}

func newBaselineUpdate() *cobra.Command {
	var o baselineOptions
	cmd := &cobra.Command{
		Use:   "update --reason TEXT [flags] " + scanWords + " ARGS...",
		Short: "Add what a scan finds to the baseline, and widen what it knows",
		Args:  cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, words []string) error {
			b, path, err := o.read()
			if err != nil {
				return err
			}
			return o.add(cmd, words, "baseline update", b, path)
		},
	}
	o.existing(cmd)
	o.decision(cmd.Flags())
	return cmd
}

// existing adds the flag that names a baseline which is there.
func (o *baselineOptions) existing(cmd *cobra.Command) {
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVar(&o.file, "baseline", "", "the `FILE` (default "+baselineName+" at the repository's root)")
}

// path is the file that is meant.
func (o *baselineOptions) path() (string, error) {
	if o.file != "" {
		return o.file, nil
	}
	root, err := treeRoot()
	return shortPath(filepath.Join(root, baselineName)), err
}

func (o *baselineOptions) read() (*scanner.Baseline, string, error) {
	path, err := o.path()
	if err != nil {
		return nil, "", err
	}
	b, err := readBaseline(path, true, readConfig)
	return b, path, err
}

// errNoReason asks for what makes a baseline worth reading.
var errNoReason = errors.New("--reason is missing: say why these may stay, for whoever reads the baseline later")

// add scans and makes what it finds known.
func (o *baselineOptions) add(cmd *cobra.Command, words []string, name string, b *scanner.Baseline, path string) error {
	var d scanner.Decision
	return scanFor(cmd, words, &purpose{
		name: name,
		begin: func(s *scan) (err error) {
			if d, err = o.decide(cmd.Context()); err != nil {
				return err
			}
			return knowing(b)(s)
		},
		end: func(ctx context.Context, s *scan, r *scanner.Report) error {
			added, widened, err := b.Add(ctx, r.Findings, d)
			if err != nil {
				return fmt.Errorf("baseline: %w", err)
			}
			if err := saveBaseline(b, path); err != nil {
				return err
			}
			out := cmd.OutOrStdout()
			for i := range r.Findings {
				f := &r.Findings[i]
				if s.options.quiet {
					break
				}
				fmt.Fprintf(out, "  %s  %s  %s\n", f.Rule.ID, f.Secret, printable(f.Occurrences[0].Origin.FullPath()))
			}
			fmt.Fprintf(out, "%s: %d added, %d widened, %d in all\n", path, added, widened, len(b.Entries()))
			return nil
		},
	})
}

// knowing makes a scan one that goes by this baseline.
func knowing(b *scanner.Baseline) func(*scan) error {
	return func(s *scan) error {
		if s.options.policy.baseline != "" {
			return errors.New("--baseline stands before what is scanned")
		}
		s.policy.Baseline = b
		return nil
	}
}

func (o *baselineOptions) decide(ctx context.Context) (d scanner.Decision, err error) {
	if strings.TrimSpace(o.reason) == "" {
		return d, errNoReason
	}
	d = scanner.Decision{Reason: o.reason, By: cmp.Or(o.by, whoAmI(ctx)), When: time.Now()}
	if o.until != "" {
		day, err := scanner.ParseDate(o.until)
		if err != nil {
			return d, fmt.Errorf("--until: %w", err)
		}
		d.Until = &day
	}
	return d, nil
}

// whoAmI is who git says commits, else who is logged in.
func whoAmI(ctx context.Context) string {
	ctx, stop := context.WithTimeout(ctx, 5*time.Second)
	defer stop()
	ask := func(key string) string {
		out, err := exec.CommandContext(ctx, "git", "config", "--get", key).Output()
		if err != nil {
			return ""
		}
		return strings.TrimSpace(string(out))
	}
	name, email := ask("user.name"), ask("user.email")
	if name != "" && email != "" {
		return name + " <" + email + ">"
	}
	return cmp.Or(name, email, os.Getenv("USER"), os.Getenv("USERNAME"), "unknown")
}

func newBaselinePrune() *cobra.Command {
	var o baselineOptions
	cmd := &cobra.Command{
		Use:   "prune [flags] " + scanWords + " ARGS...",
		Short: "Remove from the baseline what a scan does not find any more",
		Long: `Removes the entries that match nothing in what is scanned, and those that have
ended. A scan of files removes no entry that is known in the history, in a
registry or only in images, one of the history none that is known in a registry,
and one of images only what is known in images alone.
`,
		Args: cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, words []string) error {
			b, path, err := o.read()
			if err != nil {
				return err
			}
			return scanFor(cmd, words, &purpose{name: "baseline prune", begin: pruning(b, words), end: func(_ context.Context, _ *scan, r *scanner.Report) error {
				gone := b.Prune(r)
				if !o.dryRun && len(gone) > 0 {
					if err := saveBaseline(b, path); err != nil {
						return err
					}
				}
				listEntries(cmd.OutOrStdout(), gone)
				fmt.Fprintf(cmd.OutOrStdout(), "%s: %d stale, %d kept\n", path, len(gone), len(b.Entries()))
				return nil
			}})
		},
	}
	o.existing(cmd)
	cmd.Flags().BoolVar(&o.dryRun, "dry-run", false, "remove nothing, only say what would be")
	return cmd
}

// pruning is knowing for a scan that tells what is out of date.
func pruning(b *scanner.Baseline, words []string) func(*scan) error {
	return func(s *scan) error {
		if err := knowing(b)(s); err != nil {
			return err
		}
		if len(words) > 0 && words[0] == "image" {
			s.policy.Stale = func(circles []scanner.Circle) bool { return circles[0] >= scanner.InImage }
		}
		if s.policy.Stale == nil {
			return errors.New("baseline prune needs a scan of the whole: dir with the root of the repository, git without a range, or image")
		}
		return nil
	}
}

func newBaselineShow() *cobra.Command {
	var o baselineOptions
	cmd := &cobra.Command{
		Use:   "show",
		Short: "List what the baseline knows",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			b, path, err := o.read()
			if err != nil {
				return err
			}
			listEntries(cmd.OutOrStdout(), b.Entries())
			fmt.Fprintf(cmd.OutOrStdout(), "%s: %d entries\n", path, len(b.Entries()))
			return nil
		},
	}
	o.existing(cmd)
	return cmd
}

func listEntries(w io.Writer, entries []scanner.BaselineEntry) {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	defer t.Flush()
	for i := range entries {
		e := &entries[i]
		until := "-"
		if e.Until != nil {
			until = "until " + e.Until.String()
		}
		circles := make([]string, len(e.Circles))
		for i, c := range e.Circles {
			circles[i] = c.String()
		}
		cells := []string{e.Place, e.Rule, strings.Join(circles, ", "), e.When.Format(time.DateOnly), until, e.By, e.Reason}
		for i := range cells {
			cells[i] = printable(cells[i])
		}
		fmt.Fprintln(t, strings.Join(cells, "\t"))
	}
}

// saveBaseline writes the file in one piece.
func saveBaseline(b *scanner.Baseline, path string) error {
	text, err := b.Encode()
	if err != nil {
		return fmt.Errorf("baseline: %w", err)
	}
	return replaceFile(path, text)
}

// replaceFile writes a file that others read, the old one or the new and never
// a part.
func replaceFile(path string, text []byte) (err error) {
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".sluice-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(f.Name())
		}
	}()
	_, err = f.Write(text)
	if err = errors.Join(err, f.Chmod(0o644), f.Close()); err != nil {
		return err
	}
	return os.Rename(f.Name(), path)
}
