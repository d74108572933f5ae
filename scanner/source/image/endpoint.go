package image

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"strings"
	"sync"

	"github.com/google/go-containerregistry/pkg/authn"
	"github.com/google/go-containerregistry/pkg/name"
	registryauth "github.com/google/go-containerregistry/pkg/v1/remote/transport"
)

// A RegistryError is an answer other than the content asked for.
type RegistryError struct {
	Host    string // of the registry
	Op      string // what was asked: "manifest v1", "blob sha256:..", "log in"
	Status  int    // of HTTP
	Message string // what the registry says of it, in one line, and how often it was asked
}

// Error names the registry, what was asked of it and its answer.
func (e *RegistryError) Error() string {
	text := fmt.Sprintf("registry %s: %s: %d %s", e.Host, e.Op, e.Status, http.StatusText(e.Status))
	if e.Message != "" {
		text += ": " + e.Message
	}
	return text
}

// Is makes an answer of 404 an fs.ErrNotExist.
func (e *RegistryError) Is(target error) bool {
	return target == fs.ErrNotExist && e.Status == http.StatusNotFound
}

// An endpoint is a repository in one registry, logged in to when it is first
// needed. It is safe for concurrent use.
type endpoint struct {
	repo     name.Repository
	base     http.RoundTripper
	keychain authn.Keychain
	retries  int

	mu      sync.Mutex
	client  *http.Client
	err     error // why there is no client and never will be
	secrets []string
	helper  error // why the keychain gave no credentials
}

// login returns the client that carries the credentials. An endpoint that
// refused once is not asked again.
func (e *endpoint) login(ctx context.Context) (*http.Client, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.client != nil || e.err != nil {
		return e.client, e.err
	}
	auth, err := e.credentials(ctx)
	if err != nil {
		return nil, err
	}
	scopes := []string{e.repo.Scope(registryauth.PullScope)}
	tr, err := registryauth.NewWithContext(ctx, e.repo.Registry, auth, e.base, scopes)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		e.err = e.explain("log in", err)
		return nil, e.err
	}
	e.client = &http.Client{Transport: tr}
	return e.client, nil
}

// credentials asks the keychain. Where that fails, as with a credential helper
// that is not installed, a public image can be read still.
func (e *endpoint) credentials(ctx context.Context) (authn.Authenticator, error) {
	type answer struct {
		authn.Authenticator
		*authn.AuthConfig
		error
	}
	// A helper is a program that knows no context and can wait for a person.
	answers := make(chan answer, 1)
	go func() {
		var a answer
		if a.Authenticator, a.error = authn.Resolve(ctx, e.keychain, e.repo); a.error == nil {
			a.AuthConfig, a.error = authn.Authorization(ctx, a.Authenticator)
		}
		answers <- a
	}()
	select {
	case <-ctx.Done():
		return nil, ctx.Err()
	case a := <-answers:
		if a.error != nil {
			e.helper = scrubError(a.error)
			return authn.Anonymous, nil
		}
		e.secrets = []string{a.Password, a.Auth, a.IdentityToken, a.RegistryToken}
		return a.Authenticator, nil
	}
}

// explain turns an error of the library or the HTTP client into one that names
// the registry and holds no credentials.
func (e *endpoint) explain(op string, err error) error {
	answer, cert := new(registryauth.Error), new(tls.CertificateVerificationError)
	switch {
	case errors.As(err, &cert): // says more than what plain HTTP gave after it
		err = cert
	case errors.As(err, &answer):
		return e.refused(op, answer.StatusCode, diagnostics(answer.Errors))
	}
	return fmt.Errorf("registry %s: %s: %w", e.repo.RegistryStr(), op, scrubError(err, e.secrets...))
}

// refused makes the error of an answer.
func (e *endpoint) refused(op string, status int, message string) error {
	if transientStatus(status) && e.retries > 0 {
		message = strings.TrimPrefix(fmt.Sprintf("%s, after %d tries", message, e.retries+1), ", ")
	}
	err := error(&RegistryError{e.repo.RegistryStr(), op, status, scrub(message, e.secrets...)})
	if e.helper != nil && (status == http.StatusUnauthorized || status == http.StatusForbidden) {
		err = fmt.Errorf("%w (no credentials: %w)", err, e.helper)
	}
	return err
}

// diagnostics joins what a registry says of its refusal. A body that is no
// list of diagnostics is not shown: it may be a page of a proxy that shows the
// request.
func diagnostics(list []registryauth.Diagnostic) string {
	var texts []string
	for _, d := range list[:min(len(list), 3)] {
		texts = append(texts, strings.TrimSuffix(string(d.Code)+": "+d.Message, ": "))
	}
	return strings.Join(texts, "; ")
}

// get asks for a path below the repository. The answer is one of the wanted
// statuses; the caller closes its body.
func (e *endpoint) get(ctx context.Context, op, path string, h http.Header, wanted ...int) (*http.Response, error) {
	client, err := e.login(ctx)
	if err != nil {
		return nil, err
	}
	// The transport sets the scheme that the registry answered to.
	url := fmt.Sprintf("https://%s/v2/%s/%s", e.repo.RegistryStr(), e.repo.RepositoryStr(), path)
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return nil, e.explain(op, err)
	}
	req.Header = h
	resp, err := client.Do(req)
	if err != nil {
		return nil, e.explain(op, err)
	}
	for _, status := range wanted {
		if resp.StatusCode == status {
			return resp, nil
		}
	}
	defer resp.Body.Close()
	return nil, e.answered(op, resp)
}

// answered reads the error out of an answer.
func (e *endpoint) answered(op string, resp *http.Response) error {
	var body struct{ Errors []registryauth.Diagnostic }
	if raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err == nil {
		_ = json.Unmarshal(raw, &body) // what it is not is not shown
	}
	message := diagnostics(body.Errors)
	if wait, ok := retryAfter(resp.Header); ok && wait > maxWait {
		message = strings.TrimPrefix(message+", asks to come back in "+wait.String(), ", ")
		return &RegistryError{e.repo.RegistryStr(), op, resp.StatusCode, scrub(message, e.secrets...)}
	}
	return e.refused(op, resp.StatusCode, message)
}
