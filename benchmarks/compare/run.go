package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A result is what one run of a tool took and gave.
type result struct {
	Wall     float64 `json:"wall_s"`
	CPU      float64 `json:"cpu_s"` // user and system, of the program and what it started
	Peak     int64   `json:"peak_bytes"`
	Findings int     `json:"findings"`
	// Failed says why the other figures mean nothing.
	Failed string `json:"failed,omitempty"`
}

// run runs a tool over a target once. The folder temp is empty before and after.
func run(ctx context.Context, one tool, t *target, temp string, limit time.Duration) result {
	report, stdout := filepath.Join(temp, "report"), filepath.Join(temp, "stdout")
	defer os.Remove(report)
	defer os.Remove(stdout)
	out, err := os.Create(stdout)
	if err != nil {
		return result{Failed: err.Error()}
	}
	defer out.Close()
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, one.program, one.command(t, report)...)
	var stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = out, &stderr
	// What the program started has to end with it.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = time.Second
	start := time.Now()
	err = cmd.Run()
	r := result{Wall: time.Since(start).Seconds()}
	switch {
	case ctx.Err() != nil:
		return result{Failed: fmt.Sprintf("stopped after %v", limit)}
	case cmd.ProcessState == nil:
		return result{Failed: err.Error()}
	case !slices.Contains(one.statuses, cmd.ProcessState.ExitCode()):
		return result{Failed: fmt.Sprintf("%v: %s", cmd.ProcessState, lastLine(stderr.String()))}
	}
	r.CPU = (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
		r.Peak = usage.Maxrss * maxrssUnit
	}
	if r.Findings, err = findings(one, report, stdout); err != nil {
		return result{Failed: "output: " + err.Error()}
	}
	return r
}

// findings counts what the tool wrote into its report, or else to standard
// output.
func findings(one tool, report, stdout string) (int, error) {
	output, err := os.ReadFile(report)
	if os.IsNotExist(err) {
		output, err = os.ReadFile(stdout)
	}
	if err != nil {
		return 0, err
	}
	return one.count(output)
}

func lastLine(text string) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return lines[len(lines)-1]
}
