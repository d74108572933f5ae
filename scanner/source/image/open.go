package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/google/go-containerregistry/pkg/authn"
)

// Remote says how to reach images. The zero value reaches public ones and
// those that the docker configuration has credentials for.
type Remote struct {
	// Keychain gives credentials by registry; nil is authn.DefaultKeychain,
	// the docker configuration with its credential helpers.
	Keychain authn.Keychain
	// Username and Password are for the registry of the reference, in place of
	// the keychain's. They are not sent to mirrors.
	Username, Password string
	// Insecure allows plain HTTP and TLS that cannot be verified.
	Insecure bool
	// Mirrors are asked in their order before the registry of the reference:
	// [REGISTRY=][http[s]://]HOST[:PORT][/PREFIX], of Docker Hub unless they
	// say another REGISTRY.
	Mirrors []string
	// Stall is how long no byte may come before a read is an error; default
	// one minute.
	Stall time.Duration
	// Retries is how often a request is repeated after a connection error or
	// one of the statuses 408, 429 and 5xx, and how often a stream that breaks
	// off is gone on with; default 3, none if negative.
	Retries int
	// Backoff is the wait before the first retry, which doubles; default half
	// a second.
	Backoff time.Duration
	// UserAgent is what registries are told; default "sluice".
	UserAgent string
	// DaemonHost is the address of the docker daemon or of podman's API
	// service: unix://PATH, tcp://HOST:PORT, http:// or https://. Default
	// unix:///var/run/docker.sock.
	DaemonHost string
	// Stdin is read for the reference "-"; nil is an error then.
	Stdin io.Reader
	// SpoolLimit bounds the bytes of the one temporary file that holds an
	// archive from a pipe, a daemon or a compressed file; default 32 GiB.
	SpoolLimit int64
	// TempDir is the folder of that file; default os.TempDir.
	TempDir string
}

// withDefaults fills in what is not set.
func (o *Remote) withDefaults() *Remote {
	var d Remote
	if o != nil {
		d = *o
	}
	if d.Keychain == nil {
		d.Keychain = authn.DefaultKeychain
	}
	setDefault(&d.Stall, time.Minute)
	setDefault(&d.Retries, 3)
	d.Retries = max(d.Retries, 0)
	setDefault(&d.Backoff, time.Second/2)
	setDefault(&d.UserAgent, "sluice")
	setDefault(&d.DaemonHost, "unix:///var/run/docker.sock")
	setDefault(&d.SpoolLimit, 32<<30)
	return &d
}

func setDefault[T comparable](field *T, value T) {
	if *field == *new(T) {
		*field = value
	}
}

// openStore opens what a reference names: a registry's image, a layout, an
// archive. An error is a *ReferenceError where the reference is at fault, a
// *RegistryError where a registry refuses. The caller closes the store.
func openStore(ctx context.Context, ref string, o *Remote) (store, target, error) {
	o = o.withDefaults()
	r, err := parseReference(ref)
	if err != nil {
		return nil, target{}, err
	}
	s, err := r.open(ctx, o)
	if err != nil {
		return nil, r.target, err
	}
	root, err := s.Root(ctx)
	if err != nil {
		return nil, r.target, errors.Join(err, s.Close())
	}
	if _, madeUp := archiveEntry(root[0]); len(root) == 1 && !madeUp {
		r.Digest = root[0].Digest.String()
	}
	return s, r.target, nil
}

func (r *reference) open(ctx context.Context, o *Remote) (store, error) {
	switch r.Transport {
	case viaStdin:
		if o.Stdin == nil {
			return nil, &ReferenceError{Ref: r.Name, Err: errors.New("no standard input")}
		}
		return openPipe(ctx, r, o.Stdin, o)
	case viaDockerArchive, viaOCIArchive:
		return openArchive(ctx, r, o)
	case viaLayout:
		return openLayout(r)
	case viaDaemon:
		return openDaemon(ctx, r, o)
	case viaRegistry:
		return openRegistry(ctx, r, o)
	}
	return nil, fmt.Errorf("%s: unknown transport %s", r.Name, r.Transport)
}
