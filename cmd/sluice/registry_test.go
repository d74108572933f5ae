package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// served starts a registry with one image behind a handler that may answer in
// its place, and returns the image's reference.
func served(t *testing.T, trouble func(w http.ResponseWriter, r *http.Request) (answered bool)) string {
	t.Helper()
	real := registry.New(registry.Logger(log.New(io.Discard, "", 0)))
	var ready atomic.Bool
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !ready.Load() || !trouble(w, r) {
			real.ServeHTTP(w, r)
		}
	}))
	t.Cleanup(server.Close)
	ref := strings.TrimPrefix(server.URL, "http://") + "/team/app:v1"
	tag, err := name.ParseReference(ref)
	if err != nil {
		t.Fatal(err)
	}
	img, err := random.Image(10<<10, 2)
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(tag, img); err != nil {
		t.Fatal(err)
	}
	ready.Store(true)
	return ref
}

func answer(status int) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, _ *http.Request) bool {
		w.WriteHeader(status)
		return true
	}
}

// instead lets a handler answer requests whose path has the part.
func instead(part string, h http.HandlerFunc) func(http.ResponseWriter, *http.Request) bool {
	return func(w http.ResponseWriter, r *http.Request) bool {
		if strings.Contains(r.URL.Path, part) {
			h(w, r)
			return true
		}
		return false
	}
}

// endlessHeader answers with a header that does not end.
func endlessHeader(w http.ResponseWriter, _ *http.Request) {
	conn, _, err := w.(http.Hijacker).Hijack()
	if err != nil {
		return
	}
	defer conn.Close()
	line := []byte("X-Header: " + strings.Repeat("x", 64<<10) + "\r\n")
	_, err = io.WriteString(conn, "HTTP/1.1 200 OK\r\n")
	for err == nil {
		_, err = conn.Write(line)
	}
}

// endlessBody answers with a body that does not end.
func endlessBody(w http.ResponseWriter, _ *http.Request) {
	block := bytes.Repeat([]byte("x"), 64<<10)
	for err := error(nil); err == nil; {
		_, err = w.Write(block)
	}
}

// TestRegistryTrouble scans from registries that fail in every way: the status
// is 2 and the reason is told, never a clean report.
func TestRegistryTrouble(t *testing.T) {
	var asked sync.Map
	hang := make(chan struct{})
	t.Cleanup(func() { close(hang) })
	stall := func(w http.ResponseWriter, r *http.Request) bool {
		if !strings.Contains(r.URL.Path, "/blobs/") {
			return false
		}
		w.Header().Set("Content-Length", "1000000")
		_, _ = w.Write(make([]byte, 1000))
		w.(http.Flusher).Flush()
		select {
		case <-hang:
		case <-r.Context().Done():
		}
		return true
	}
	for _, c := range []struct {
		name    string
		trouble func(http.ResponseWriter, *http.Request) bool
		status  int
		told    string
	}{
		{"none", func(http.ResponseWriter, *http.Request) bool { return false }, statusClean, ""},
		{"401", answer(http.StatusUnauthorized), statusIncomplete, "docker login"},
		{"404", answer(http.StatusNotFound), statusIncomplete, "404"},
		{"429 for good", answer(http.StatusTooManyRequests), statusIncomplete, "429"},
		{"500 for good", answer(http.StatusInternalServerError), statusIncomplete, "500"},
		{"500 at the first time of asking", func(w http.ResponseWriter, r *http.Request) bool {
			if _, again := asked.LoadOrStore(r.URL.Path, true); again {
				return false
			}
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}, statusClean, ""},
		{"stalled", stall, statusIncomplete, "stalled"},
		{"endless header", instead("/manifests/", endlessHeader), statusIncomplete, "header"},
		{"endless header of a blob", instead("/blobs/", endlessHeader), statusIncomplete, "header"},
		{"endless manifest", instead("/manifests/", endlessBody), statusIncomplete, "larger than"},
		{"endless blob", instead("/blobs/", endlessBody), statusIncomplete, "longer than"},
		{"redirected for ever", instead("/blobs/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, r.URL.Path, http.StatusTemporaryRedirect)
		}), statusIncomplete, "redirects"},
		{"redirected to plain HTTP elsewhere", instead("/blobs/", func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://registry.example"+r.URL.Path, http.StatusTemporaryRedirect)
		}), statusIncomplete, "registry.example"},
		{"another blob", instead("/blobs/", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = io.WriteString(w, "{}")
		}), statusIncomplete, "broke off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := []string{"image", "--retries", "1", "--stall-timeout", "200ms", served(t, c.trouble)}
			if status := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); status != c.status {
				t.Errorf("status %d, want %d\n%s%s", status, c.status, stdout.String(), stderr.String())
			}
			if told := stdout.String() + stderr.String(); !strings.Contains(told, c.told) {
				t.Errorf("nothing says %q:\n%s", c.told, told)
			}
			if clean := strings.Contains(stdout.String(), "; complete"); clean != (c.status == statusClean) {
				t.Errorf("the report says:\n%s", stdout.String())
			}
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(300*time.Millisecond, cancel)
		var stdout, stderr bytes.Buffer
		if status := run(ctx, []string{"image", served(t, stall)}, strings.NewReader(""), &stdout, &stderr); status != statusIncomplete {
			t.Errorf("status %d", status)
		}
		if !strings.Contains(stdout.String(), "interrupted") || !strings.Contains(stdout.String(), "INCOMPLETE") {
			t.Errorf("the report says:\n%s", stdout.String())
		}
	})
}
