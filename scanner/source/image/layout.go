package image

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// The names of the files of a layout.
const (
	indexFile  = "index.json"
	layoutFile = "oci-layout"
)

// An opener gives out what a folder or an archive holds, by slash-separated
// path. It is safe for concurrent use.
type opener interface {
	// open returns a regular file and its size. One that is not there is an
	// error that is fs.ErrNotExist.
	open(name string) (io.ReadCloser, int64, error)
	Close() error
}

// readFile reads a file of at most maxManifest bytes.
func readFile(f opener, name string) ([]byte, error) {
	rc, _, err := f.open(name)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	raw, err := readBounded(rc)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return raw, nil
}

// A folder opens files in a folder. Links that lead out of it are not followed.
type folder struct{ root *os.Root }

func (f folder) open(name string) (io.ReadCloser, int64, error) {
	// Asked before it is opened, because opening a pipe waits for its writer.
	info, err := f.root.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !info.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s: not a regular file", name)
	}
	file, err := f.root.Open(name)
	if err != nil {
		return nil, 0, err
	}
	return file, info.Size(), nil
}

func (f folder) Close() error { return f.root.Close() }

// A layout is the store of an OCI image layout, in a folder or an archive.
type layout struct {
	files opener
	root  []v1.Descriptor
}

var _ store = (*layout)(nil)

func openLayout(ref *reference) (*layout, error) {
	info, err := os.Stat(ref.path)
	if err == nil && !info.IsDir() {
		err = &ReferenceError{Ref: ref.Name, Try: []string{string(viaOCIArchive) + ":" + ref.path}, Err: errors.New("not a folder")}
	} else if err != nil {
		err = &ReferenceError{Ref: ref.Name, Err: err}
	}
	if err != nil {
		return nil, err
	}
	root, err := os.OpenRoot(ref.path)
	if err != nil {
		return nil, err
	}
	l, err := newLayout(folder{root}, ref)
	if errors.Is(err, errNoIndex) {
		err = &ReferenceError{Ref: ref.Name, Err: err}
	}
	if err != nil {
		root.Close()
		return nil, err
	}
	return l, nil
}

// errNoIndex is said of what is no layout.
var errNoIndex = errors.New("no OCI layout: " + indexFile + " is missing")

// newLayout finds the images that the reference names. It owns the files if
// there is no error.
func newLayout(f opener, ref *reference) (*layout, error) {
	index, err := readIndex(f)
	if err != nil {
		if errors.Is(err, errNoIndex) {
			return nil, err
		}
		return nil, fmt.Errorf("%s: %w", ref.Name, err)
	}
	l := &layout{files: f}
	switch {
	case ref.Digest != "":
		err = l.rootByDigest(index, ref)
	case ref.Tag != "":
		err = l.rootByName(index, ref)
	default:
		l.root = index
	}
	if err != nil {
		return nil, err
	}
	l.root = distinct(l.root)
	for i := range l.root {
		if err := l.complete(&l.root[i]); err != nil {
			return nil, fmt.Errorf("%s: manifest %s: %w", ref.Name, l.root[i].Digest, err)
		}
	}
	if len(l.root) == 0 {
		return nil, &ReferenceError{Ref: ref.Name, Err: errors.New("holds no image")}
	}
	return l, nil
}

// readIndex returns the descriptors of index.json.
func readIndex(f opener) ([]v1.Descriptor, error) {
	var version struct {
		Layout string `json:"imageLayoutVersion"`
	}
	switch raw, err := readFile(f, layoutFile); {
	case errors.Is(err, fs.ErrNotExist): // forgotten by some tools, and not needed
	case err != nil:
		return nil, err
	case json.Unmarshal(raw, &version) != nil, version.Layout != "" && version.Layout != "1.0.0":
		return nil, fmt.Errorf("%s: unknown version of the layout", layoutFile)
	}
	raw, err := readFile(f, indexFile)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errNoIndex
	}
	if err != nil {
		return nil, err
	}
	var index struct{ Manifests []json.RawMessage }
	if err := decodeManifest(raw, &index); err != nil {
		return nil, fmt.Errorf("%s: %w", indexFile, err)
	}
	list := make([]v1.Descriptor, len(index.Manifests))
	for i, raw := range index.Manifests {
		if list[i], err = parseDescriptor(raw); err == nil {
			err = checkDigest(list[i])
		}
		if err != nil {
			return nil, fmt.Errorf("%s: manifest %d: %w", indexFile, i, err)
		}
	}
	return list, nil
}

// distinct drops what is there twice because it has two names.
func distinct(list []v1.Descriptor) []v1.Descriptor {
	seen := map[v1.Hash]bool{}
	return slices.DeleteFunc(list, func(d v1.Descriptor) bool {
		again := seen[d.Digest]
		seen[d.Digest] = true
		return again
	})
}

func (l *layout) rootByName(index []v1.Descriptor, ref *reference) error {
	var have []string
	for _, d := range index {
		names := []string{d.Annotations[containerName], d.Annotations[refName]}
		if named(names, ref.Tag) {
			l.root = append(l.root, d)
		}
		have = append(have, imageName(d))
	}
	if len(l.root) == 0 {
		return &ReferenceError{Ref: ref.Name, Have: held(have), Err: fmt.Errorf("no image is named %s", ref.Tag)}
	}
	return nil
}

// rootByDigest takes any manifest there is, of index.json or below it.
func (l *layout) rootByDigest(index []v1.Descriptor, ref *reference) error {
	hash, err := parseDigest(ref.Digest)
	if err != nil {
		return err
	}
	if i := slices.IndexFunc(index, func(d v1.Descriptor) bool { return d.Digest == hash }); i >= 0 {
		l.root = index[i : i+1]
		return nil
	}
	d := v1.Descriptor{Digest: hash}
	if err := l.complete(&d); errors.Is(err, fs.ErrNotExist) {
		return &ReferenceError{Ref: ref.Name, Have: digests(index), Err: errors.New("no such manifest")}
	} else if err != nil {
		return fmt.Errorf("%s: %w", ref.Name, err)
	}
	l.root = []v1.Descriptor{d}
	return nil
}

func digests(index []v1.Descriptor) (have []string) {
	for _, d := range index {
		have = append(have, d.Digest.String())
	}
	return held(have)
}

// complete fills in what a descriptor of a root must have.
func (l *layout) complete(d *v1.Descriptor) error {
	if d.MediaType != "" && d.Size > 0 {
		return nil
	}
	raw, err := readFile(l.files, blobPath(d.Digest))
	if err != nil {
		return err
	}
	described, err := describe(raw, string(d.MediaType))
	d.MediaType, d.Size = described.MediaType, described.Size
	return err
}

func blobPath(h v1.Hash) string { return path.Join("blobs", h.Algorithm, h.Hex) }

// Root implements store.
func (l *layout) Root(context.Context) ([]v1.Descriptor, error) { return l.root, nil }

// Open implements store.
func (l *layout) Open(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	if err := checkDigest(d); err != nil {
		return nil, err
	}
	return openFile(ctx, l.files, blobPath(d.Digest), d)
}

// openFile opens the file that holds what a descriptor says.
func openFile(ctx context.Context, f opener, name string, d v1.Descriptor) (io.ReadCloser, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	rc, size, err := f.open(name)
	if err != nil {
		return nil, err
	}
	if slices.Contains(manifestTypes, d.MediaType) && size > maxManifest {
		rc.Close()
		return nil, fmt.Errorf("%s: %w", name, errLargeManifest)
	}
	return &ending{rc, ctx}, nil
}

// An ending stream ends when its context does.
type ending struct {
	io.ReadCloser
	ctx context.Context
}

func (e *ending) Read(p []byte) (int, error) {
	if err := e.ctx.Err(); err != nil {
		return 0, err
	}
	return e.ReadCloser.Read(p)
}

// Close implements store.
func (l *layout) Close() error { return l.files.Close() }

// named reports whether one of an image's names is the one asked for: the same
// in full (docker.io/library/app:v1 is app:v1), or of that tag.
func named(names []string, asked string) bool {
	full, err := parseImage(asked)
	for _, name := range names {
		if name == "" {
			continue
		}
		if name == asked || strings.HasSuffix(name, ":"+asked) {
			return true
		}
		if image, bad := parseImage(name); err == nil && bad == nil && image.Name() == full.Name() {
			return true
		}
	}
	return false
}
