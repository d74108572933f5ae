package main

import (
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sluice-sec/sluice/scanner"
)

// outdated says, of the command that scans, which decisions it can tell to be
// out of date: those for circles that it reads the whole of. What is in an
// image too a scan of the tree can tell, where a Dockerfile says so; what is in
// the history or a registry it cannot.
func outdated(cmd *cobra.Command, args []string) func([]scanner.Circle) bool {
	has := func(all []scanner.Circle, wanted ...scanner.Circle) bool {
		return slices.ContainsFunc(wanted, func(c scanner.Circle) bool { return slices.Contains(all, c) })
	}
	switch cmd.Name() {
	case "dir":
		if !wholeTree(args) || cmd.Flags().Changed("exclude") {
			return nil
		}
		return func(c []scanner.Circle) bool {
			return has(c, scanner.InTree) && !has(c, scanner.InGit, scanner.InRegistry)
		}
	case "git":
		part := []string{"staged", "range", "since", "branch", "first-parent", "max-count"}
		if slices.ContainsFunc(part, func(name string) bool { return cmd.Flags().Changed(name) }) {
			return nil
		}
		return outdatedInHistory
	}
	return nil
}

// outdatedInHistory is outdated for a scan of the whole history.
func outdatedInHistory(c []scanner.Circle) bool {
	return slices.Contains(c, scanner.InGit) && !slices.Contains(c, scanner.InRegistry)
}

// wholeTree reports whether one of the paths is the working tree.
func wholeTree(paths []string) bool {
	root, err := treeRoot()
	if err != nil {
		return false
	}
	tree, err := os.Stat(root)
	return err == nil && slices.ContainsFunc(paths, func(path string) bool {
		info, err := os.Stat(path)
		return err == nil && os.SameFile(info, tree)
	})
}

// mostStale bounds the decisions that are named on standard error.
const mostStale = 5

// tellStale names the decisions that hide nothing any more.
func tellStale(w io.Writer, stale []scanner.Suppression, now time.Time) {
	for _, s := range stale[:min(len(stale), mostStale)] {
		what := "matches nothing any more"
		if !s.Expires.IsZero() && s.Expires.Before(now) {
			what = "ended on " + s.Expires.Format(time.DateOnly)
		}
		fmt.Fprintf(w, "sluice: %s: %s (%s)\n", s.Where, what, printable(s.Reason))
	}
	if more := len(stale) - mostStale; more > 0 {
		fmt.Fprintf(w, "sluice: and %d more entries that hide nothing\n", more)
	}
	if slices.ContainsFunc(stale, func(s scanner.Suppression) bool { return s.Kind == scanner.Baselined }) {
		fmt.Fprintln(w, "  `sluice baseline prune` with what is scanned removes them from the baseline")
	}
}

// printable leaves out what a terminal would obey.
func printable(text string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return '?'
		}
		return r
	}, text)
}
