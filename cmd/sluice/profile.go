package main

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"runtime/pprof"
	"runtime/trace"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// profilers start to profile into a file, by the name of the profile. What they
// return ends it.
var profilers = map[string]func(io.Writer) (end func() error, err error){
	"cpu": func(w io.Writer) (func() error, error) {
		return func() error { pprof.StopCPUProfile(); return nil }, pprof.StartCPUProfile(w)
	},
	"mem": func(w io.Writer) (func() error, error) {
		return func() error {
			runtime.GC() // what is in use is up to date after a collection only
			return pprof.Lookup("allocs").WriteTo(w, 0)
		}, nil
	},
	"trace": func(w io.Writer) (func() error, error) {
		return func() error { trace.Stop(); return nil }, trace.Start(w)
	},
}

// A profile shows where a command's time and memory go. It implements
// pflag.Value for --profile.
type profile struct {
	files map[string]string // by name
	ends  []func() error    // of what was started
}

// addTo has every command below root take --profile. Whoever runs the command
// must call stop, however it ends.
func (p *profile) addTo(root *cobra.Command) {
	root.PersistentFlags().Var(p, "profile", "write what Go's own tools show: `cpu=FILE,mem=FILE,trace=FILE`, each of them optional")
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return p.start() }
}

// Set takes NAME=FILE, or several joined by commas.
func (p *profile) Set(spec string) error {
	for _, part := range strings.Split(spec, ",") {
		name, file, _ := strings.Cut(part, "=")
		switch {
		case profilers[name] == nil:
			return fmt.Errorf("there is no profile %q (one of %s)", name, strings.Join(slices.Sorted(maps.Keys(profilers)), ", "))
		case file == "":
			return fmt.Errorf("the profile %q names no file", name)
		case p.files[name] != "":
			return fmt.Errorf("the profile %q is asked for twice", name)
		case slices.Contains(slices.Collect(maps.Values(p.files)), file):
			return fmt.Errorf("two profiles cannot go to one file, %s", file)
		}
		if p.files == nil {
			p.files = map[string]string{}
		}
		p.files[name] = file
	}
	return nil
}

// String is what stands as the default in the help: nothing.
func (p *profile) String() string { return "" }

// Type names the flag's value in cobra's completions.
func (p *profile) Type() string { return "profiles" }

func (p *profile) start() error {
	for _, name := range slices.Sorted(maps.Keys(p.files)) {
		file, err := os.Create(p.files[name])
		if err != nil {
			return fmt.Errorf("--profile %s: %w", name, err)
		}
		end, err := profilers[name](file)
		if err != nil {
			return fmt.Errorf("--profile %s: %w", name, errors.Join(err, file.Close()))
		}
		p.ends = append(p.ends, func() error {
			if err := errors.Join(end(), file.Close()); err != nil {
				return fmt.Errorf("--profile %s: %w", name, err)
			}
			return nil
		})
	}
	return nil
}

// stop writes what was started to its end.
func (p *profile) stop() error {
	var errs []error
	for _, end := range p.ends {
		errs = append(errs, end())
	}
	p.ends = nil
	return errors.Join(errs...)
}
