package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/scanner"
)

// A purpose is what a scan is for, where it is not for its report: to make a
// baseline of what it finds, to walk through it.
type purpose struct {
	name     string // of the command: "baseline create"
	excerpts bool   // it shows what stands round a finding
	// begin changes the scan before anything is read; nil changes nothing.
	begin func(s *scan) error
	// end takes the report, which is complete unless that was allowed.
	end func(ctx context.Context, s *scan, r *scanner.Report) error
}

type purposeKey struct{}

// purposeOf returns the purpose that scanFor put into a context, or nil.
func purposeOf(ctx context.Context) *purpose {
	if ctx == nil {
		return nil
	}
	p, _ := ctx.Value(purposeKey{}).(*purpose)
	return p
}

// scanCommands are the commands that scan, by the word that follows the name of
// one that scans for a purpose of its own.
func scanCommands() map[string]func() *cobra.Command {
	return map[string]func() *cobra.Command{
		"dir": newDirCommand, "git": newGitCommand, "image": newImageCommand, "dockerfile": newDockerfileCommand, "stdin": newStdinCommand,
	}
}

const scanWords = "dir|git|image|dockerfile|stdin"

// pointless are the flags of a scan whose report nobody reads.
var pointless = [...]string{"report", "template", "fail-on", "exit-zero", "show-secrets", "show-suppressed"}

// scanFor runs the command that the words name, "dir", "." and so on with its
// own flags, for a purpose.
func scanFor(cmd *cobra.Command, words []string, p *purpose) error {
	if len(words) == 0 {
		return fmt.Errorf("%s needs to know what to scan: %s and what these take", p.name, strings.ReplaceAll(scanWords, "|", ", "))
	}
	make, known := scanCommands()[words[0]]
	if !known {
		return fmt.Errorf("%s: %.40q does not scan: %s do", p.name, words[0], strings.ReplaceAll(scanWords, "|", ", "))
	}
	scan := make()
	for _, name := range pointless {
		_ = scan.Flags().MarkHidden(name) // it is there
	}
	root := &cobra.Command{Use: "sluice " + p.name, SilenceErrors: true, SilenceUsage: true}
	root.CompletionOptions.DisableDefaultCmd = true
	root.AddCommand(scan)
	root.SetArgs(words)
	root.SetIn(cmd.InOrStdin())
	root.SetOut(cmd.OutOrStdout())
	root.SetErr(cmd.ErrOrStderr())
	return root.ExecuteContext(context.WithValue(cmd.Context(), purposeKey{}, p))
}

// prepare makes a scan one for the purpose.
func (p *purpose) prepare(cmd *cobra.Command, s *scan) error {
	if i := slices.IndexFunc(pointless[:], func(name string) bool { return cmd.Flags().Changed(name) }); i >= 0 {
		return fmt.Errorf("--%s means nothing to %s", pointless[i], p.name)
	}
	if s.policy == nil {
		return errors.New("--no-ignore means nothing to " + p.name)
	}
	if p.begin != nil {
		return p.begin(s)
	}
	return nil
}

// fulfil hands the report over. One that is not complete would say too little.
func (s *scan) fulfil(ctx context.Context, p *purpose, r *scanner.Report) error {
	if !r.Complete && !s.options.allowIncomplete {
		s.tellProblems(r)
		fmt.Fprintln(s.stderr, "  --allow-incomplete goes on with what was read")
		return exitError{statusIncomplete}
	}
	return p.end(ctx, s, r)
}
