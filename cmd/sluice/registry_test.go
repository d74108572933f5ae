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
		stderr  string
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
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := []string{"image", "--retries", "1", "--stall-timeout", "200ms", served(t, c.trouble)}
			if status := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr); status != c.status {
				t.Errorf("status %d, want %d\n%s%s", status, c.status, stdout.String(), stderr.String())
			}
			if !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("standard error lacks %q:\n%s", c.stderr, stderr.String())
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
