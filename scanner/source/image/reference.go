package image

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/google/go-containerregistry/pkg/name"
)

// A transport is the way to an image, as a reference spells it.
type transport string

const (
	viaRegistry      transport = "registry"
	viaDaemon        transport = "docker-daemon"
	viaDockerArchive transport = "docker-archive"
	viaOCIArchive    transport = "oci-archive"
	viaLayout        transport = "oci"
	viaStdin         transport = "stdin"
)

// A ReferenceError says that a reference is malformed or names nothing, and
// what may have been meant.
type ReferenceError struct {
	Ref  string   // as it was given, without credentials
	Have []string // names that the place does hold: sorted, at most 20
	Try  []string // whole references that name something
	Err  error    // why
}

// Error names the reference and the reason.
func (e *ReferenceError) Error() string { return e.Ref + ": " + e.Err.Error() }

// Unwrap returns the reason.
func (e *ReferenceError) Unwrap() error { return e.Err }

// A reference is what the user wrote, parsed.
type reference struct {
	target
	path  string         // of the archive or layout
	image name.Reference // in a registry
}

// digestSuffix is the end of a reference that names content.
var digestSuffix = regexp.MustCompile(`@(sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$`)

// parseReference reads `-`, `TRANSPORT:REST` or the name of an image in a
// registry. It looks at the disk to tell a path from the tag behind it.
func parseReference(s string) (reference, error) {
	if s == "-" {
		return reference{target: target{Name: s, Transport: viaStdin, Repository: "stdin"}}, nil
	}
	before, rest, _ := strings.Cut(s, ":")
	switch via := transport(before); {
	case via.ofPath():
		return pathReference(s, via, rest)
	case via == viaDaemon:
		return daemonReference(s, rest)
	}
	return registryReference(s)
}

// ofPath reports whether a path follows the transport.
func (t transport) ofPath() bool {
	return t == viaDockerArchive || t == viaOCIArchive || t == viaLayout
}

func pathReference(s string, via transport, rest string) (reference, error) {
	path, tag, digest := splitPath(rest)
	if path == "" {
		return reference{}, &ReferenceError{Ref: s, Err: errors.New("no path after " + string(via) + ":")}
	}
	return reference{path: path, target: target{
		Name:       s,
		Transport:  via,
		Repository: filepath.Base(path),
		Tag:        tag,
		Digest:     digest,
	}}, nil
}

// splitPath parts PATH, PATH:TAG and PATH@DIGEST. Paths may hold colons, so may
// tags that are whole image names: the longest path that exists is meant.
func splitPath(s string) (path, tag, digest string) {
	if exists(s) {
		return s, "", ""
	}
	if m := digestSuffix.FindStringSubmatch(s); m != nil {
		return strings.TrimSuffix(s, m[0]), "", m[1]
	}
	for i := len(s) - 1; i > 0; i-- {
		if s[i] == ':' && exists(s[:i]) {
			return s[:i], s[i+1:], ""
		}
	}
	return s, "", ""
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// daemonName is what an API path may hold: a name with tag or digest, or an
// image's id. It cannot lead to another end point.
var daemonName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_.:@-]*(/[A-Za-z0-9][A-Za-z0-9_.:@-]*)*$`)

func daemonReference(s, rest string) (reference, error) {
	bare := digestSuffix.ReplaceAllString(rest, "")
	if !daemonName.MatchString(rest) || strings.Contains(bare, "@") {
		return reference{}, malformed(s)
	}
	r := reference{target: target{Name: s, Transport: viaDaemon, Repository: bare}}
	r.Digest = strings.TrimPrefix(rest[len(bare):], "@")
	if i := strings.LastIndexByte(bare, ':'); i > strings.LastIndexByte(bare, '/') && !strings.HasPrefix(bare, "sha256:") {
		r.Repository, r.Tag = bare[:i], bare[i+1:]
	}
	return r, nil
}

// daemonImage is the name by which the daemon knows the image.
func (r *reference) daemonImage() string { return strings.TrimPrefix(r.Name, string(viaDaemon)+":") }

func registryReference(s string) (reference, error) {
	image, err := parseImage(strings.TrimPrefix(s, "docker://"))
	if err != nil {
		return reference{}, malformed(s)
	}
	r := reference{image: image, target: target{
		Name:       s,
		Transport:  viaRegistry,
		Registry:   image.Context().RegistryStr(),
		Repository: image.Context().RepositoryStr(),
	}}
	switch image := image.(type) {
	case name.Digest:
		r.Digest = image.DigestStr()
	default:
		r.Tag = image.Identifier()
	}
	return r, nil
}

// parseImage parses an image's name. Unlike the library it takes the host
// "localhost" for a registry, as container engines do.
func parseImage(s string) (name.Reference, error) {
	var options []name.Option
	rest := s
	if after, ok := strings.CutPrefix(s, "localhost/"); ok {
		rest, options = after, append(options, name.WithDefaultRegistry("localhost"))
	}
	image, err := name.ParseReference(rest, options...)
	if err != nil {
		return nil, err
	}
	for part := range strings.SplitSeq(image.Context().RepositoryStr(), "/") {
		if strings.Trim(part, ".") == "" {
			return nil, fmt.Errorf("empty part in %s", image.Context().RepositoryStr())
		}
	}
	return image, nil
}

// malformed is the error for what no transport understands.
func malformed(s string) error {
	e := &ReferenceError{Ref: redactReference(s), Try: tryPath(s), Err: errors.New("not an image name")}
	_, bare, ok := strings.Cut(s, "://")
	if !ok {
		bare = s
	}
	// What is an image name holds no user information, so it can be shown.
	if bare = lowerName(bare); len(e.Try) == 0 && bare != s {
		if _, err := parseImage(bare); err == nil {
			e.Try = []string{bare}
		}
	}
	return e
}

// lowerName lowers all of an image name but its tag.
func lowerName(s string) string {
	if i := strings.LastIndexByte(s, ':'); i > strings.LastIndexByte(s, '/') {
		return strings.ToLower(s[:i]) + s[i:]
	}
	return strings.ToLower(s)
}

// tryPath returns the reference that was likely meant by a bare path.
func tryPath(path string) []string {
	switch info, err := os.Stat(path); {
	case err != nil:
		return nil
	case !info.IsDir():
		return []string{string(viaDockerArchive) + ":" + path}
	case exists(filepath.Join(path, indexFile)):
		return []string{string(viaLayout) + ":" + path}
	}
	return nil
}

// redactReference hides what stands before an @ that is no digest's: a user
// name and a password have no place in a reference, and are given there. Paths
// hold none.
func redactReference(s string) string {
	if before, _, _ := strings.Cut(s, ":"); transport(before).ofPath() {
		return s
	}
	digest := digestSuffix.FindString(s)
	bare := strings.TrimSuffix(s, digest)
	if i := strings.LastIndexByte(bare, '@'); i >= 0 {
		bare = "****" + bare[i:]
	}
	return bare + digest
}

// held makes a list of names fit for ReferenceError.Have.
func held(names []string) []string {
	names = slices.Clone(names)
	slices.Sort(names)
	names = slices.Compact(names)
	return names[:min(len(names), 20)]
}
