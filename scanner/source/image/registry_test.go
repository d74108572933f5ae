package image

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	fake "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/random"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// serve runs a handler and returns its host.
func serve(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return strings.TrimPrefix(s.URL, "http://")
}

// around answers with before where that says that it did, else with inner.
func around(inner http.Handler, before func(http.ResponseWriter, *http.Request) bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !before(w, r) {
			inner.ServeHTTP(w, r)
		}
	})
}

func fakeRegistry() http.Handler {
	return fake.New(fake.Logger(quiet))
}

var quiet = log.New(io.Discard, "", 0)

// aRegistry is an in-memory registry that has the image as REF/team/app:v1.
func aRegistry(t *testing.T, img v1.Image) http.Handler {
	t.Helper()
	h := fakeRegistry()
	host := serve(t, h)
	ref, err := name.ParseReference(host + "/team/app:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.Write(ref, img); err != nil {
		t.Fatal(err)
	}
	return h
}

func isBlob(r *http.Request) bool     { return strings.Contains(r.URL.Path, "/blobs/") }
func isManifest(r *http.Request) bool { return strings.Contains(r.URL.Path, "/manifests/") }

// asRefusal checks that an error is a registry's answer.
func asRefusal(t *testing.T, err error, status int) *RegistryError {
	t.Helper()
	var e *RegistryError
	if !errors.As(err, &e) || e.Status != status {
		t.Fatalf("not status %d: %v", status, err)
	}
	return e
}

func TestRegistry(t *testing.T) {
	img := someImage(t, 1)
	host := serve(t, aRegistry(t, img))
	digest := digestOf(t, img).String()
	for _, suffix := range []string{":v1", "@" + digest, ":v0@" + digest} {
		s, to := mustOpen(t, host+"/team/app"+suffix, quick())
		root := mustRoot(t, s)
		if len(root) != 1 || to.Digest != digest || to.Registry != host || to.Repository != "team/app" {
			t.Errorf("%s: %+v, root %v", suffix, to, root)
		}
		sameImage(t, s, root[0], img)
	}
}

// TestRegistryIndex: an index, its manifests, and a manifest of a type that
// nobody knows are all read as the registry keeps them.
func TestRegistryIndex(t *testing.T) {
	h := fakeRegistry()
	host := serve(t, h)
	index, err := random.Index(1000, 2, 3)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := name.ParseReference(host + "/multi:v1")
	if err != nil {
		t.Fatal(err)
	}
	if err := remote.WriteIndex(ref, index); err != nil {
		t.Fatal(err)
	}
	s, _ := mustOpen(t, host+"/multi:v1", quick())
	root := mustRoot(t, s)[0]
	if !root.MediaType.IsIndex() {
		t.Fatalf("media type %s", root.MediaType)
	}
	m, err := v1.ParseIndexManifest(bytes.NewReader(mustRead(t, s, root)))
	if err != nil {
		t.Fatal(err)
	}
	for _, media := range []types.MediaType{m.Manifests[0].MediaType, "", "application/x-unheard-of"} {
		for _, d := range m.Manifests {
			d.MediaType = media
			img, err := index.Image(d.Digest)
			if err != nil {
				t.Fatal(err)
			}
			sameImage(t, s, d, img)
		}
	}
}

func TestRegistryNotFound(t *testing.T) {
	host := serve(t, aRegistry(t, someImage(t, 1)))
	err := mustFail(t, host+"/team/app:v2", quick())
	if diff := cmp.Diff([]string{"v1"}, asReference(t, err).Have); diff != "" || !errors.Is(err, fs.ErrNotExist) {
		t.Error(err, diff)
	}
	asRefusal(t, err, http.StatusNotFound)
	asReference(t, mustFail(t, host+"/team/app@"+aDigest, quick()))
	asReference(t, mustFail(t, host+"/team/other", quick()))
	if _, err := readOf(t, openOf(t, host), v1.Descriptor{MediaType: types.OCILayer, Digest: v1.Hash{Algorithm: "sha256", Hex: aDigest[7:]}}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}

	// A file that was given without its transport.
	t.Chdir(t.TempDir())
	for _, dir := range []string{"127.0.0.1:1", "127.0.0.1:1/layout"} {
		mkdir(t, dir)
	}
	writeAt(t, "127.0.0.1:1/layout/index.json", "{}")
	o := quick()
	o.Retries = -1
	if e := asReference(t, mustFail(t, "127.0.0.1:1/layout", o)); len(e.Try) != 1 || e.Try[0] != "oci:127.0.0.1:1/layout" {
		t.Errorf("try %v", e.Try)
	}
}

func openOf(t *testing.T, host string) store {
	t.Helper()
	s, _ := mustOpen(t, host+"/team/app:v1", quick())
	return s
}

func TestRegistryRetries(t *testing.T) {
	img := someImage(t, 1)
	inner := aRegistry(t, img)
	for name, test := range map[string]struct {
		status, times int
		header        string
		fails         bool
	}{
		"429 then 200":      {429, 2, "", false},
		"429 with a wait":   {429, 3, "0", false},
		"503 then 200":      {503, 3, "", false},
		"408 then 200":      {408, 1, "", false},
		"500 forever":       {500, 1 << 30, "", true},
		"429 for an hour":   {429, 1, "3600", true},
		"403 is final":      {403, 1, "", true},
		"501 is final":      {501, 1, "", true},
		"too often limited": {429, 4, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			var asked atomic.Int64
			host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
				if !isManifest(r) || int(asked.Add(1)) > test.times {
					return false
				}
				if test.header != "" {
					w.Header().Set("Retry-After", test.header)
				}
				w.WriteHeader(test.status)
				io.WriteString(w, `{"errors":[{"code":"CODE","message":"the reason"}]}`)
				return true
			}))
			if !test.fails {
				openOf(t, host)
				return
			}
			err := mustFail(t, host+"/team/app:v1", quick())
			asRefusal(t, err, test.status)
			for _, want := range []string{host, "manifest v1", "CODE: the reason"} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("no %q in: %v", want, err)
				}
			}
			if test.times > 1 != strings.Contains(err.Error(), "after 4 tries") || test.times > 1 != (asked.Load() == 4) {
				t.Errorf("asked %d times: %v", asked.Load(), err)
			}
			if test.header != "" && !strings.Contains(err.Error(), "1h0m0s") {
				t.Error(err)
			}
		})
	}
}

// TestRegistryPing: the first request of all is repeated as well.
func TestRegistryPing(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	var asked atomic.Int64
	host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		if r.URL.Path != "/v2/" || asked.Add(1) > 2 {
			return false
		}
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}))
	openOf(t, host)
	host = serve(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(500) }))
	if e := asRefusal(t, mustFail(t, host+"/team/app:v1", quick()), 500); e.Op != "log in" {
		t.Errorf("%v", e)
	}
}

// TestRegistryConnections: a connection that is closed without an answer is
// replaced, one that is refused is an error.
func TestRegistryConnections(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	var asked atomic.Int64
	host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		if isManifest(r) && asked.Add(1) <= 2 {
			panic(http.ErrAbortHandler)
		}
		return false
	}))
	openOf(t, host)
	s := httptest.NewServer(inner)
	s.Close()
	if err := mustFail(t, strings.TrimPrefix(s.URL, "http://")+"/team/app:v1", quick()); !strings.Contains(err.Error(), "refused") {
		t.Error(err)
	}
}

func TestRegistryLimits(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	for name, test := range map[string]struct {
		answer func(w http.ResponseWriter)
		want   string
	}{
		"large manifest": {func(w http.ResponseWriter) { w.Write(make([]byte, maxManifest+1)) }, "larger than"},
		"large header":   {func(w http.ResponseWriter) { w.Header().Set("X", strings.Repeat("x", 1<<20)) }, "header"},
		"schema 1": {func(w http.ResponseWriter) {
			w.Header().Set("Content-Type", string(types.DockerManifestSchema1Signed))
			io.WriteString(w, `{"schemaVersion":1}`)
		}, "schema 1"},
		"page": {func(w http.ResponseWriter) { io.WriteString(w, "<html>") }, "not a manifest"},
	} {
		t.Run(name, func(t *testing.T) {
			host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
				if isManifest(r) {
					test.answer(w)
				}
				return isManifest(r)
			}))
			if err := mustFail(t, host+"/team/app:v1", quick()); !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), host) {
				t.Error(err)
			}
		})
	}
	t.Run("other manifest", func(t *testing.T) {
		host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
			if isManifest(r) {
				io.WriteString(w, `{"schemaVersion":2,"layers":[]}`)
			}
			return isManifest(r)
		}))
		if err := mustFail(t, host+"/team/app@"+aDigest, quick()); !strings.Contains(err.Error(), "the registry sent sha256:") {
			t.Error(err)
		}
	})
}

// TestRegistryParallel reads all blobs at once from one store.
func TestRegistryParallel(t *testing.T) {
	img := someImage(t, 1)
	s := openOf(t, serve(t, aRegistry(t, img)))
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 4 {
		for _, d := range append(m.Layers, m.Config) {
			wg.Add(1)
			go func() {
				defer wg.Done()
				raw, err := readOf(t, s, d)
				if sum, _, _ := v1.SHA256(bytes.NewReader(raw)); err != nil || sum != d.Digest {
					t.Errorf("%s: %v", d.Digest, err)
				}
			}()
		}
	}
	wg.Wait()
}

func TestMirrors(t *testing.T) {
	img, other := someImage(t, 1), someImage(t, 2)
	digest := digestOf(t, img)
	layers, err := img.Layers()
	if err != nil {
		t.Fatal(err)
	}
	blob := digestOf(t, layers[0]).String()
	var asked atomic.Int64
	counted := around(aRegistry(t, img), func(http.ResponseWriter, *http.Request) bool { asked.Add(1); return false })
	for name, test := range map[string]struct {
		mirrors func(origin string) []string
		asks    bool // the origin
	}{
		"has it": {func(o string) []string { return []string{o + "=" + serve(t, aRegistry(t, img))} }, false},
		"has it, by scheme": {func(o string) []string {
			return []string{o + "=http://" + serve(t, aRegistry(t, img)) + "/"}
		}, false},
		"below a prefix": {func(o string) []string {
			return []string{o + "=" + serve(t, prefixed(aRegistry(t, img))) + "/proxy"}
		}, false},
		"second has it": {func(o string) []string {
			return []string{o + "=" + serve(t, fakeRegistry()), o + "=" + serve(t, aRegistry(t, img))}
		}, false},
		"has it not":     {func(o string) []string { return []string{o + "=" + serve(t, fakeRegistry())} }, true},
		"of another":     {func(string) []string { return []string{"ghcr.io=" + serve(t, aRegistry(t, other))} }, true},
		"of Docker Hub":  {func(string) []string { return []string{serve(t, aRegistry(t, other))} }, true},
		"does not serve": {func(o string) []string { return []string{o + "=127.0.0.1:1"} }, true},
		"lacks a blob": {func(o string) []string {
			return []string{o + "=" + serve(t, around(aRegistry(t, img), func(w http.ResponseWriter, r *http.Request) bool {
				if strings.Contains(r.URL.Path, blob) {
					w.WriteHeader(404)
					return true
				}
				return false
			}))}
		}, true},
	} {
		t.Run(name, func(t *testing.T) {
			origin := serve(t, counted)
			o := quick()
			o.Mirrors = test.mirrors(origin)
			asked.Store(0)
			s, to := mustOpen(t, origin+"/team/app:v1", o)
			if to.Digest != digest.String() || to.Registry != origin {
				t.Errorf("%+v", to)
			}
			sameImage(t, s, mustRoot(t, s)[0], img)
			if (asked.Load() > 0) != test.asks {
				t.Errorf("asked the origin %d times", asked.Load())
			}
		})
	}
}

// prefixed serves a registry whose repositories are all below /proxy.
func prefixed(inner http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r.URL.Path = strings.Replace(r.URL.Path, "/v2/proxy/", "/v2/", 1)
		inner.ServeHTTP(w, r)
	})
}

func TestMirrorErrors(t *testing.T) {
	origin, mirror := serve(t, fakeRegistry()), serve(t, fakeRegistry())
	o := quick()
	o.Mirrors = []string{origin + "=" + mirror}
	err := mustFail(t, origin+"/team/app:v1", o)
	asRefusal(t, err, http.StatusNotFound)
	if !strings.Contains(err.Error(), origin) || !strings.Contains(err.Error(), mirror) {
		t.Error(err)
	}
	for _, bad := range []string{"", "=", "/x", "user:" + testPass + "@host", "a b", "x=https://user:" + testPass + "@host/"} {
		o.Mirrors = []string{bad}
		if err := mustFail(t, origin+"/team/app:v1", o); strings.Contains(err.Error(), testPass) || !strings.Contains(err.Error(), "mirror") {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

// TestRegistryCancel: a request that waits ends with its context.
func TestRegistryCancel(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	ctx, cancel := context.WithCancel(t.Context())
	host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
		if isManifest(r) {
			cancel()
			<-r.Context().Done()
		}
		return isManifest(r)
	}))
	if _, _, err := openStore(ctx, host+"/team/app:v1", quick()); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
