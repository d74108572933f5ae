package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner/source/dockerfile"
	"github.com/sluice-sec/sluice/scanner/source/image"
)

// imageOptions are the flags of `sluice image`.
type imageOptions struct {
	scan          scanOptions
	image         image.Options
	passwordStdin bool
	dockerfile    dockerfile.Options
	dockerfileAt  string
	event         eventOptions
	cache         cacheOptions
}

func newImageCommand() *cobra.Command {
	var o imageOptions
	cmd := &cobra.Command{
		Use:   "image REF... | --event FILE|- --registry HOST[:PORT]",
		Short: "Scan container images: every layer, deleted files, configuration, history",
		Long: `Scans images with all their layers, so that files which a later layer overwrites
or deletes are found too, and their configuration, history and build arguments.

A reference is one of
  alpine:3, ghcr.io/team/app@sha256:...   an image in a registry
  docker-daemon:NAME                      an image of the local daemon
  docker-archive:FILE[:NAME]              what docker save writes
  oci:FOLDER[:TAG]                        an OCI layout
  oci-archive:FILE[:TAG]                  an OCI layout in a tar file
  -                                       an archive of either kind on standard input
Flags about registries have no effect on the others.

With --event, what a registry says was pushed is scanned instead, by digest: the
notification of CNCF distribution, zot, Harbor, Amazon ECR, ghcr.io or Docker
Hub. The images are taken from --registry, never from a host that the
notification names. A notification of anything but a push is status 0.
` + exitStatus,
		Example: `  sluice image ghcr.io/team/app:v1
  docker save team/app | sluice image -
  sluice image --platform all --report sarif=sluice.sarif registry.example.com/team/app:v1
  sluice image --event - --registry registry.example.com <notification.json`,
		Args: func(cmd *cobra.Command, refs []string) error { return o.event.args(cmd, refs) },
		RunE: func(cmd *cobra.Command, refs []string) error { return o.run(cmd, refs) },
	}
	o.scan.AddFlags(cmd.Flags())
	o.AddFlags(cmd.Flags())
	return cmd
}

func (o *imageOptions) AddFlags(fs *pflag.FlagSet) {
	i := &o.image
	o.event.AddFlags(fs)
	o.cache.AddFlags(fs)
	addLimits(fs, &i.Limits)
	fs.StringVar(&i.Platform, "platform", "", "`OS/ARCH[/VARIANT]` of an index, or all (default linux on this processor)")
	fs.StringVar(&i.Base, "base", "", "`DIGEST|REF` of the base image: what came with it is marked as inherited")
	fs.StringVar(&o.dockerfileAt, "dockerfile", "", "`PATH` of the Dockerfile that made the image: findings name its lines")
	fs.StringVar(&o.dockerfile.Target, "target", "", "`STAGE` of the Dockerfile that was built (default the last)")
	fs.StringVar(&i.Remote.Username, "username", "", "`NAME` for the registry, instead of the docker configuration's")
	fs.BoolVar(&o.passwordStdin, "password-stdin", false, "read the password for --username from standard input")
	fs.BoolVar(&i.Remote.Insecure, "insecure", false, "allow plain HTTP, and TLS that cannot be verified")
	fs.StringArrayVar(&i.Remote.Mirrors, "registry-mirror", nil, "ask this mirror first: `[REGISTRY=]URL`, of Docker Hub if no registry is named; repeatable")
	fs.StringVar(&i.Remote.DaemonHost, "docker-host", "", "`ADDRESS` of the daemon (default $DOCKER_HOST, else unix:///var/run/docker.sock)")
	fs.DurationVar(&i.Remote.Stall, "stall-timeout", 0, "give up on a registry that sends nothing for so long (default 1m)")
	fs.IntVar(&i.Remote.Retries, "retries", 0, "how often a request to a registry is repeated (default 3, none if negative)")
	fs.IntVar(&i.MaxEntries, "max-entries", 0, "most files of all layers together (default 5,000,000)")
	fs.Int64Var(&i.MaxBytes, "max-layer-bytes", 0, "most unpacked bytes of one layer (default 256 GiB)")
	fs.Int64Var(&i.MaxWindow, "max-window", 0, "most memory of a zstd or xz decoder, in bytes (default 64 MiB)")
	fs.Int64Var(&i.Remote.SpoolLimit, "max-spool", 0, "most bytes of a temporary file for an archive from a pipe or a daemon (default 32 GiB)")
}

func (o *imageOptions) run(cmd *cobra.Command, refs []string) error {
	s, err := o.scan.prepare(cmd)
	if err != nil {
		return err
	}
	r := &o.image.Remote
	r.Stdin, r.UserAgent = cmd.InOrStdin(), "sluice/"+buildVersion()
	if r.DaemonHost == "" {
		r.DaemonHost = os.Getenv("DOCKER_HOST")
	}
	if err := o.readPassword(cmd.InOrStdin(), append(refs, o.event.file)); err != nil {
		return err
	}
	if o.event.file != "" {
		if refs, err = o.event.refs(cmd.InOrStdin()); err != nil {
			return err
		}
		if len(refs) == 0 {
			fmt.Fprintln(cmd.ErrOrStderr(), "sluice: --event: no image was pushed, nothing to scan")
			return nil
		}
	}
	if o.dockerfileAt != "" {
		if o.dockerfile.Base, err = reportBase(o.dockerfileAt); err != nil {
			return err
		}
		if o.image.Steps, err = dockerfile.Steps(o.dockerfileAt, o.dockerfile); err != nil {
			return fmt.Errorf("--dockerfile: %w", err)
		}
	}
	i := &o.image
	o.cache.open(s, []any{i.Limits, i.MaxEntries, i.MaxBytes, i.MaxWindow})
	o.image.Log = s.log
	bar := newProgress(cmd.ErrOrStderr(), o.scan.quiet)
	defer bar.close()
	o.image.Progress = bar.image
	source, err := image.Open(refs, o.image)
	if err != nil {
		return err
	}
	err = s.run(cmd.Context(), source)
	for _, failed := range source.Failed() {
		if hint := hintFor(failed); hint != "" {
			fmt.Fprintf(cmd.ErrOrStderr(), "  %s\n", hint)
		}
	}
	return err
}

// maxPassword bounds what is read as a password.
const maxPassword = 64 << 10

func (o *imageOptions) readPassword(stdin io.Reader, refs []string) error {
	r := &o.image.Remote
	switch {
	case !o.passwordStdin && r.Username == "":
		return nil
	case !o.passwordStdin:
		return errors.New("--username needs --password-stdin")
	case r.Username == "":
		return errors.New("--password-stdin needs --username")
	case strings.Contains(" "+strings.Join(refs, " ")+" ", " - "):
		return errors.New("--password-stdin: standard input is already the archive or the event")
	}
	password, err := io.ReadAll(io.LimitReader(stdin, maxPassword))
	if err != nil {
		return fmt.Errorf("--password-stdin: %w", err)
	}
	r.Password = strings.TrimRight(string(password), "\r\n")
	return nil
}
