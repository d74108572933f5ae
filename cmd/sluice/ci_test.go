package main

import (
	"os/exec"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// revision puts the id of what a revision names into a variable: revision NAME
// REVISION.
func revision(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: revision NAME REVISION")
	}
	cmd := exec.Command("git", "rev-parse", "--verify", "--end-of-options", args[1])
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.Output()
	ts.Check(err)
	ts.Setenv(args[0], strings.TrimSpace(string(out)))
}
