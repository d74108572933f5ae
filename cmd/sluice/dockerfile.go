package main

import (
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner/source/dockerfile"
)

// dockerfileOptions are the flags of `sluice dockerfile`.
type dockerfileOptions struct {
	scan       scanOptions
	dockerfile dockerfile.Options
}

func newDockerfileCommand() *cobra.Command {
	var o dockerfileOptions
	cmd := &cobra.Command{
		Use:   "dockerfile PATH...",
		Short: "Scan Dockerfiles by what their variables stand for, and what they copy",
		Long: `Scans Dockerfiles: every instruction with its variables replaced by what ARG and
ENV make of them, and the files that COPY and ADD take from the build context
and .dockerignore lets through. A finding says where the value came in, which
instructions use it, who can see it in the image that is built, and how to
write the instruction without it.

A folder is searched for Dockerfile, Dockerfile.*, *.Dockerfile, *.dockerfile,
Containerfile* and Compose files. A file of YAML that is named is read as what it
is, Compose's or Kubernetes': by its values, decoded. Paths in reports are relative
to the repository's root, else to the working directory.
` + exitStatus,
		Example: `  sluice dockerfile Dockerfile
  sluice dockerfile --build-arg VERSION=1.2 --target release --context . docker/Dockerfile
  sluice dockerfile --report sarif=sluice.sarif .`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, paths []string) error { return o.run(cmd, paths) },
	}
	o.scan.AddFlags(cmd.Flags())
	o.AddFlags(cmd.Flags())
	return cmd
}

func (o *dockerfileOptions) AddFlags(fs *pflag.FlagSet) {
	d := &o.dockerfile
	addLimits(fs, &d.Limits)
	fs.StringArrayVar(&d.BuildArgs, "build-arg", nil, "`NAME[=VALUE]` as for docker build, without a value that of the environment; repeatable")
	fs.StringVar(&d.Target, "target", "", "`STAGE` that is built (default the last)")
	fs.StringVar(&d.Context, "context", "", "`DIR` that COPY and ADD read (default the one the Dockerfile is in)")
}

func (o *dockerfileOptions) run(cmd *cobra.Command, paths []string) error {
	s, err := o.scan.prepare(cmd)
	if err != nil {
		return err
	}
	options := o.dockerfile
	options.BuildArgs = fromEnvironment(options.BuildArgs)
	if options.Base, err = reportBase(paths[0]); err != nil {
		return err
	}
	source, err := dockerfile.Open(paths, options)
	if err != nil {
		return err
	}
	return s.run(cmd.Context(), source)
}

// fromEnvironment gives the build arguments without a value that of the
// environment, and leaves out those that it does not have.
func fromEnvironment(args []string) []string {
	var resolved []string
	for _, arg := range args {
		if !strings.Contains(arg, "=") {
			value, ok := os.LookupEnv(arg)
			if !ok {
				continue
			}
			arg += "=" + value
		}
		resolved = append(resolved, arg)
	}
	return resolved
}
