package main

import (
	"errors"
	"fmt"
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

// newHookRun is what the installed hooks call, and those of other tools.
func newHookRun() *cobra.Command {
	var scan scanOptions
	cmd := &cobra.Command{
		Use:   "run pre-commit|commit-msg|pre-push [ARG...]",
		Short: "Be the hook: what the installed scripts call",
		Long: `Does what the hook of that name has to do, given what git gives to it. Hooks of
your own, and other tools that run hooks, call it. With SLUICE_SKIP=1 in the
environment it does nothing.
` + exitStatus,
		Example: "  sluice hook run pre-commit\n  sluice hook run commit-msg \"$1\"\n  sluice hook run pre-push \"$@\"",
		Args:    cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if skip := os.Getenv("SLUICE_SKIP"); skip != "" && skip != "0" {
				fmt.Fprintln(cmd.ErrOrStderr(), "sluice: left out, as SLUICE_SKIP says")
				return nil
			}
			switch name, args := args[0], args[1:]; {
			case name == hook.PreCommit:
				return runPreCommit(cmd, &scan)
			case name == hook.CommitMsg && len(args) == 1:
				return runCommitMsg(cmd, &scan, args[0])
			case name == hook.PrePush && len(args) > 0:
				return runPrePush(cmd, &scan, args[0], args[len(args)-1])
			}
			return fmt.Errorf("hook run: not what git calls a hook with: %q", args)
		},
	}
	scan.AddFlags(cmd.Flags())
	return cmd
}

// ownRepository is the one that git runs a hook for, which it may name.
func ownRepository() string {
	if folder := os.Getenv("GIT_DIR"); folder != "" {
		return folder
	}
	return "."
}

// indexInUse is the index that git has for a commit of some files alone, or of
// all that changed; git names it to its hooks. A relative path starts from the
// root of the working tree.
func indexInUse() (string, error) {
	index := os.Getenv("GIT_INDEX_FILE")
	if index == "" || filepath.IsAbs(index) {
		return index, nil
	}
	root := os.Getenv("GIT_WORK_TREE")
	if root == "" && os.Getenv("GIT_DIR") == "" {
		var err error
		if root, err = treeRoot(); err != nil {
			return "", err
		}
	}
	return filepath.Abs(filepath.Join(root, index))
}

func runPreCommit(cmd *cobra.Command, scan *scanOptions) error {
	index, err := indexInUse()
	if err != nil {
		return err
	}
	source, err := openRepository(cmd.Context(), ownRepository(), git.Options{Staged: true, Index: index, Alternates: true})
	if err != nil {
		return err
	}
	return refuse(cmd, scan, "commit", source)
}

func runCommitMsg(cmd *cobra.Command, scan *scanOptions, file string) error {
	text, err := readConfig(file)
	if err != nil {
		return fmt.Errorf("message: %w", err)
	}
	return refuse(cmd, scan, "message", files.Pipe(strings.NewReader(hook.Message(text)), "commit message", files.Options{}))
}

// runPrePush scans what a push would add to a remote.
func runPrePush(cmd *cobra.Command, scan *scanOptions, remote, address string) error {
	pushes, err := hook.ReadPushes(cmd.InOrStdin())
	if err != nil {
		return err
	}
	tracked, err := hook.Tracked(cmd.Context(), remote, address)
	if err != nil {
		return err
	}
	scan.policy.ownHistory = true
	return push(cmd, scan, pushes, git.Options{Beyond: tracked})
}

// push scans what pushed refs bring to who receives them.
func push(cmd *cobra.Command, scan *scanOptions, pushes []hook.Push, o git.Options) error {
	for _, p := range pushes {
		if p.New != "" { // what is deleted brings nothing
			o.Pushed = append(o.Pushed, git.Pushed{Object: p.New, Ref: p.Ref})
		}
		if p.Old != "" {
			o.Had = append(o.Had, p.Old)
		}
	}
	if len(o.Pushed) == 0 {
		return nil
	}
	o.Alternates = true // whoever runs the hook reads them anyway
	source, err := openRepository(cmd.Context(), ownRepository(), o)
	if err != nil {
		return err
	}
	return refuse(cmd, scan, "push", source)
}

func newHookPreReceive() *cobra.Command {
	var scan scanOptions
	cmd := &cobra.Command{
		Use:   "pre-receive",
		Short: "Be the pre-receive hook of a server",
		Long: `Reads the lines that git writes to a pre-receive hook, and scans what the push
brings in, before any ref has it. To refuse it, git shows the pusher why. What is
pushed has no say in how it is scanned, nor has any file that no flag names.
` + exitStatus,
		Example: "  #!/bin/sh\n  exec sluice hook pre-receive --config /etc/sluice.toml --ignore-file /etc/sluiceignore",
		Args:    cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			pushes, err := hook.ReadReceived(cmd.InOrStdin())
			if err != nil {
				return err
			}
			scan.policy.noInline, scan.policy.namedOnly = true, true
			waiting, err := quarantine()
			if err != nil {
				return err
			}
			return push(cmd, &scan, pushes, git.Options{Beyond: []string{"refs/*"}, Quarantine: waiting})
		},
	}
	scan.AddFlags(cmd.Flags())
	return cmd
}

// quarantine is where git has the objects of a push until it is accepted.
func quarantine() (string, error) {
	for _, name := range []string{"GIT_QUARANTINE_PATH", "GIT_OBJECT_DIRECTORY"} {
		if path := os.Getenv(name); path != "" {
			return filepath.Abs(path)
		}
	}
	return "", nil
}

// refuse scans for a hook, and says on standard error why git must not go on.
func refuse(cmd *cobra.Command, o *scanOptions, what string, source scanner.Source) error {
	server := cmd.Name() == "pre-receive"
	s, err := o.prepare(cmd)
	if err != nil {
		return err
	}
	s.outputs = slices.DeleteFunc(s.outputs, func(out output) bool { return out.file == "" })
	s.outputs = append(s.outputs, output{reporter: refusal{what, server, os.Getenv("GIT_PREFIX"), s.severity, s.confidence}, stdout: cmd.ErrOrStderr()})
	err = s.run(cmd.Context(), source)
	if exit := (exitError{}); errors.As(err, &exit) && exit.status == statusIncomplete {
		fmt.Fprintf(cmd.ErrOrStderr(), "sluice: not all could be read, so the %s is refused\n", what)
		if !server {
			fmt.Fprintf(cmd.ErrOrStderr(), "  `git %s --no-verify` leaves the check out\n", verb(what))
		}
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
