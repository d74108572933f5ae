package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/hook"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/files"
	"github.com/sluice-sec/sluice/scanner/source/git"
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
		text := "not installed"
		switch {
		case s.Installed && !s.Current:
			text = "installed by another version; `sluice hook install` renews it"
		case s.Installed:
			text = "installed"
		}
		if s.Other != "" && s.Installed {
			text += ", after " + filepath.Base(s.Other)
		} else if s.Other != "" {
			text += "; there is another hook, which would be kept"
		}
		fmt.Fprintf(w, "  %-11s %s\n", name, text)
	}
	return nil
}

// newHookRun is what the installed hooks call.
func newHookRun() *cobra.Command {
	var scan scanOptions
	cmd := &cobra.Command{
		Use:    "run pre-commit|commit-msg|pre-push [ARG...]",
		Short:  "Be the hook: what the installed scripts call",
		Hidden: true,
		Args:   cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			ctx := cmd.Context()
			switch name, args := args[0], args[1:]; {
			case name == hook.PreCommit:
				source, err := git.Open(ctx, ".", git.Options{Staged: true, Index: indexInUse()})
				return refuse(cmd, &scan, "commit", source, err)
			case name == hook.CommitMsg && len(args) == 1:
				text, err := readConfig(args[0])
				if err != nil {
					return fmt.Errorf("message: %w", err)
				}
				return refuse(cmd, &scan, "message", files.Pipe(strings.NewReader(hook.Message(text)), "commit message", files.Options{}), nil)
			case name == hook.PrePush && len(args) > 0:
				return runPrePush(cmd, &scan, args[0])
			}
			return fmt.Errorf("hook run: not what git calls a hook with: %q", args)
		},
	}
	scan.AddFlags(cmd.Flags())
	return cmd
}

// indexInUse is the index that git has for a commit of some files alone, or of
// all that changed; git names it to its hooks.
func indexInUse() string {
	index := os.Getenv("GIT_INDEX_FILE")
	if index == "" || filepath.IsAbs(index) {
		return index
	}
	if absolute, err := filepath.Abs(index); err == nil {
		return absolute
	}
	return index
}

// runPrePush scans what a push would add to a remote.
func runPrePush(cmd *cobra.Command, scan *scanOptions, remote string) error {
	pushes, err := hook.ReadPushes(cmd.InOrStdin())
	if err != nil {
		return err
	}
	o := git.Options{Beyond: []string{"refs/remotes/" + remote + "/*"}}
	if strings.ContainsAny(remote, ":/*?[ ") { // an address: nothing is known of what it has
		o.Beyond = nil
	}
	return push(cmd, scan, pushes, o)
}

// push scans what pushed refs bring to who receives them.
func push(cmd *cobra.Command, scan *scanOptions, pushes []hook.Push, o git.Options) error {
	ctx := cmd.Context()
	pushes = slices.DeleteFunc(pushes, func(p hook.Push) bool { return p.New == "" }) // what is deleted brings nothing
	if len(pushes) == 0 {
		return nil
	}
	for _, p := range pushes {
		o.Pushed = append(o.Pushed, git.Pushed{Object: p.New, Ref: p.Ref})
		if p.Old != "" {
			o.Had = append(o.Had, p.Old)
		}
	}
	source, err := git.Open(ctx, ".", o)
	return refuse(cmd, scan, "push", source, err)
}

func newHookPreReceive() *cobra.Command {
	var scan scanOptions
	cmd := &cobra.Command{
		Use:   "pre-receive",
		Short: "Be the pre-receive hook of a server",
		Long: `Reads the lines that git writes to a pre-receive hook, and scans what the push
brings in, before any ref has it. To refuse it, git shows the pusher why. What is
pushed has no say in how it is scanned; flags and the server's files have.
` + exitStatus,
		Example: "  #!/bin/sh\n  exec sluice hook pre-receive --config /etc/sluice.toml",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			pushes, err := hook.ReadReceived(cmd.InOrStdin())
			if err != nil {
				return err
			}
			scan.policy.noInline = true
			return push(cmd, &scan, pushes, git.Options{Beyond: []string{"refs/*"}, Quarantine: quarantine()})
		},
	}
	scan.AddFlags(cmd.Flags())
	return cmd
}

// quarantine is where git has the objects of a push until it is accepted.
func quarantine() string {
	if path := os.Getenv("GIT_QUARANTINE_PATH"); path != "" {
		return path
	}
	return os.Getenv("GIT_OBJECT_DIRECTORY")
}

// refuse scans for a hook, and says on standard error why git must not go on.
func refuse(cmd *cobra.Command, o *scanOptions, what string, source scanner.Source, err error) error {
	server := cmd.Name() == "pre-receive"
	if err != nil {
		return err
	}
	s, err := o.prepare(cmd)
	if err != nil {
		return err
	}
	s.outputs = slices.DeleteFunc(s.outputs, func(out output) bool { return out.file == "" })
	s.outputs = append(s.outputs, output{reporter: refusal{what, server, s.severity, s.confidence}, stdout: cmd.ErrOrStderr()})
	err = s.run(cmd.Context(), source)
	if exit := (exitError{}); errors.As(err, &exit) && exit.status == statusIncomplete && !server {
		fmt.Fprintf(cmd.ErrOrStderr(), "sluice: not all could be read, so the %s is refused; `git %s --no-verify` leaves the check out\n", what, verb(what))
	}
	return err
}

// verb is the command of git that a hook stands before.
func verb(what string) string {
	if what == "push" {
		return "push"
	}
	return "commit"
}
