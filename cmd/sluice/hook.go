package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/hook"
)

func newHookCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "hook",
		Short: "Scan before git commits, pushes or receives",
		Long: `Puts sluice into the hooks of a git repository. A hook that is there already is
kept, and runs first; core.hooksPath is respected.
` + exitStatus,
	}
	cmd.AddCommand(newHookInstall(), newHookUninstall(), newHookStatus(), newHookRun(), newHookPreReceive())
	return cmd
}

// hookOptions choose hooks of a repository.
type hookOptions struct {
	repository string
	prePush    bool
	commitMsg  bool
}

func (o *hookOptions) add(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&o.repository, "repository", "C", ".", "`PATH` of the repository")
}

func (o *hookOptions) names() []string {
	chosen := []string{hook.PreCommit}
	if o.commitMsg {
		chosen = append(chosen, hook.CommitMsg)
	}
	if o.prePush {
		chosen = append(chosen, hook.PrePush)
	}
	return chosen
}

func newHookInstall() *cobra.Command {
	var o hookOptions
	cmd := &cobra.Command{
		Use:     "install",
		Short:   "Have git run sluice before each commit",
		Example: "  sluice hook install\n  sluice hook install --pre-push --commit-msg",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := hook.Find(cmd.Context(), o.repository)
			if err != nil {
				return err
			}
			program, err := os.Executable()
			if err != nil {
				return err
			}
			for _, name := range o.names() {
				if err := folder.Install(name, program); err != nil {
					return fmt.Errorf("hook %s: %w", name, err)
				}
			}
			return printHooks(cmd.OutOrStdout(), folder, o.names())
		},
	}
	o.add(cmd)
	cmd.Flags().BoolVar(&o.prePush, "pre-push", false, "also before a push: what it would add to the remote")
	cmd.Flags().BoolVar(&o.commitMsg, "commit-msg", false, "also the message of each commit")
	return cmd
}

func newHookUninstall() *cobra.Command {
	var o hookOptions
	cmd := &cobra.Command{
		Use:   "uninstall",
		Short: "Take sluice out of all hooks, and put back what was there before",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := hook.Find(cmd.Context(), o.repository)
			if err != nil {
				return err
			}
			for _, name := range hook.Names() {
				was, err := folder.Uninstall(name)
				if err != nil {
					return fmt.Errorf("hook %s: %w", name, err)
				}
				if was {
					fmt.Fprintf(cmd.OutOrStdout(), "%s: taken out\n", name)
				}
			}
			return nil
		},
	}
	o.add(cmd)
	return cmd
}

func newHookStatus() *cobra.Command {
	var o hookOptions
	cmd := &cobra.Command{
		Use:   "status",
		Short: "Say which hooks run sluice",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			folder, err := hook.Find(cmd.Context(), o.repository)
			if err != nil {
				return err
			}
			return printHooks(cmd.OutOrStdout(), folder, hook.Names())
		},
	}
	o.add(cmd)
	return cmd
}

func printHooks(w io.Writer, folder *hook.Folder, names []string) error {
	program, err := os.Executable()
	if err != nil {
		return err
	}
	fmt.Fprintln(w, folder.Path())
	for _, name := range names {
		s, err := folder.State(name, program)
		if err != nil {
			return fmt.Errorf("hook %s: %w", name, err)
		}
		fmt.Fprintf(w, "  %-11s %s\n", name, hookState(s))
	}
	return nil
}

func hookState(s hook.State) string {
	var text string
	switch {
	case !s.Installed && s.Other == "":
		return "not installed"
	case !s.Installed:
		return "not installed; there is another hook"
	case s.Edited:
		text = "installed, and changed since"
	case s.Idle:
		text = "installed, but not executable, so that git leaves it out; `sluice hook install` renews it"
	case !s.Current:
		text = "installed by another version; `sluice hook install` renews it"
	default:
		text = "installed"
	}
	if s.Before != "" {
		text += ", after " + filepath.Base(s.Before)
	}
	if s.Other != "" {
		text += ", within another hook that runs it"
	}
	return text
}
