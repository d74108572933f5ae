package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// ErrPlainHTTP is why a request was not sent: it would have gone without TLS to
// another machine, which Remote.Insecure did not allow.
var ErrPlainHTTP = errors.New("plain http refused")

// errStalled is the cause of a request that was cut because nothing came.
var errStalled = errors.New("stalled")

// maxAside bounds the answers that are not asked for by this package itself:
// the ping and the tokens, which the library reads whole.
const maxAside = 1 << 20

// A guard is the round tripper next to the network. It cuts what stalls,
// bounds what others read whole, and keeps to TLS where the user did not say
// otherwise: neither a redirect nor the address of a token service, which the
// registry names, may lead credentials or content to plain HTTP.
type guard struct {
	inner     http.RoundTripper
	stall     time.Duration // how long no byte may come
	plain     func(host string) bool
	userAgent string
}

// RoundTrip implements http.RoundTripper.
func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if req.URL.Scheme != "https" && !g.plain(req.URL.Host) {
		return nil, permanent{fmt.Errorf("%s: %w", req.URL.Host, ErrPlainHTTP)}
	}
	w := watch(req.Context(), g.stall, req.URL.Host)
	req = req.Clone(w.ctx)
	req.Header.Set("User-Agent", g.userAgent)
	resp, err := g.inner.RoundTrip(req)
	w.rest()
	if err != nil {
		err = w.cause(err)
		w.cancel(nil)
		return nil, err
	}
	resp.Body = &watchedBody{inner: resp.Body, watcher: w, left: -1}
	if req.Header.Get("Accept") == "" { // the library never sets it, get always does
		resp.Body.(*watchedBody).left = maxAside
	}
	return resp, nil
}

// A watcher cancels a request while nothing comes. It rests while its owner
// does something else than wait, so a slow consumer is no stall.
type watcher struct {
	ctx    context.Context
	cancel context.CancelCauseFunc
	timer  *time.Timer
	stall  time.Duration
}

func watch(ctx context.Context, stall time.Duration, host string) *watcher {
	w := &watcher{stall: stall}
	w.ctx, w.cancel = context.WithCancelCause(ctx)
	w.timer = time.AfterFunc(stall, func() {
		w.cancel(fmt.Errorf("%w: no byte from %s for %v", errStalled, host, stall))
	})
	return w
}

func (w *watcher) rest() { w.timer.Stop() }
func (w *watcher) wake() { w.timer.Reset(w.stall) }

// cause returns why the request ended, where it was this watcher.
func (w *watcher) cause(err error) error {
	if c := context.Cause(w.ctx); errors.Is(c, errStalled) {
		return c
	}
	return err
}

type watchedBody struct {
	inner io.ReadCloser
	*watcher
	left int64 // bytes that may still come, -1 for any number
}

func (b *watchedBody) Read(p []byte) (int, error) {
	if b.left == 0 {
		return 0, fmt.Errorf("answer is larger than %d bytes", maxAside)
	}
	if b.left > 0 {
		p = p[:min(int64(len(p)), b.left)]
	}
	b.wake()
	n, err := b.inner.Read(p)
	b.rest()
	if b.left > 0 {
		b.left -= int64(n)
	}
	if err != nil && err != io.EOF {
		err = b.cause(err)
	}
	return n, err
}

func (b *watchedBody) Close() error {
	b.rest()
	b.cancel(nil)
	return b.inner.Close()
}

// loopback reports whether a host is this machine, where TLS adds nothing.
func loopback(host string) bool {
	name := (&url.URL{Host: host}).Hostname()
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	ip := net.ParseIP(name)
	return ip != nil && ip.IsLoopback()
}
