//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEndToEndPreCommit runs both hooks of .pre-commit-hooks.yaml as the
// pre-commit framework does, which clones this repository at its last commit.
func TestEndToEndPreCommit(t *testing.T) {
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("pre-commit is missing: pip install pre-commit (%v)", err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	inFolder(t, root, nil, "go", "build", "-o", filepath.Join(bin, "sluice"), "./cmd/sluice")
	env := append(os.Environ(), "PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "PRE_COMMIT_HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")
	rev := strings.TrimSpace(inFolder(t, root, nil, "git", "rev-parse", "HEAD"))
	for _, id := range []string{"sluice-system", "sluice"} {
		t.Run(id, func(t *testing.T) {
			dir := t.TempDir()
			config := fmt.Sprintf("repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n", root, rev, id)
			write := func(name, text string) {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			write(".pre-commit-config.yaml", config)
			inFolder(t, dir, env, "git", "init", "-q")
			inFolder(t, dir, env, "pre-commit", "install")
			inFolder(t, dir, env, "git", "add", "-A")
			inFolder(t, dir, env, "git", "commit", "-q", "-m", "clean")
			token := aToken()
			write("app.env", "token: "+token+"\n")
			inFolder(t, dir, env, "git", "add", "-A")
			cmd := exec.Command("git", "commit", "-q", "-m", "with a secret")
			cmd.Dir, cmd.Env = dir, env
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "app.env:1:8") || strings.Contains(string(out), token) {
				t.Errorf("not refused as it should be: %v\n%s", err, out)
			}
			write("app.env", "token: "+token+" # sluice:allow[gitlab-access-token] made up\n")
			inFolder(t, dir, env, "git", "add", "-A")
			inFolder(t, dir, env, "git", "commit", "-q", "-m", "allowed")
		})
	}
}

// inFolder runs a command that must go well, and returns what it prints.
func inFolder(t *testing.T, dir string, env []string, name string, args ...string) string {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir, cmd.Env = dir, env
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
	return string(out)
}
