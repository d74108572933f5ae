// Command sluice finds leaked secrets in container images, git, files and pipes.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"runtime/debug"
	"syscall"
)

// The exit statuses, as every command's help states them.
const (
	statusClean      = 0
	statusSecrets    = 1
	statusIncomplete = 2 // and usage errors
	statusBug        = 70
)

// memoryLimit is where the collector of garbage begins to work harder, in
// bytes, unless $GOMEMLIMIT says otherwise: scans live on far less, and only
// the findings of a hostile input come near.
const memoryLimit = 208 << 20

// earlyGarbage is how far the heap may grow before the first collection, in
// percent of 4 MiB, unless $GOGC says otherwise: a short scan needs none, one of
// ten thousand files makes 24 MiB of garbage, and a collection in the middle of
// it takes one of two processors for a while. After the first it is as always,
// for what a long scan needs is memory.
const earlyGarbage = 800

func main() {
	if os.Getenv("GOGC") == "" {
		usual := debug.SetGCPercent(earlyGarbage)
		runtime.AddCleanup(new([64]byte), func(usual int) { debug.SetGCPercent(usual) }, usual)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	status := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr)
	stop()
	os.Exit(status)
}

// run executes one command line and returns the exit status. A panic is a bug
// of ours: it is told apart from everything that an input can cause.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	defer func() {
		if p := recover(); p != nil {
			fmt.Fprintf(stderr, "sluice: a bug in sluice stopped the scan; please report it: %v\n%s", p, debug.Stack())
			status = statusBug
		}
	}()
	root := newRootCommand()
	root.SetArgs(args)
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	var p profile
	p.addTo(root)
	defer func() { // a panic is worth a profile too
		if err := p.stop(); err != nil {
			status = tell(stderr, err)
		}
	}()
	err := root.ExecuteContext(ctx)
	var exit exitError
	switch {
	case err == nil:
		return statusClean
	case errors.As(err, &exit):
		return exit.status
	}
	return tell(stderr, err)
}

// tell says what went wrong and the next thing to type, and returns the status.
func tell(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "sluice: %v\n", err)
	if hint := hintFor(err); hint != "" {
		fmt.Fprintf(stderr, "  %s\n", hint)
	}
	return statusIncomplete
}

// An exitError ends the program with a status after all was said.
type exitError struct{ status int }

func (e exitError) Error() string { return fmt.Sprintf("exit status %d", e.status) }
