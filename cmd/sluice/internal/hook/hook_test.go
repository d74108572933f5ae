package hook

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLines(t *testing.T) {
	zeros := strings.Repeat("0", 40)
	got, err := ReadPushes(strings.NewReader("refs/heads/a 11 refs/heads/b 22\n(delete) " + zeros + " refs/heads/c 33\nrefs/heads/d 44 refs/heads/d " + zeros + "\n"))
	want := []Push{{"refs/heads/b", "22", "11"}, {"refs/heads/c", "33", ""}, {"refs/heads/d", "", "44"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	got, err = ReadReceived(strings.NewReader("22 11 refs/heads/b\n\n" + zeros + " 44 refs/tags/x\n"))
	want = []Push{{"refs/heads/b", "22", "11"}, {"refs/tags/x", "", "44"}}
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Error(err, diff)
	}
	if _, err := ReadReceived(strings.NewReader("only two\n")); err == nil {
		t.Error("no error for a line that git does not write")
	}
}

func TestMessage(t *testing.T) {
	text := "subject\n# a comment\nbody\n# " + scissors + "\ndiff --git\n+token\n"
	if got, want := Message(text), "subject\n\nbody\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// TestScripts: what git runs is sh, whatever the path of the program is.
func TestScripts(t *testing.T) {
	for _, name := range Names() {
		for _, program := range []string{"/usr/bin/sluice", "/with space/it's \"odd\" $(here)/sluice"} {
			path := filepath.Join(t.TempDir(), name)
			if err := os.WriteFile(path, []byte(script(name, program)), 0o755); err != nil {
				t.Fatal(err)
			}
			if out, err := exec.Command("sh", "-n", path).CombinedOutput(); err != nil {
				t.Errorf("%s: %v: %s", name, err, out)
			}
			cmd := exec.Command(path)
			cmd.Env = []string{"PATH=/nonexistent:/bin:/usr/bin"}
			if _, err := exec.LookPath("sluice"); err == nil {
				continue
			}
			if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), program) {
				t.Errorf("%s: without the program: %v: %s", name, err, out)
			}
		}
	}
}

func TestForeignHooks(t *testing.T) {
	f := &Folder{t.TempDir()}
	at := f.at(PreCommit)
	if err := os.Symlink("/nowhere", at); err != nil { // somebody else's, and broken
		t.Fatal(err)
	}
	if err := f.Install(PreCommit, "/bin/sluice"); err != nil {
		t.Fatal(err)
	}
	if s, err := f.State(PreCommit, "/bin/sluice"); err != nil || !s.Current || s.Other != at+kept {
		t.Errorf("state %+v, %v", s, err)
	}
	if s, err := f.State(PreCommit, "/usr/bin/sluice"); err != nil || s.Current || !s.Installed {
		t.Errorf("state for another program %+v, %v", s, err)
	}
	if was, err := f.Uninstall(PreCommit); !was || err != nil {
		t.Error(was, err)
	}
	if to, err := os.Readlink(at); err != nil || to != "/nowhere" {
		t.Errorf("the link is %q, %v", to, err)
	}
	// A second hook to keep has no room.
	if err := f.Install(PreCommit, "/bin/sluice"); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(at, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := f.Install(PreCommit, "/bin/sluice"); err == nil {
		t.Error("overwrites a hook that was kept")
	}
}
