// Package demo makes a sample image with planted secrets and serves it from a
// registry of its own on the loopback interface. Every secret is random and
// opens nothing.
package demo

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// A Planted secret is one value that the sample image holds somewhere.
type Planted struct {
	Where string // for people
	Value string
}

// A Registry serves the sample image until it is closed.
type Registry struct {
	// Ref is the reference of the image: "127.0.0.1:PORT/sluice/demo:latest".
	Ref     string
	Planted []Planted
	server  *httptest.Server
}

// Serve starts a registry on a free port of 127.0.0.1 and pushes the sample
// image to it.
func Serve() (*Registry, error) {
	r := &Registry{server: httptest.NewUnstartedServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("demo registry: %w", err)
	}
	r.server.Listener.Close()
	r.server.Listener = listener
	r.server.Start()
	r.Ref = listener.Addr().String() + "/sluice/demo:latest"
	if err := r.push(); err != nil {
		r.Close()
		return nil, fmt.Errorf("demo registry: %w", err)
	}
	return r, nil
}

func (r *Registry) push() error {
	img, planted, err := sample()
	if err != nil {
		return err
	}
	r.Planted = planted
	ref, err := name.ParseReference(r.Ref, name.Insecure)
	if err != nil {
		return err
	}
	return remote.Write(ref, img, remote.WithTransport(http.DefaultTransport))
}

// Close stops the registry.
func (r *Registry) Close() { r.server.Close() }
