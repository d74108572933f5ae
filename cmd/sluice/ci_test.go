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

// obey runs the git command that the last program told on standard error to
// type: obey.
func obey(ts *testscript.TestScript, neg bool, args []string) {
	said := strings.Split(ts.ReadFile("stderr"), "`")
	if neg || len(args) > 0 || len(said) < 3 || !strings.HasPrefix(said[len(said)-2], "git ") {
		ts.Fatalf("no command at the end of %q", said)
	}
	cmd := exec.Command("sh", "-ec", said[len(said)-2])
	cmd.Dir = ts.MkAbs(".")
	out, err := cmd.CombinedOutput()
	ts.Logf("%s: %s", said[len(said)-2], out)
	ts.Check(err)
}
