//go:build e2e

package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A framework is the pre-commit framework, with this repository at its last
// commit, and a sluice built of it on PATH.
type framework struct {
	root, rev string
	env       []string
}

func newFramework(t *testing.T) *framework {
	t.Helper()
	if _, err := exec.LookPath("pre-commit"); err != nil {
		t.Fatalf("pre-commit is missing: pip install pre-commit (%v)", err)
	}
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	inFolder(t, root, nil, "go", "build", "-o", filepath.Join(bin, "sluice"), "./cmd/sluice")
	return &framework{root, strings.TrimSpace(inFolder(t, root, nil, "git", "rev-parse", "HEAD")), append(os.Environ(),
		"PATH="+bin+string(os.PathListSeparator)+os.Getenv("PATH"), "PRE_COMMIT_HOME="+t.TempDir(),
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com")}
}

// refuses commits in a new repository that has the configuration, and runs what
// sets the hooks up: what is clean goes in, a secret does not, and one that is
// allowed does.
func (f *framework) refuses(t *testing.T, config string, setUp ...[]string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	git := func(args ...string) { t.Helper(); inFolder(t, dir, f.env, "git", args...) }
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(".pre-commit-config.yaml", config)
	git("init", "-q")
	for _, words := range setUp {
		inFolder(t, dir, f.env, words[0], words[1:]...)
	}
	git("add", "-A")
	git("commit", "-q", "-m", "clean")
	token := aToken()
	write("app.env", "token: "+token+"\n")
	git("add", "-A")
	write("app.env", "nothing, not staged\n")
	cmd := exec.Command("git", "commit", "-q", "-m", "with a secret")
	cmd.Dir, cmd.Env = dir, f.env
	out, err := cmd.CombinedOutput()
	if err == nil || !strings.Contains(string(out), "app.env:1:8") || strings.Contains(string(out), token) {
		t.Errorf("not refused as it should be: %v\n%s", err, out)
	}
	write("app.env", "token: "+token+" # sluice:allow[gitlab-access-token] made up\n")
	git("add", "-A")
	git("commit", "-q", "-m", "allowed")
	return dir
}

// TestEndToEndPreCommit runs both hooks of .pre-commit-hooks.yaml as the
// framework does, which clones this repository.
func TestEndToEndPreCommit(t *testing.T) {
	f := newFramework(t)
	for _, id := range []string{"sluice-system", "sluice"} {
		t.Run(id, func(t *testing.T) {
			config := fmt.Sprintf("repos:\n- repo: %s\n  rev: %s\n  hooks:\n  - id: %s\n", f.root, f.rev, id)
			f.refuses(t, config, []string{"pre-commit", "install"})
		})
	}
}

// TestEndToEndBesidePreCommit installs our hook and the framework's, whichever
// comes first, and takes ours out again.
func TestEndToEndBesidePreCommit(t *testing.T) {
	f := newFramework(t)
	ours, theirs := []string{"sluice", "hook", "install"}, []string{"pre-commit", "install"}
	for name, order := range map[string][][]string{"after": {theirs, ours}, "before": {ours, theirs}, "twice": {ours, theirs, ours}} {
		t.Run(name, func(t *testing.T) {
			mark := filepath.Join(t.TempDir(), "ran")
			config := "repos:\n- repo: local\n  hooks:\n  - {id: log, name: log, entry: touch " + mark + ", language: system, always_run: true, pass_filenames: false}\n"
			dir := f.refuses(t, config, order...)
			if err := os.Remove(mark); err != nil {
				t.Errorf("the framework did not run: %v", err)
			}
			inFolder(t, dir, f.env, "sluice", "hook", "uninstall")
			if err := os.WriteFile(filepath.Join(dir, "b.env"), []byte("token: "+aToken()+"\n"), 0o644); err != nil {
				t.Fatal(err)
			}
			inFolder(t, dir, f.env, "git", "add", "b.env")
			inFolder(t, dir, f.env, "git", "commit", "-q", "-m", "nobody looks")
			if _, err := os.Stat(mark); err != nil {
				t.Errorf("the framework does not run any more: %v", err)
			}
			left, err := filepath.Glob(filepath.Join(dir, ".git/hooks/pre-commit*"))
			left = slices.DeleteFunc(left, func(path string) bool { return strings.HasSuffix(path, ".sample") })
			if want := []string{filepath.Join(dir, ".git/hooks/pre-commit")}; err != nil || !slices.Equal(left, want) {
				t.Errorf("left %q, want %q", left, want)
			}
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
