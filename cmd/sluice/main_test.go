package main

import (
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){
		"sluice": main,
	})
}

func TestScripts(t *testing.T) {
	testscript.Run(t, testscript.Params{
		Dir: "../../testdata/script",
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"plant": plant, "exits": exits, "profiles": profiles, "mkgit": mkgit, "write": writeText, "fingerprint": fingerprint, "pack": pack,
			"revision": revision, "obey": obey,
		},
	})
}

// plant writes a file with a token that it makes up, so that no script holds
// one: plant NAME FILE TEXT puts the token where TEXT says %s and into the
// variable NAME.
func plant(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: plant NAME FILE TEXT")
	}
	token := aToken()
	ts.Setenv(args[0], token)
	path := ts.MkAbs(args[1])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	text := strings.NewReplacer("%s", token, `\n`, "\n").Replace(args[2])
	ts.Check(os.WriteFile(path, []byte(text), 0o644))
}

// aToken makes up a token that a built-in rule knows.
func aToken() string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	token := "glpat-"
	for range 20 {
		token += string(base62[rand.IntN(len(base62))])
	}
	return token
}

// exits runs a command that must end with the status given: exits 2 sluice ...
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits STATUS COMMAND...")
	}
	status := 0
	var failed *exec.ExitError
	switch err := ts.Exec(args[1], args[2:]...); {
	case errors.As(err, &failed):
		status = failed.ExitCode()
	case err != nil:
		ts.Fatalf("%v", err)
	}
	if got := strconv.Itoa(status); got != args[0] {
		ts.Fatalf("status %s, want %s", got, args[0])
	}
}
