package image

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
)

// A place is a repository in one registry, and how to get there.
type place struct {
	repo     name.Repository
	plain    bool // the host may be spoken to without TLS
	keychain authn.Keychain
}

// newPlace makes a place; a library that is told so tries plain HTTP where TLS
// fails.
func newPlace(host string, plain bool, keychain authn.Keychain, path ...string) (place, error) {
	plain = plain || loopback(host)
	var options []name.Option
	if plain {
		options = append(options, name.Insecure)
	}
	registry, err := name.NewRegistry(host, options...)
	return place{registry.Repo(path...), plain, keychain}, err
}

// origin is the place that a repository's name says. The user's name and
// password are for it alone.
func origin(repo name.Repository, o *Remote) (place, error) {
	keychain := o.Keychain
	if o.Username != "" || o.Password != "" {
		keychain = fixed{authn.AuthConfig{Username: o.Username, Password: o.Password}}
	}
	return newPlace(repo.RegistryStr(), o.Insecure, keychain, repo.RepositoryStr())
}

// fixed is the keychain of one user.
type fixed struct{ config authn.AuthConfig }

func (f fixed) Resolve(authn.Resource) (authn.Authenticator, error) {
	return authn.FromConfig(f.config), nil
}

// parseMirror reads [REGISTRY=][http[s]://]HOST[:PORT][/PREFIX] and returns the
// place of a repository there; ok is false if the mirror is another registry's
// than the repository's. Without REGISTRY it is one of Docker Hub, as it is to
// container engines: asking it for a repository of another registry could find
// somebody else's of the same name.
func parseMirror(s string, repo name.Repository, o *Remote) (p place, ok bool, err error) {
	of, at, found := strings.Cut(s, "=")
	if !found {
		of, at = name.DefaultRegistry, s
	}
	at, plain := strings.CutPrefix(at, "http://")
	at = strings.TrimPrefix(at, "https://")
	host, prefix, _ := strings.Cut(at, "/")
	source, err := name.NewRegistry(of)
	if err == nil && host != "" && !strings.Contains(at, "@") {
		p, err = newPlace(host, plain || o.Insecure, o.Keychain, prefix, repo.RepositoryStr())
	} else {
		err = errors.New("no host")
	}
	if err != nil {
		return place{}, false, fmt.Errorf("registry mirror %s: not [REGISTRY=]HOST[:PORT][/PREFIX]", redactReference(s))
	}
	return p, source.RegistryStr() == repo.RegistryStr(), nil
}

// newEndpoint makes the way to a place: network, guard, retries, and login
// when it is needed.
func newEndpoint(p place, network *http.Transport, o *Remote) *endpoint {
	host := p.repo.RegistryStr()
	g := &guard{inner: network, stall: o.Stall, userAgent: o.UserAgent, plain: func(h string) bool {
		return o.Insecure || p.plain && (h == host || loopback(host) && loopback(h))
	}}
	return &endpoint{
		repo:     p.repo,
		base:     &retrier{inner: g, retries: o.Retries, backoff: o.Backoff},
		keychain: p.keychain,
		retries:  o.Retries,
	}
}
