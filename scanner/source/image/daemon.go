package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// daemonStall is how much longer than a registry a daemon may be silent: it
// exports the layers before it sends the first.
const daemonStall = 10

// A daemon is the HTTP API of docker, which podman serves too.
type daemon struct {
	client *http.Client
	base   string // URL without the last slash
	host   string // as it is shown
}

// openDaemon spools the archive of an image that a daemon has.
func openDaemon(ctx context.Context, ref *reference, o *Remote) (store, error) {
	d, err := dialDaemon(o)
	if err != nil {
		return nil, err
	}
	defer d.client.CloseIdleConnections()
	image := ref.daemonImage()
	if err := d.inspect(ctx, image); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			hint := &ReferenceError{Ref: ref.Name, Have: d.images(ctx), Err: err}
			if _, bad := parseImage(image); bad == nil && !strings.HasPrefix(image, "sha256:") {
				hint.Try = []string{image}
			}
			return nil, hint
		}
		return nil, err
	}
	body, err := d.get(ctx, "images/"+image+"/get")
	if err != nil {
		return nil, err
	}
	defer body.Close()
	all := *ref
	all.Tag, all.Digest = "", "" // the archive holds what was asked for, perhaps under another name
	return openPipe(ctx, &all, body, o)
}

// dialDaemon reads the address; it connects when it is first asked.
func dialDaemon(o *Remote) (*daemon, error) {
	scheme, rest, _ := strings.Cut(o.DaemonHost, "://")
	d := &daemon{host: scrub(o.DaemonHost)}
	network := newNetwork(o)
	switch scheme {
	case "unix":
		d.base = "http://docker"
		network.Proxy = nil
		network.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return (&net.Dialer{Timeout: 2 * o.Stall}).DialContext(ctx, "unix", rest)
		}
	case "tcp", "http":
		d.base = "http://" + strings.TrimRight(rest, "/")
	case "https":
		d.base = "https://" + strings.TrimRight(rest, "/")
	default:
		return nil, fmt.Errorf("docker daemon %s: not unix://, tcp://, http:// or https://", d.host)
	}
	if u, err := url.Parse(d.base); err != nil || u.User != nil || u.Host == "" {
		return nil, fmt.Errorf("docker daemon %s: not an address", d.host)
	}
	anyPlain := func(string) bool { return true } // the user named the host and the scheme
	d.client = &http.Client{Transport: &guard{network, daemonStall * o.Stall, anyPlain, o.UserAgent}}
	return d, nil
}

// inspect asks whether the daemon has the image.
func (d *daemon) inspect(ctx context.Context, image string) error {
	body, err := d.get(ctx, "images/"+image+"/json")
	if err != nil {
		return err
	}
	return body.Close()
}

// images lists names for a hint, so errors are none.
func (d *daemon) images(ctx context.Context) []string {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	body, err := d.get(ctx, "images/json")
	if err != nil {
		return nil
	}
	defer body.Close()
	var list []struct{ RepoTags []string }
	raw, err := readBounded(body)
	if err != nil || json.Unmarshal(raw, &list) != nil {
		return nil
	}
	var names []string
	for _, image := range list {
		names = append(names, image.RepoTags...)
	}
	return held(names)
}

// get returns the body of an answer of 200.
func (d *daemon) get(ctx context.Context, path string) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, d.base+"/"+path, nil)
	if err != nil {
		return nil, fmt.Errorf("docker daemon %s: %w", d.host, scrubError(err))
	}
	req.Header = accept("*/*")
	resp, err := d.client.Do(req)
	if err != nil {
		return nil, fmt.Errorf("docker daemon %s: %w", d.host, scrubError(err))
	}
	if resp.StatusCode == http.StatusOK {
		return resp.Body, nil
	}
	defer resp.Body.Close()
	var answer struct{ Message string }
	if raw, err := io.ReadAll(io.LimitReader(resp.Body, 64<<10)); err == nil {
		_ = json.Unmarshal(raw, &answer) // what it is not is not shown
	}
	message := scrub(strings.TrimSuffix(resp.Status+": "+answer.Message, ": "))
	if resp.StatusCode == http.StatusNotFound {
		return nil, &scrubbed{"docker daemon " + d.host + ": " + message, fs.ErrNotExist}
	}
	return nil, fmt.Errorf("docker daemon %s: %s", d.host, message)
}
