package image

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// manifestFile lists the images of an archive of `docker save`.
const manifestFile = "manifest.json"

// maxMadeUp bounds the bytes of all manifests made up for one archive.
const maxMadeUp = 4 * maxManifest

// errNoManifest is said of what `docker save` did not make.
var errNoManifest = errors.New("no " + manifestFile)

// A savedImage is an entry of manifest.json. The names are paths in the
// archive.
type savedImage struct {
	Config   string
	RepoTags []string
	Layers   []string
}

// saved is the store of an archive as `docker save` makes it, without the
// manifests that registries have.
type saved struct {
	*tarball
	root  []v1.Descriptor
	bytes map[v1.Hash][]byte // of the manifests made up
}

var _ store = (*saved)(nil)

// newSaved finds the images that the reference names. It owns the archive if
// there is no error.
func newSaved(t *tarball, ref *reference) (*saved, error) {
	images, err := readSaved(t)
	if err != nil {
		if errors.Is(err, errNoManifest) {
			return nil, err
		}
		return nil, fmt.Errorf("archive %s: %w", ref.Name, err)
	}
	s := &saved{tarball: t, bytes: map[v1.Hash][]byte{}}
	m := maker{tarball: t, configs: map[string]madeUp{}}
	var have []string
	for _, image := range images {
		have = append(have, image.RepoTags...)
		if ref.Tag != "" && !named(image.RepoTags, ref.Tag) {
			continue
		}
		raw, config, err := m.manifest(image)
		if err != nil {
			return nil, fmt.Errorf("archive %s: %w", ref.Name, err)
		}
		if ref.Digest == "" || config.Digest == ref.Digest { // an image's id
			s.add(raw, image.RepoTags)
		}
	}
	if len(s.root) == 0 {
		return nil, &ReferenceError{Ref: ref.Name, Have: held(have), Err: errors.New("holds no such image")}
	}
	return s, nil
}

func readSaved(t *tarball) ([]savedImage, error) {
	raw, err := readFile(t, manifestFile)
	if errors.Is(err, fs.ErrNotExist) {
		if t.has("repositories") {
			return nil, errors.New("saved by a docker older than 1.10, which wrote no " + manifestFile)
		}
		return nil, errNoManifest
	}
	if err != nil {
		return nil, err
	}
	var images []savedImage
	if err := decodeManifest(raw, &images); err != nil {
		return nil, fmt.Errorf("%s: %w", manifestFile, err)
	}
	return images, nil
}

// add keeps a manifest as a root, once.
func (s *saved) add(raw []byte, names []string) {
	digest, size, _ := v1.SHA256(bytes.NewReader(raw)) // memory has no errors
	if s.bytes[digest] != nil {
		return
	}
	s.bytes[digest] = raw
	d := v1.Descriptor{
		MediaType: types.DockerManifestSchema2,
		Digest:    digest,
		Size:      size,
		URLs:      []string{entryScheme + manifestFile},
	}
	if len(names) > 0 {
		d.Annotations = map[string]string{containerName: names[0]}
	}
	s.root = append(s.root, d)
}

// Root implements store.
func (s *saved) Root(context.Context) ([]v1.Descriptor, error) { return s.root, nil }

// Open implements store.
func (s *saved) Open(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	if raw := s.bytes[d.Digest]; raw != nil {
		return io.NopCloser(bytes.NewReader(raw)), nil
	}
	name, ok := archiveEntry(d)
	if !ok {
		return nil, fmt.Errorf("%s: %w", d.Digest, fs.ErrNotExist)
	}
	return openFile(ctx, s.tarball, name, d)
}

// madeUp is a descriptor in a manifest that is made up. Unlike v1.Descriptor
// it can go without a digest.
type madeUp struct {
	MediaType types.MediaType `json:"mediaType"`
	Size      int64           `json:"size"`
	Digest    string          `json:"digest,omitempty"`
	URLs      []string        `json:"urls"`
}

// A maker makes up manifests.
type maker struct {
	*tarball
	configs map[string]madeUp // by path
	size    int               // of all made up
}

func (m *maker) manifest(image savedImage) ([]byte, madeUp, error) {
	config, err := m.config(image.Config)
	if err != nil {
		return nil, madeUp{}, err
	}
	layers := make([]madeUp, len(image.Layers))
	for i, name := range image.Layers {
		if layers[i], err = m.layer(name); err != nil {
			return nil, madeUp{}, fmt.Errorf("layer %d: %w", i, err)
		}
	}
	raw, err := json.Marshal(map[string]any{
		"schemaVersion": 2,
		"mediaType":     types.DockerManifestSchema2,
		"config":        config,
		"layers":        layers,
	})
	if m.size += len(raw); err == nil && (len(raw) > maxManifest || m.size > maxMadeUp) {
		err = fmt.Errorf("%s: %w", manifestFile, errLargeManifest)
	}
	return raw, config, err
}

// config hashes a configuration, once however many images share it.
func (m *maker) config(name string) (madeUp, error) {
	if d, ok := m.configs[name]; ok {
		return d, nil
	}
	raw, err := readFile(m, name)
	if err != nil {
		return madeUp{}, fmt.Errorf("configuration: %w", err)
	}
	digest, size, err := v1.SHA256(bytes.NewReader(raw))
	d := madeUp{types.DockerConfigJSON, size, digest.String(), []string{entryScheme + name}}
	m.configs[name] = d
	return d, err
}

// layer describes a layer. One that is not in the archive is described all
// the same, so that the others are read: opening it is an error then.
func (m *maker) layer(name string) (madeUp, error) {
	d := madeUp{MediaType: types.DockerUncompressedLayer, URLs: []string{entryScheme + name}}
	e, err := m.find(name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return madeUp{}, err
	}
	d.Size = e.size
	dir, hex := path.Split(name)
	if hash, err := v1.NewHash("sha256:" + hex); err == nil && dir == "blobs/sha256/" {
		d.Digest = hash.String()
	}
	return d, nil
}
