//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

// TestProfileOfInterrupted holds that a scan that is interrupted, as a profiled
// one often is, leaves whole profiles.
func TestProfileOfInterrupted(t *testing.T) {
	cpu, trace := filepath.Join(t.TempDir(), "cpu.out"), filepath.Join(t.TempDir(), "trace.out")
	cmd := exec.Command("sluice", "stdin", "--profile", "cpu="+cpu+",trace="+trace)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	stdin, err := cmd.StdinPipe() // that never ends
	if err != nil {
		t.Fatal(err)
	}
	defer stdin.Close()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if _, err := os.Stat(trace); err == nil {
			break // the handler of signals was there before
		}
	}
	if err := cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != statusIncomplete {
		t.Errorf("status %d, want %d: %s", got, statusIncomplete, stderr.String())
	}
	for _, path := range []string{cpu, trace} {
		if err := wholeProfile(path); err != nil {
			t.Error(err)
		}
	}
}
