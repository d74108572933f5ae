package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/triage"
	"github.com/sluice-sec/sluice/scanner"
)

func newTriageCommand() *cobra.Command {
	var o baselineOptions
	cmd := &cobra.Command{
		Use:   "triage [flags] " + scanWords + " ARGS...",
		Short: "Walk through what a scan finds and decide what to live with",
		Long: `Shows each open finding with what stands round it, the way it came in and how it is
made good, and writes what you decide, with a reason: a secret that is known goes to
the baseline, what is no secret to ` + ignoreName + `. Values are masked. Nothing is written
before you quit with w or q.

Keys:
` + triage.Keys + "\n",
		Example: "  sluice triage dir .\n  sluice triage git --since 2.weeks",
		Args:    cobra.ArbitraryArgs,
		RunE: func(cmd *cobra.Command, words []string) error {
			if !onTerminal(cmd) {
				return errNoTerminal
			}
			return scanFor(cmd, words, &purpose{name: "triage", excerpts: true, end: o.triage})
		},
	}
	cmd.Flags().SetInterspersed(false)
	cmd.Flags().StringVar(&o.by, "by", "", "`NAME` of who decides (default git's user.name and user.email, else $USER)")
	return cmd
}

var errNoTerminal = errors.New("triage needs a terminal")

// onTerminal reports whether a person sits at both ends.
func onTerminal(cmd *cobra.Command) bool {
	in, isFile := cmd.InOrStdin().(*os.File)
	out, areFiles := cmd.OutOrStdout().(*os.File)
	return isFile && areFiles && term.IsTerminal(int(in.Fd())) && term.IsTerminal(int(out.Fd()))
}

// triage walks through the findings and writes what was decided.
func (o *baselineOptions) triage(ctx context.Context, s *scan, r *scanner.Report) error {
	if len(r.Findings) == 0 {
		fmt.Fprintln(s.stdout, "nothing is open")
		return nil
	}
	session := triage.New(r.Findings)
	write, err := triage.Run(nil, session)
	if err != nil {
		return fmt.Errorf("triage: %w", err)
	}
	if !write {
		fmt.Fprintln(s.stdout, "nothing was written")
		return nil
	}
	return o.settle(ctx, s, session)
}

// settle writes the decisions of a session.
func (o *baselineOptions) settle(ctx context.Context, s *scan, session *triage.Session) error {
	root, err := treeRoot()
	if err != nil {
		return err
	}
	reasons, known := session.Known()
	if len(reasons) > 0 {
		path := s.options.policy.baselinePath(root)
		b := s.policy.Baseline
		if b == nil {
			b = scanner.NewBaseline(path)
		}
		added, widened := 0, 0
		for _, reason := range reasons {
			o.reason = reason
			d, err := o.decide(ctx)
			if err != nil {
				return err
			}
			more, wider, err := b.Add(ctx, known[reason], d)
			if err != nil {
				return fmt.Errorf("baseline: %w", err)
			}
			added, widened = added+more, widened+wider
		}
		if err := saveBaseline(b, path); err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "%s: %d added, %d widened\n", path, added, widened)
	}
	if lines := session.Ignores(); len(lines) > 0 {
		path := s.options.policy.ignorePath(root)
		if err := appendLines(path, lines); err != nil {
			return err
		}
		fmt.Fprintf(s.stdout, "%s: %d added\n", path, len(lines))
	}
	fmt.Fprintf(s.stdout, "%d of %d decided\n", session.Decided(), session.Len())
	return nil
}

// ignorePath is the ignore file of ours that was named, or the one at the root.
func (o *policyOptions) ignorePath(root string) string {
	for _, path := range o.ignores {
		if !strings.HasSuffix(filepath.Base(path), gitleaksIgnoreName) {
			return path
		}
	}
	return shortPath(filepath.Join(root, ignoreName))
}

// appendLines adds lines to a file, which may be missing.
func appendLines(path string, lines []string) error {
	text, err := readConfig(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if text != "" && !strings.HasSuffix(text, "\n") {
		text += "\n"
	}
	return replaceFile(path, []byte(text+strings.Join(lines, "\n")+"\n"))
}
