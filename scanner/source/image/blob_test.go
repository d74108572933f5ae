package image

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A breaking registry sends blobs in pieces: after each a connection ends.
type breaking struct {
	inner  http.Handler
	piece  int  // bytes
	ranges bool // it knows them
	times  int64
	stall  bool // the connection stays, but nothing comes
	asked  atomic.Int64
	skewed bool // it sends another range than was asked for
}

func (b *breaking) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if !isBlob(r) || b.asked.Add(1) > b.times {
		if isBlob(r) && b.ranges {
			b.rest(w, r)
			return
		}
		r.Header.Del("Range")
		b.inner.ServeHTTP(w, r)
		return
	}
	rest := &capture{ResponseWriter: w, header: http.Header{}}
	b.rest(rest, r)
	for key, values := range rest.header {
		w.Header()[key] = values
	}
	w.WriteHeader(rest.status)
	_, _ = w.Write(rest.body[:min(b.piece, len(rest.body))])
	_ = http.NewResponseController(w).Flush()
	if b.stall {
		<-r.Context().Done()
	}
	panic(http.ErrAbortHandler)
}

// rest answers with the blob, or with the range of it that is asked for.
func (b *breaking) rest(w http.ResponseWriter, r *http.Request) {
	whole := &capture{ResponseWriter: w, header: http.Header{}}
	from := r.Header.Get("Range")
	r.Header.Del("Range")
	b.inner.ServeHTTP(whole, r)
	body, status := whole.body, http.StatusOK
	if at, err := strconv.Atoi(strings.TrimSuffix(strings.TrimPrefix(from, "bytes="), "-")); err == nil && b.ranges {
		if b.skewed {
			at--
		}
		w.Header().Set("Content-Range", "bytes "+strconv.Itoa(at)+"-"+strconv.Itoa(len(body)-1)+"/"+strconv.Itoa(len(body)))
		body, status = body[at:], http.StatusPartialContent
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// A capture keeps an answer.
type capture struct {
	http.ResponseWriter
	header http.Header
	status int
	body   []byte
}

func (c *capture) Header() http.Header         { return c.header }
func (c *capture) WriteHeader(status int)      { c.status = status }
func (c *capture) Write(p []byte) (int, error) { c.body = append(c.body, p...); return len(p), nil }

func TestBlobBreaks(t *testing.T) {
	img := someImage(t, 1)
	inner := aRegistry(t, img)
	for name, test := range map[string]struct {
		*breaking
		fails string
	}{
		"once":                {&breaking{piece: 5000, times: 1}, ""},
		"once, with ranges":   {&breaking{piece: 5000, times: 1, ranges: true}, ""},
		"at the start":        {&breaking{piece: 0, times: 1}, ""},
		"at the end":          {&breaking{piece: 1 << 30, times: 1}, ""},
		"thrice":              {&breaking{piece: 5000, times: 3}, ""},
		"thrice, with ranges": {&breaking{piece: 5000, times: 3, ranges: true}, ""},
		"stalls":              {&breaking{piece: 5000, times: 1, stall: true}, ""},
		"forever":             {&breaking{piece: 5000, times: 1 << 30}, "broke off after 5000 bytes, at try 4"},
		"forever at once":     {&breaking{piece: 0, times: 1 << 30}, "broke off after 0 bytes, at try 4"},
		"other range":         {&breaking{piece: 5000, times: 1, ranges: true, skewed: true}, "another range"},
		"stalls forever":      {&breaking{piece: 5000, times: 1 << 30, stall: true}, "no byte from"},
	} {
		t.Run(name, func(t *testing.T) {
			test.inner = inner
			t.Parallel()
			o := quick()
			if test.stall {
				o.Stall = time.Second
			}
			host := serve(t, test.breaking)
			s, _ := mustOpen(t, host+"/team/app:v1", o)
			m, err := img.Manifest()
			if err != nil {
				t.Fatal(err)
			}
			raw, err := readOf(t, s, m.Layers[1])
			if test.fails != "" {
				if err == nil || !strings.Contains(err.Error(), test.fails) || !strings.Contains(err.Error(), host) ||
					!strings.Contains(err.Error(), m.Layers[1].Digest.String()) {
					t.Error(err)
				}
				return
			}
			if sum, _, _ := v1.SHA256(strings.NewReader(string(raw))); err != nil || sum != m.Layers[1].Digest {
				t.Errorf("%d bytes, %v", len(raw), err)
			}
		})
	}
}

// TestBlobSizes: the descriptor's size bounds what is delivered, and less is a
// connection that broke.
func TestBlobSizes(t *testing.T) {
	img := someImage(t, 1)
	s := openOf(t, serve(t, aRegistry(t, img)))
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	real := m.Layers[0].Size
	for _, test := range []struct {
		size int64
		want string
	}{
		{real, ""},
		{0, ""},
		{-1, ""},
		{real - 1, "longer than the"},
		{real + 1, "unexpected EOF"},
		{1 << 60, "unexpected EOF"},
	} {
		d := m.Layers[0]
		d.Size = test.size
		raw, err := readOf(t, s, d)
		if test.want == "" && (err != nil || int64(len(raw)) != real) || test.want != "" && (err == nil || !strings.Contains(err.Error(), test.want)) {
			t.Errorf("size %d: %d bytes, %v", test.size, len(raw), err)
		}
	}
}

// TestBlobCancel: a stream ends with the context it was opened with.
func TestBlobCancel(t *testing.T) {
	img := someImage(t, 1)
	s, _ := mustOpen(t, serve(t, &breaking{inner: aRegistry(t, img), piece: 5000, times: 1 << 30, stall: true})+"/team/app:v1", quick())
	m, err := img.Manifest()
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	rc, err := s.Open(ctx, m.Layers[0])
	if err != nil {
		t.Fatal(err)
	}
	defer rc.Close()
	if _, err := io.CopyN(io.Discard, rc, 5000); err != nil {
		t.Fatal(err)
	}
	cancel()
	if _, err := io.ReadAll(rc); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

// TestStall: a registry that takes a request and says nothing is cut.
func TestStall(t *testing.T) {
	inner := aRegistry(t, someImage(t, 1))
	for name, silent := range map[string]func(*http.Request) bool{
		"ping":     func(r *http.Request) bool { return true },
		"manifest": isManifest,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			host := serve(t, around(inner, func(w http.ResponseWriter, r *http.Request) bool {
				if silent(r) {
					<-r.Context().Done()
				}
				return silent(r)
			}))
			o := quick()
			o.Stall = time.Second
			err := mustFail(t, host+"/team/app:v1", o)
			if !errors.Is(err, errStalled) || !strings.Contains(err.Error(), "no byte from "+host+" for 1s") {
				t.Error(err)
			}
		})
	}
}
