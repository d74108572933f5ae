package image

import (
	"bytes"
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A registry is the store of a repository, read from its mirrors and itself.
type registry struct {
	endpoints []*endpoint // in the order to ask them
	own       *endpoint   // the one that is no mirror
	network   *http.Transport
	remote    *Remote
	root      v1.Descriptor
	raw       []byte // of root
}

var _ store = (*registry)(nil)

// openRegistry finds the manifest that the reference names.
func openRegistry(ctx context.Context, ref *reference, o *Remote) (*registry, error) {
	r := &registry{network: newNetwork(o), remote: o}
	for _, mirror := range o.Mirrors {
		p, ok, err := parseMirror(mirror, ref.image.Context(), o)
		if err != nil {
			return nil, err
		}
		if ok {
			r.endpoints = append(r.endpoints, newEndpoint(p, r.network, o))
		}
	}
	p, err := origin(ref.image.Context(), o)
	if err != nil {
		return nil, err
	}
	r.own = newEndpoint(p, r.network, o)
	r.endpoints = append(r.endpoints, r.own)
	if err := r.resolve(ctx, ref); err != nil {
		r.network.CloseIdleConnections()
		return nil, err
	}
	return r, nil
}

// newNetwork makes the connections that all endpoints share. Compression is
// off because the bytes are wanted as they are stored. The guard is the one to
// say what stalls: the timeouts here end what it leaves behind.
func newNetwork(o *Remote) *http.Transport {
	return &http.Transport{
		Proxy:                  http.ProxyFromEnvironment,
		DialContext:            (&net.Dialer{Timeout: 2 * o.Stall}).DialContext,
		TLSClientConfig:        &tls.Config{InsecureSkipVerify: o.Insecure, MinVersion: tls.VersionTLS12},
		TLSHandshakeTimeout:    2 * o.Stall,
		ForceAttemptHTTP2:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: 256 << 10,
		MaxIdleConnsPerHost:    16,
	}
}

// resolve finds the root. The endpoint that has it is asked first from then on.
func (r *registry) resolve(ctx context.Context, ref *reference) error {
	err := r.anywhere(ctx, func(e *endpoint) error {
		if err := r.resolveAt(ctx, e, ref); err != nil {
			return err
		}
		i := slices.Index(r.endpoints, e)
		copy(r.endpoints[1:i+1], r.endpoints[:i])
		r.endpoints[0] = e
		return nil
	})
	if err == nil || ctx.Err() != nil {
		return err
	}
	return r.missing(ctx, ref, err)
}

func (r *registry) resolveAt(ctx context.Context, e *endpoint, ref *reference) error {
	id := ref.image.Identifier()
	raw, declared, err := e.manifest(ctx, id)
	if err != nil {
		return err
	}
	root, err := describe(raw, declared)
	if err == nil && ref.Digest != "" && root.Digest.String() != ref.Digest {
		err = fmt.Errorf("the registry sent %s", root.Digest)
	}
	if err != nil {
		return e.explain("manifest "+id, err)
	}
	r.raw, r.root = raw, root
	return nil
}

// anywhere tries one endpoint after the other until one has it. Its error is
// what the repository's own registry says, with the mirrors' in its text.
func (r *registry) anywhere(ctx context.Context, try func(*endpoint) error) error {
	var own error
	var mirrors []string
	for _, e := range r.endpoints {
		err := try(e)
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return ctx.Err()
		case e == r.own:
			own = err
		default:
			mirrors = append(mirrors, err.Error())
		}
	}
	if len(mirrors) > 0 {
		own = fmt.Errorf("%w; mirror %s", own, strings.Join(mirrors, "; mirror "))
	}
	return own
}

// missing adds to an error what else the reference may have meant.
func (r *registry) missing(ctx context.Context, ref *reference, err error) error {
	hint := &ReferenceError{Ref: ref.Name, Try: tryPath(ref.Name), Err: err}
	if errors.Is(err, fs.ErrNotExist) && ref.Digest == "" {
		hint.Have = r.own.tags(ctx)
	}
	if hint.Try == nil && hint.Have == nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return hint
}

// tags lists some tags of the repository; for a hint, so errors are none.
func (e *endpoint) tags(ctx context.Context) []string {
	resp, err := e.get(ctx, "tags", "tags/list?n=100", accept("application/json"), http.StatusOK)
	if err != nil {
		return nil
	}
	defer resp.Body.Close()
	var list struct{ Tags []string }
	raw, err := readBounded(resp.Body)
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	return held(list.Tags)
}

// manifest returns the bytes of a manifest, and the media type that the
// registry says it has.
func (e *endpoint) manifest(ctx context.Context, id string) ([]byte, string, error) {
	var media []string
	for _, m := range manifestTypes {
		media = append(media, string(m))
	}
	op := "manifest " + id
	resp, err := e.get(ctx, op, "manifests/"+id, accept(media...), http.StatusOK)
	if err != nil {
		return nil, "", err
	}
	defer resp.Body.Close()
	raw, err := readBounded(resp.Body)
	if err != nil {
		return nil, "", e.explain(op, err)
	}
	return raw, resp.Header.Get("Content-Type"), nil
}

func accept(media ...string) http.Header {
	return http.Header{"Accept": {strings.Join(media, ", ")}}
}

// Root implements store.
func (r *registry) Root(context.Context) ([]v1.Descriptor, error) {
	return []v1.Descriptor{r.root}, nil
}

// Open implements store: whichever endpoint has it first.
func (r *registry) Open(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	if d.Digest == r.root.Digest {
		return io.NopCloser(bytes.NewReader(r.raw)), nil
	}
	if err := checkDigest(d); err != nil {
		return nil, err
	}
	var rc io.ReadCloser
	err := r.anywhere(ctx, func(e *endpoint) (err error) {
		rc, err = r.openAt(ctx, e, d)
		return err
	})
	return rc, err
}

// openAt opens content at one endpoint. What is of no known media type can be
// kept either way.
func (r *registry) openAt(ctx context.Context, e *endpoint, d v1.Descriptor) (io.ReadCloser, error) {
	isManifest := slices.Contains(manifestTypes, d.MediaType)
	if !isManifest {
		rc, err := r.openBlob(ctx, e, d)
		if d.MediaType.IsLayer() || d.MediaType.IsConfig() || !errors.Is(err, fs.ErrNotExist) {
			return rc, err
		}
	}
	raw, _, err := e.manifest(ctx, d.Digest.String())
	if err != nil {
		return nil, err
	}
	return io.NopCloser(bytes.NewReader(raw)), nil
}

// Close implements store.
func (r *registry) Close() error {
	r.network.CloseIdleConnections()
	return nil
}
