package image

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/google/go-containerregistry/pkg/authn"
)

// The credentials of the tests are nobody's.
const (
	testUser = "somebody"
	testPass = "Pa55" + "-of-a-test"
	testBase = "of" + "-a-test" // the bearer token
)

// basic asks for the user's name and password.
func basic(inner http.Handler) http.Handler {
	return around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		if user, pass, _ := r.BasicAuth(); user == testUser && pass == testPass {
			return false
		}
		w.Header().Set("WWW-Authenticate", `Basic realm="tests"`)
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
}

// bearer asks for a token, which the service at /token gives out.
func bearer(inner http.Handler, service http.HandlerFunc) http.Handler {
	return around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		switch {
		case r.URL.Path == "/token":
			service(w, r)
			return true
		case r.Header.Get("Authorization") == "Bearer "+testBase:
			return false
		}
		w.Header().Set("WWW-Authenticate", fmt.Sprintf(`Bearer realm="http://%s/token",service="tests"`, r.Host))
		w.WriteHeader(http.StatusUnauthorized)
		return true
	})
}

func giveToken(w http.ResponseWriter, r *http.Request) {
	if user, pass, _ := r.BasicAuth(); user != testUser || pass != testPass {
		w.WriteHeader(http.StatusUnauthorized)
		fmt.Fprintf(w, `{"errors":[{"code":"UNAUTHORIZED","message":"not %s"}]}`, r.Header.Get("Authorization"))
		return
	}
	fmt.Fprintf(w, `{"token":%q}`, testBase)
}

// keychainFunc is a keychain.
type keychainFunc func(authn.Resource) (authn.Authenticator, error)

func (f keychainFunc) Resolve(r authn.Resource) (authn.Authenticator, error) { return f(r) }

func TestLogin(t *testing.T) {
	img := someImage(t, 1)
	inner := aRegistry(t, img)
	for scheme, h := range map[string]http.Handler{"basic": basic(inner), "bearer": bearer(inner, giveToken)} {
		host := serve(t, h)
		ref := host + "/team/app:v1"
		t.Run(scheme, func(t *testing.T) {
			o := quick()
			o.Username, o.Password = testUser, testPass
			s, _ := mustOpen(t, ref, o)
			sameImage(t, s, mustRoot(t, s)[0], img)

			o = quick()
			o.Keychain = keychainFunc(func(r authn.Resource) (authn.Authenticator, error) {
				if r.RegistryStr() != host {
					t.Errorf("asked for %s", r)
				}
				return authn.FromConfig(authn.AuthConfig{Username: testUser, Password: testPass}), nil
			})
			mustOpen(t, ref, o)

			o.Username, o.Password = testUser, "not-"+testPass
			err := mustFail(t, ref, o)
			asRefusal(t, err, http.StatusUnauthorized)
			encoded := base64.StdEncoding.EncodeToString([]byte(testUser + ":not-" + testPass))
			if strings.Contains(err.Error(), testPass) || strings.Contains(err.Error(), encoded) {
				t.Error(err)
			}
			asRefusal(t, mustFail(t, ref, quick()), http.StatusUnauthorized)
		})
	}
}

// TestCredentialHelper: one that fails leaves public images readable, and is
// named where an image is not.
func TestCredentialHelper(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	o := quick()
	o.Keychain = keychainFunc(func(authn.Resource) (authn.Authenticator, error) {
		return nil, errors.New("helper is not installed")
	})
	mustOpen(t, serve(t, inner)+"/team/app:v1", o)
	err := mustFail(t, serve(t, basic(inner))+"/team/app:v1", o)
	asRefusal(t, err, http.StatusUnauthorized)
	if !strings.Contains(err.Error(), "helper is not installed") {
		t.Error(err)
	}

	// One that waits for a person does not outlive the context.
	ctx, cancel := context.WithCancel(t.Context())
	wait := make(chan struct{})
	defer close(wait)
	o.Keychain = keychainFunc(func(authn.Resource) (authn.Authenticator, error) {
		cancel()
		<-wait
		return authn.Anonymous, nil
	})
	if _, _, err := openStore(ctx, serve(t, inner)+"/team/app:v1", o); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestMirrorCredentials: the user's name and password are for the registry of
// the reference alone.
func TestMirrorCredentials(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	origin := serve(t, basic(inner))
	var sent atomic.Bool
	mirror := serve(t, basic(around(inner, func(http.ResponseWriter, *http.Request) bool { sent.Store(true); return false })))
	o := quick()
	o.Username, o.Password = testUser, testPass
	o.Mirrors = []string{origin + "=" + mirror}
	mustOpen(t, origin+"/team/app:v1", o)
	if sent.Load() {
		t.Error("the mirror got the credentials")
	}
}

// TestRedirect: blobs are often elsewhere, where no credentials may go.
func TestRedirect(t *testing.T) {
	img := someImage(t, 1)
	inner := aRegistry(t, img)
	var auth atomic.Value
	storage := httptest.NewServer(around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		auth.Store(r.Header.Get("Authorization") + r.Header.Get("Cookie"))
		return false
	}))
	defer storage.Close()
	elsewhere := storage.URL
	redirect := func(w http.ResponseWriter, r *http.Request) bool {
		if isBlob(r) {
			http.Redirect(w, r, elsewhere+r.URL.Path+"?X-Signature="+testBase, http.StatusTemporaryRedirect)
		}
		return isBlob(r)
	}
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	for scheme, h := range map[string]http.Handler{
		"basic":  basic(around(inner, redirect)),
		"bearer": bearer(around(inner, redirect), giveToken),
	} {
		t.Run(scheme, func(t *testing.T) {
			o := quick()
			o.Username, o.Password = testUser, testPass
			s, _ := mustOpen(t, serve(t, h)+"/team/app:v1", o)
			for _, host := range []string{"127.0.0.1", "localhost"} {
				elsewhere = strings.Replace(storage.URL, "127.0.0.1", host, 1)
				sameImage(t, s, mustRoot(t, s)[0], img)
				if got := auth.Load(); got != "" {
					t.Errorf("%s got %q", host, got)
				}
			}
			elsewhere = "http://127.0.0.1:1"
			if _, err := readOf(t, s, m.Layers[0]); err == nil || strings.Contains(err.Error(), testBase) {
				t.Errorf("signature in error: %v", err)
			}
			elsewhere = "http://registry.example"
			if _, err := readOf(t, s, m.Layers[0]); !errors.Is(err, ErrPlainHTTP) {
				t.Errorf("a redirect off this machine without TLS: %v", err)
			}
		})
	}
}

// TestTokenService: its answers are bounded, and not shown.
func TestTokenService(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	for name, test := range map[string]struct {
		service http.HandlerFunc
		want    string
	}{
		"endless": {func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				if _, err := w.Write(make([]byte, 64<<10)); err != nil {
					return
				}
			}
		}, "answer is larger than"},
		"no token": {func(w http.ResponseWriter, r *http.Request) {
			fmt.Fprintf(w, `{"refresh_token":%q}`, testBase)
		}, "no token"},
		"page": {func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusForbidden)
			io.WriteString(w, "you sent "+r.Header.Get("Authorization"))
		}, "403 Forbidden"},
		"elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://tokens.example/", http.StatusFound)
		}, "plain http refused"},
	} {
		t.Run(name, func(t *testing.T) {
			o := quick()
			o.Username, o.Password = testUser, testPass
			err := mustFail(t, serve(t, bearer(inner, test.service))+"/team/app:v1", o)
			if !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), testBase) || strings.Contains(err.Error(), "Basic") {
				t.Error(err)
			}
		})
	}
}

// TestInsecure: TLS that cannot be verified is refused unless allowed.
func TestInsecure(t *testing.T) {
	img := someImage(t, 1)
	s := httptest.NewUnstartedServer(aRegistry(t, img))
	s.Config.ErrorLog = quiet
	s.StartTLS()
	defer s.Close()
	ref := strings.TrimPrefix(s.URL, "https://") + "/team/app:v1"
	if err := mustFail(t, ref, quick()); !strings.Contains(err.Error(), "certificate") {
		t.Error(err)
	}
	o := quick()
	o.Insecure = true
	st, _ := mustOpen(t, ref, o)
	sameImage(t, st, mustRoot(t, st)[0], img)
}
