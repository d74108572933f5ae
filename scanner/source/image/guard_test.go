package image

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
)

// tripFunc is a round tripper.
type tripFunc func(*http.Request) (*http.Response, error)

func (f tripFunc) RoundTrip(r *http.Request) (*http.Response, error) { return f(r) }

func request(t *testing.T, url string) *http.Request {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestPlainHTTP: only what was allowed, or stays on this machine, goes without
// TLS.
func TestPlainHTTP(t *testing.T) {
	for _, test := range []struct {
		registry, url string
		insecure      bool
		sent          bool
	}{
		{"ghcr.io", "https://ghcr.io/v2/", false, true},
		{"ghcr.io", "http://ghcr.io/v2/", false, false},
		{"ghcr.io", "http://ghcr.io/v2/", true, true},
		{"ghcr.io", "http://127.0.0.1/", false, false}, // a remote registry must not lead here
		{"10.0.0.1:5000", "http://10.0.0.1:5000/v2/", false, false},
		{"10.0.0.1:5000", "http://10.0.0.1:5000/v2/", true, true},
		{"127.0.0.1:5000", "http://127.0.0.1:5000/v2/", false, true},
		{"127.0.0.1:5000", "http://localhost:6000/v2/", false, true},
		{"127.0.0.1:5000", "http://ghcr.io/v2/", false, false},
		{"[::1]:5000", "http://[::1]:5000/v2/", false, true},
		{"127.0.0.1.example:5000", "http://127.0.0.1.example:5000/v2/", false, false},
		{"localhost.example:5000", "http://localhost.example:5000/v2/", false, false},
		{"ghcr.io", "ftp://ghcr.io/", false, false},
	} {
		repo, err := name.NewRepository(test.registry + "/app")
		if err != nil {
			t.Fatal(err)
		}
		o := (&Remote{Insecure: test.insecure}).withDefaults()
		p, err := origin(repo, o)
		if err != nil {
			t.Fatal(err)
		}
		g := newEndpoint(p, newNetwork(o), o).base.(*retrier).inner.(*guard)
		sent := false
		g.inner = tripFunc(func(r *http.Request) (*http.Response, error) {
			sent = true
			return &http.Response{Body: http.NoBody}, nil
		})
		_, err = g.RoundTrip(request(t, test.url))
		if sent != test.sent || sent == errors.Is(err, ErrPlainHTTP) {
			t.Errorf("%s, insecure %v: %s: sent %v, %v", test.registry, test.insecure, test.url, sent, err)
		}
	}
}

// waiting gives its pieces, each after a wait, until its request ends.
type waiting struct {
	*http.Request
	wait   time.Duration
	pieces []string
}

func (w *waiting) Read(p []byte) (int, error) {
	if len(w.pieces) == 0 {
		return 0, io.EOF
	}
	time.Sleep(w.wait)
	if err := w.Context().Err(); err != nil {
		return 0, err
	}
	n := copy(p, w.pieces[0])
	w.pieces = w.pieces[1:]
	return n, nil
}

// TestSlowIsNoStall: neither many small waits nor a slow consumer add up.
func TestSlowIsNoStall(t *testing.T) {
	t.Parallel()
	g := &guard{stall: time.Second, inner: tripFunc(func(r *http.Request) (*http.Response, error) {
		return &http.Response{Body: io.NopCloser(&waiting{r, 100 * time.Millisecond, strings.Split(strings.Repeat("x", 12), "")})}, nil
	})}
	resp, err := g.RoundTrip(request(t, "https://host/"))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if _, err := io.CopyN(io.Discard, resp.Body, 1); err != nil {
		t.Fatal(err)
	}
	time.Sleep(1200 * time.Millisecond)
	if rest, err := io.ReadAll(resp.Body); err != nil || len(rest) != 11 {
		t.Errorf("%d bytes, %v", len(rest), err)
	}
}

func TestPause(t *testing.T) {
	for n := range 100 {
		want := min(time.Second<<min(n, 10), maxWait/2)
		if got := pause(time.Second, n); got < want || got > want+want/4 {
			t.Errorf("pause %d is %v, want about %v", n, got, want)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	for _, test := range []struct {
		header string
		want   time.Duration
		ok     bool
	}{
		{"", 0, false},
		{"0", 0, true},
		{"7", 7 * time.Second, true},
		{"-1", 0, false},
		{"99999999999999999999", 0, false},
		{"Thu, 01 Jan 1970 00:00:00 GMT", 0, true},
		{"soon", 0, false},
	} {
		got, ok := retryAfter(http.Header{"Retry-After": {test.header}})
		if got != test.want || ok != test.ok {
			t.Errorf("%q: %v, %v", test.header, got, ok)
		}
	}
}
