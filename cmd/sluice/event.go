package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/event"
)

// eventOptions are the flags of `sluice image` that take the references from
// a registry's notification.
type eventOptions struct {
	file     string
	registry string
}

func (o *eventOptions) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.file, "event", "", "scan what the push notification in `FILE` names, - for standard input, instead of REF")
	fs.StringVar(&o.registry, "registry", "", "`HOST[:PORT]` of the registry that --event is about")
}

// args wants references or an event, and a registry with the event only.
func (o *eventOptions) args(cmd *cobra.Command, refs []string) error {
	switch named := cmd.Flags().Changed("event"); {
	case !named && o.registry != "":
		return errors.New("--registry needs --event")
	case !named:
		return cobra.MinimumNArgs(1)(cmd, refs)
	case len(refs) > 0:
		return errors.New("--event takes the place of REF")
	case o.file == "":
		return errors.New("--event needs a file, or - for standard input")
	case o.registry == "":
		return errors.New("--event needs --registry: the notification is not trusted to say where to connect")
	}
	return o.validRegistry()
}

// registryForm is a host that a reference cannot take for the start of a
// repository: it has a dot or a port, or is localhost.
var registryForm = regexp.MustCompile(`^(localhost|[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+|[A-Za-z0-9.-]+:[0-9]{1,5}|\[[0-9A-Fa-f:.]+\](:[0-9]{1,5})?)$`)

func (o *eventOptions) validRegistry() error {
	if !registryForm.MatchString(o.registry) {
		return fmt.Errorf("--registry: %q is not HOST.DOMAIN[:PORT], HOST:PORT or localhost", o.registry)
	}
	switch host, _, _ := strings.Cut(o.registry, ":"); host {
	case "docker-daemon", "docker-archive", "oci", "oci-archive":
		return fmt.Errorf("--registry: %s: is the prefix of references that are not in a registry", host)
	}
	return nil
}

// refs reads the notification and returns a reference to each thing that was
// pushed.
func (o *eventOptions) refs(stdin io.Reader) ([]string, error) {
	r := stdin
	if o.file != "-" {
		f, err := os.Open(o.file)
		if err != nil {
			return nil, fmt.Errorf("--event: %w", err)
		}
		defer f.Close()
		r = f
	}
	pushed, err := event.Parse(r)
	if err != nil {
		return nil, fmt.Errorf("--event: %w", err)
	}
	var refs []string
	for _, p := range pushed {
		ref := o.registry + "/" + p.Repository
		if p.Digest != "" {
			ref += "@" + p.Digest
		} else {
			ref += ":" + p.Tag
		}
		refs = append(refs, ref)
	}
	return refs, nil
}
