package image

import (
	"context"
	"crypto/tls"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strconv"
	"time"
)

// maxWait bounds the wait before a retry. A registry that asks for more is
// believed: trying sooner would be of no use.
const maxWait = time.Minute

// A retrier is a round tripper that tries again what may go better. It is used
// for requests without side effects only.
type retrier struct {
	inner   http.RoundTripper
	retries int
	backoff time.Duration // the first wait; it doubles
}

// permanent marks an error that is the same however often one tries.
type permanent struct{ error }

func (p permanent) Unwrap() error { return p.error }

// RoundTrip implements http.RoundTripper. When it gives up it returns what the
// last try gave.
func (r *retrier) RoundTrip(req *http.Request) (*http.Response, error) {
	for try := 0; ; try++ {
		resp, err := r.inner.RoundTrip(req)
		wait, again := r.again(req, resp, err, try)
		if !again {
			return resp, err
		}
		if resp != nil {
			_, _ = io.CopyN(io.Discard, resp.Body, 4<<10) // so that the connection can be used again
			resp.Body.Close()
		}
		if err := sleep(req.Context(), wait); err != nil {
			return nil, err
		}
		if req.GetBody != nil {
			req = req.Clone(req.Context())
			if req.Body, err = req.GetBody(); err != nil {
				return nil, err
			}
		}
	}
}

// again judges a try: whether another is worth it, and after what wait.
func (r *retrier) again(req *http.Request, resp *http.Response, err error, try int) (time.Duration, bool) {
	if try >= r.retries || req.Context().Err() != nil {
		return 0, false
	}
	wait := pause(r.backoff, try)
	if err != nil {
		return wait, transient(err)
	}
	if !transientStatus(resp.StatusCode) {
		return 0, false
	}
	if asked, ok := retryAfter(resp.Header); ok {
		wait = asked
	}
	return wait, wait <= maxWait
}

// pause is the wait before retry number n, from 0: it doubles, and is up to a
// quarter longer so that many clients do not come back at once.
func pause(backoff time.Duration, n int) time.Duration {
	wait := min(backoff<<min(n, 10), maxWait/2)
	return wait + time.Duration(rand.Int64N(int64(wait)/4+1))
}

// transientStatus reports whether an answer may be another one soon.
func transientStatus(code int) bool {
	return code == http.StatusRequestTimeout || code == http.StatusTooManyRequests ||
		code >= 500 && code != http.StatusNotImplemented && code != http.StatusHTTPVersionNotSupported
}

// transient reports whether an error may not come again soon. A stall is not:
// it was waited for long enough.
func transient(err error) bool {
	var (
		dns    *net.DNSError
		cert   *tls.CertificateVerificationError
		record tls.RecordHeaderError
		alert  tls.AlertError
	)
	switch {
	case errors.As(err, new(permanent)), errors.Is(err, errStalled), errors.Is(err, context.Canceled):
		return false
	case errors.As(err, &dns):
		return !dns.IsNotFound
	case errors.As(err, &cert), errors.As(err, &record), errors.As(err, &alert):
		return false
	}
	return true
}

// retryAfter reads the header of that name: seconds, or a date.
func retryAfter(h http.Header) (time.Duration, bool) {
	s := h.Get("Retry-After")
	if n, err := strconv.ParseUint(s, 10, 31); err == nil {
		return time.Duration(n) * time.Second, true
	}
	if at, err := http.ParseTime(s); err == nil {
		return max(0, time.Until(at)), true
	}
	return 0, false
}

func sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
