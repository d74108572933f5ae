package image

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// openBlob opens a blob that goes on where it broke off.
func (r *registry) openBlob(ctx context.Context, e *endpoint, d v1.Descriptor) (io.ReadCloser, error) {
	b := &blob{
		ctx:     ctx,
		from:    e,
		digest:  d.Digest,
		size:    d.Size,
		retries: r.remote.Retries,
		backoff: r.remote.Backoff,
	}
	var err error
	if b.body, err = b.open(); err != nil {
		return nil, err
	}
	return b, nil
}

// A blob reads a blob of a registry. A connection that breaks is replaced, and
// what was delivered is asked for no more, or skipped.
type blob struct {
	ctx     context.Context // of Open: the stream ends with it
	from    *endpoint
	digest  v1.Hash
	size    int64 // as the descriptor says; not known if not positive
	at      int64 // bytes delivered
	body    io.ReadCloser
	retries int // how often it may be gone on with
	tries   int // how often it was
	backoff time.Duration
	err     error // what every Read says from now on
}

func (b *blob) op() string { return "blob " + b.digest.String() }

// Read implements io.Reader.
func (b *blob) Read(p []byte) (int, error) {
	for b.err == nil {
		n, err := b.body.Read(p)
		b.at += int64(n)
		switch {
		case b.size > 0 && b.at > b.size:
			n, b.err = 0, b.from.explain(b.op(), fmt.Errorf("longer than the %d bytes it should have", b.size))
		case err == io.EOF && b.at >= b.size, err != nil && b.size > 0 && b.at == b.size:
			b.err = io.EOF // also of a stream that broke at its very end
		case err == io.EOF:
			b.resume(io.ErrUnexpectedEOF)
		case err != nil:
			b.resume(err)
		}
		if n > 0 {
			return n, nil
		}
		if err == nil && len(p) == 0 {
			return 0, nil
		}
	}
	return 0, b.err
}

// resume replaces a broken body, or sets the error to stay.
func (b *blob) resume(cause error) {
	b.body.Close()
	b.body = http.NoBody
	b.err = b.from.explain(b.op(), fmt.Errorf("broke off after %d bytes, at try %d: %w", b.at, b.tries+1, cause))
	for b.tries < b.retries && sleep(b.ctx, pause(b.backoff, b.tries)) == nil {
		b.tries++
		body, err := b.open()
		if err == nil {
			b.body, b.err = body, nil
			return
		}
		b.err = fmt.Errorf("%w, going on after %d bytes", err, b.at)
		if answer := new(RegistryError); errors.As(err, &answer) { // it was asked several times
			break
		}
	}
	if err := b.ctx.Err(); err != nil {
		b.err = err
	}
}

// open asks for the bytes that are not delivered yet. A registry that knows no
// ranges sends all of them, or refuses.
func (b *blob) open() (io.ReadCloser, error) {
	resp, err := b.ask(b.at)
	if err == nil && resp.StatusCode == http.StatusRequestedRangeNotSatisfiable {
		resp.Body.Close()
		resp, err = b.ask(0)
	}
	if err != nil {
		return nil, err
	}
	skip := b.at
	if resp.StatusCode == http.StatusPartialContent {
		skip = 0
		if !strings.HasPrefix(resp.Header.Get("Content-Range"), "bytes "+strconv.FormatInt(b.at, 10)+"-") {
			resp.Body.Close()
			return nil, b.from.explain(b.op(), errors.New("the registry sent another range than was asked for"))
		}
	}
	if _, err := io.CopyN(io.Discard, resp.Body, skip); err != nil {
		resp.Body.Close()
		return nil, b.from.explain(b.op(), err)
	}
	return resp.Body, nil
}

func (b *blob) ask(from int64) (*http.Response, error) {
	h, wanted := accept("*/*"), []int{http.StatusOK}
	if from > 0 {
		h.Set("Range", "bytes="+strconv.FormatInt(from, 10)+"-")
		wanted = append(wanted, http.StatusPartialContent, http.StatusRequestedRangeNotSatisfiable)
	}
	return b.from.get(b.ctx, b.op(), "blobs/"+b.digest.String(), h, wanted...)
}

// Close implements io.Closer.
func (b *blob) Close() error {
	b.err = errors.New("read of a closed blob")
	return b.body.Close()
}
