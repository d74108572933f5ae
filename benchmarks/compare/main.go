// Command compare runs sluice and whichever scanners it finds on PATH over the
// same directory, git repository or image, by turns and several times, and
// prints what each took: time, processor time, peak memory and findings, with
// medians and ratios to sluice.
//
//	compare [flags] dir|git PATH
//	compare [flags] image FILE|FOLDER    a docker archive or an OCI layout
package main

import (
	"context"
	"debug/buildinfo"
	"errors"
	"flag"
	"fmt"
	"log"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"strings"
	"time"
)

type options struct {
	runs, warm int
	timeout    time.Duration
	tools      string
	json, plot string
}

func main() {
	log.SetFlags(0)
	var o options
	flag.IntVar(&o.runs, "runs", 5, "rounds that count")
	flag.IntVar(&o.warm, "warm", 1, "rounds before them, to fill the file cache")
	flag.DurationVar(&o.timeout, "timeout", 10*time.Minute, "most time for a run")
	flag.StringVar(&o.tools, "tools", "", "tools to run, joined by commas; all that are there if empty")
	flag.StringVar(&o.json, "json", "", "write every run into this file")
	flag.StringVar(&o.plot, "plot", "", "draw the medians into this file, .svg or .png")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := compare(ctx, o, flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func compare(ctx context.Context, o options, args []string) error {
	if len(args) != 2 {
		return errors.New("want the kind of the target (dir, git or image) and its path")
	}
	temp, err := os.MkdirTemp("", "compare")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temp)
	t, err := open(kind(args[0]), args[1], temp)
	if err != nil {
		return err
	}
	var wanted []string
	if o.tools != "" {
		wanted = strings.Split(o.tools, ",")
	}
	present := installed(tools(), t, wanted)
	if len(present) == 0 {
		return errors.New("none of the tools is on PATH")
	}
	r := &report{Date: time.Now().UTC().Format(time.RFC3339), Go: runtime.Version(), OS: runtime.GOOS + "/" + runtime.GOARCH,
		CPU: processor(), Cores: runtime.NumCPU(), Kind: t.kind, Target: t.path, Bytes: t.bytes}
	if err := r.measure(ctx, present, t, temp, o); err != nil {
		return err
	}
	r.finish()
	if err := r.text(os.Stdout); err != nil {
		return err
	}
	if o.json != "" {
		err = errors.Join(err, r.json(o.json))
	}
	if o.plot != "" {
		err = errors.Join(err, r.plot(o.plot))
	}
	return err
}

// measure runs the tools in turn, round by round, so that what slows the
// machine for a while slows all of them. A tool that failed is not run again.
func (r *report) measure(ctx context.Context, present []tool, t *target, temp string, o options) error {
	for _, one := range present {
		r.Entries = append(r.Entries, entry{Name: one.name, Version: version(one)})
	}
	failed := make([]bool, len(present))
	for round := range o.warm + o.runs {
		for i, one := range present {
			if failed[i] {
				continue
			}
			fmt.Fprintf(os.Stderr, "round %d of %d: %s\n", round+1, o.warm+o.runs, one.name)
			result := run(ctx, one, t, temp, o.timeout)
			if err := ctx.Err(); err != nil {
				return err
			}
			failed[i] = result.Failed != ""
			if round >= o.warm || failed[i] {
				r.Entries[i].Runs = append(r.Entries[i].Runs, result)
			}
		}
	}
	return nil
}

// version returns the first line in which a tool says which one it is, or, for
// a Go program that was built without one, what the linker wrote into it.
func version(one tool) string {
	out, _ := exec.Command(one.program, one.version...).Output() // its failure shows when it has to scan
	line, _, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	if !strings.ContainsAny(line, "0123456789") {
		if info, err := buildinfo.ReadFile(one.program); err == nil {
			return one.name + " " + info.Main.Version
		}
	}
	return line
}

// processor returns the name of the processor where the system tells it.
func processor() string {
	info, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return ""
	}
	for line := range strings.Lines(string(info)) {
		if key, value, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(key) == "model name" {
			return strings.TrimSpace(value)
		}
	}
	return ""
}
