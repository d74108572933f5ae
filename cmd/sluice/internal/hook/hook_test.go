package hook

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestLines(t *testing.T) {
	const one, zero = "1111111111111111111111111111111111111111", "0000000000000000000000000000000000000000"
	pushed, err := ReadPushes(strings.NewReader("refs/heads/a " + one + " refs/heads/b " + zero + "\n(delete) " + zero + " refs/heads/c " + one + "\n"))
	if want := []Push{{"refs/heads/b", "", one}, {"refs/heads/c", one, ""}}; err != nil || !slices.Equal(pushed, want) {
		t.Errorf("pre-push: %v, %v", pushed, err)
	}
	received, err := ReadReceived(strings.NewReader(zero + " " + one + " refs/heads/a\n" + one + " " + zero + zero[:24] + " refs/tags/b\n"))
	if want := []Push{{"refs/heads/a", "", one}, {"refs/tags/b", one, ""}}; err != nil || !slices.Equal(received, want) {
		t.Errorf("pre-receive: %v, %v", received, err)
	}
	if _, err := ReadReceived(strings.NewReader("a b\n")); err == nil {
		t.Error("two fields are no line")
	}
	if none, err := ReadPushes(strings.NewReader("\n")); err != nil || len(none) != 0 {
		t.Errorf("nothing: %v, %v", none, err)
	}
}

func TestMessage(t *testing.T) {
	const cut = " ------------------------ >8 ------------------------\n"
	for _, c := range []struct{ name, text, want string }{
		{"plain", "subject\n\nbody", "subject\n\nbody"},
		{"comment", "subject\n# comment\n", "subject\n# comment\n"},
		{"changes", "subject\n#" + cut + "# Do not modify.\ndiff\n", "subject\n"},
		{"another sign", "subject\n//" + cut + "// Do not modify.\ndiff\n", "subject\n"},
		{"carriage returns", "subject\r\n;" + strings.ReplaceAll(cut, "\n", "\r\n") + "; Do not modify.\r\ndiff\r\n", "subject\r\n"},
		{"a line that somebody wrote", "subject\n#" + cut + "body\n", "subject\n#" + cut + "body\n"},
		{"no sign", "subject\n" + cut + " body\n", "subject\n" + cut + " body\n"},
		{"empty", "", ""},
	} {
		if got := Message(c.text); got != c.want {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}

func TestTracked(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, set := range [][]string{{"init", "-q"},
		{"config", "remote.origin.url", "https://example.com/a.git"}, {"config", "remote.origin.fetch", "+refs/heads/*:refs/remotes/origin/*"},
		{"config", "remote.team/x.y.pushurl", "ssh://example.com/b.git"}, {"config", "remote.team/x.y.fetch", "refs/heads/main:refs/remotes/up/main"},
		{"config", "--add", "remote.team/x.y.fetch", "^refs/heads/secret"}, {"config", "--add", "remote.team/x.y.fetch", "refs/notes/*:refs/notes/*"},
	} {
		cmd := exec.Command("git", set...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", set, err, out)
		}
	}
	for _, c := range []struct {
		name, address string
		want          []string
	}{
		{"origin", "https://example.com/a.git", []string{"refs/remotes/origin/*"}},
		{"team/x.y", "ssh://example.com/b.git", []string{"refs/remotes/up/mai[n]"}},
		{"ssh://example.com/b.git", "ssh://example.com/b.git", []string{"refs/remotes/up/mai[n]"}},
		{"ssh://example.com/c.git", "ssh://example.com/c.git", nil},
	} {
		if got, err := Tracked(t.Context(), c.name, c.address); err != nil || !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, %v; want %q", c.name, got, err, c.want)
		}
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
	if s, err := f.State(PreCommit, "/bin/sluice"); err != nil || !s.Current || s.Other != "" {
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

// TestSeal: what somebody wrote into a hook of ours is seen.
func TestSeal(t *testing.T) {
	for _, name := range Names() {
		text := script(name, "/bin/sluice")
		if ours, sealed := whose(text); !ours || !sealed {
			t.Errorf("%s is not ours", name)
		}
		if ours, sealed := whose(text + "more\n"); !ours || sealed {
			t.Errorf("%s: what was added is not seen", name)
		}
	}
}
