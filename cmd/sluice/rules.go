package main

import (
	"fmt"
	"io"
	"log/slog"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

func newRulesCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "rules",
		Short: "List, show, check and profile the rules",
		Args:  cobra.NoArgs,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var config string
	cmd.PersistentFlags().StringVarP(&config, "config", "c", "", "read rules from `FILE`, sluice's own or gitleaks' format")
	load := func(cmd *cobra.Command) (*rules.Set, error) {
		return loadRules(config, readConfig, slog.New(slog.NewTextHandler(cmd.ErrOrStderr(), nil)))
	}
	cmd.AddCommand(
		&cobra.Command{
			Use:   "list",
			Short: "List every rule: id, kind, severity, confidence, title",
			Args:  cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				set, err := load(cmd)
				if err != nil {
					return err
				}
				return listRules(cmd.OutOrStdout(), set)
			},
		},
		&cobra.Command{
			Use:   "show ID",
			Short: "Show one rule: what it finds, and what to do about it",
			Args:  cobra.ExactArgs(1),
			RunE: func(cmd *cobra.Command, args []string) error {
				set, err := load(cmd)
				if err != nil {
					return err
				}
				return showRule(cmd.OutOrStdout(), set, args[0])
			},
		},
		&cobra.Command{
			Use:   "check",
			Short: "Run every rule's examples through the whole scanner",
			Long: `Loads the rules as a scan would, the configuration included, and runs each
rule's match and nomatch examples through the whole scanner. A warning names a
rule that only the loader bounds, and what bounds it.

Exit status: 0 all hold, 2 a rule is wrong.`,
			Args: cobra.NoArgs,
			RunE: func(cmd *cobra.Command, _ []string) error {
				set, err := load(cmd)
				if err != nil {
					return err
				}
				return checkRules(cmd, set)
			},
		},
		newRulesProfileCommand(load),
	)
	return cmd
}

func listRules(w io.Writer, set *rules.Set) error {
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, r := range set.Rules() {
		fmt.Fprintf(t, "%s\t%s\t%s\t%s\t%s\n", r.ID, r.Kind, r.Severity, r.Confidence, r.Title)
	}
	return t.Flush()
}

func showRule(w io.Writer, set *rules.Set, id string) error {
	r := set.Rule(id)
	if r == nil {
		return unknownRule{id: id, set: set}
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	row := func(name, value string) {
		if value != "" {
			fmt.Fprintf(t, "%s\t%s\n", name, value)
		}
	}
	row("id", r.ID)
	row("title", r.Title)
	row("description", r.Description)
	row("kind", r.Kind.String())
	row("severity", r.Severity.String())
	row("confidence", r.Confidence.String())
	row("provider", r.Provider)
	row("regex", r.Expr)
	var anchors []string
	for _, a := range r.Anchors() {
		anchors = append(anchors, a.Literal)
	}
	row("anchors", strings.Join(anchors, " "))
	row("checksum", r.Checksum)
	row("judge", r.Judge)
	row("revoke", r.Remediation.Revoke)
	row("where", r.Remediation.Where)
	row("check", r.Remediation.Check)
	row("references", strings.Join(r.References, " "))
	row("defined at", r.Source)
	return t.Flush()
}

func checkRules(cmd *cobra.Command, set *rules.Set) error {
	out := cmd.OutOrStdout()
	warnings := rules.Lint(set)
	for _, w := range warnings {
		fmt.Fprintf(out, "warning: %s\n", w)
	}
	if err := scanner.Prove(cmd.Context(), set); err != nil {
		return err
	}
	examples := 0
	for _, r := range set.Rules() {
		examples += len(r.Match) + len(r.NoMatch)
	}
	_, err := fmt.Fprintf(out, "%d rules, %d examples: all hold; %d warnings\n", len(set.Rules()), examples, len(warnings))
	return err
}

// unknownRule is an error that knows which ids are like the one asked for.
type unknownRule struct {
	id  string
	set *rules.Set
}

func (e unknownRule) Error() string { return fmt.Sprintf("no rule has the id %q", e.id) }

func (e unknownRule) hint() string {
	word, _, _ := strings.Cut(e.id, "-")
	for _, r := range e.set.Rules() {
		if strings.Contains(r.ID, word) {
			return fmt.Sprintf("did you mean %q? `sluice rules list` lists all", r.ID)
		}
	}
	return "`sluice rules list` lists all"
}
