//go:build e2e

package main

import (
	"encoding/json"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestEndToEndDebian scans an installed Debian: what is found are the keys that
// were made when it was installed, and nothing else. That of ssl-cert is named
// for what it is.
func TestEndToEndDebian(t *testing.T) {
	root := filepath.Join(t.TempDir(), "debian")
	command(t, ".", "debootstrap", "--variant=minbase", "--include=ssl-cert,openssh-server,git,curl,gnupg,python3,nginx-light,postgresql-client", "stable", root)
	sluice := filepath.Join(t.TempDir(), "sluice")
	command(t, ".", "go", "build", "-o", sluice, ".")
	out, _ := exec.Command(sluice, "dir", "--report", "json", root).Output() // status 1: the keys
	var report struct {
		Complete bool
		Findings []struct {
			Kind, Reason string
			Occurrences  []struct {
				Path string
				Line int
			}
		}
	}
	if err := json.Unmarshal(out, &report); err != nil {
		t.Fatal(err)
	}
	snakeOil := false
	for _, f := range report.Findings {
		path := filepath.ToSlash(f.Occurrences[0].Path)
		switch {
		case f.Kind != "secret", strings.Contains(path, "/etc/ssh/ssh_host_"):
		case strings.HasSuffix(path, "/etc/ssl/private/ssl-cert-snakeoil.key"):
			snakeOil = strings.Contains(f.Reason, "snake-oil")
		default:
			t.Errorf("%s:%d: %s", path, f.Occurrences[0].Line, f.Reason)
		}
	}
	if !snakeOil || !report.Complete {
		t.Errorf("the snake-oil key is named: %v; complete: %v", snakeOil, report.Complete)
	}
}
