package image

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// ociArtifact is the media type of the artifact manifests that OCI had for a
// while.
const ociArtifact types.MediaType = "application/vnd.oci.artifact.manifest.v1+json"

// manifestTypes are the media types of what registries keep as manifests.
var manifestTypes = []types.MediaType{
	types.OCIImageIndex, types.OCIManifestSchema1, types.DockerManifestList, types.DockerManifestSchema2,
	ociArtifact, types.DockerManifestSchema1Signed, types.DockerManifestSchema1,
}

// errSchema1 is a manifest from before 2016, which names no configuration.
var errSchema1 = errors.New("schema 1 manifest: not supported, push the image again with a newer client")

// describe makes the descriptor of a manifest from its bytes; declared is the
// media type that somebody else says it has. The bytes say it best: registries
// answer with application/json, and layouts with nothing.
func describe(raw []byte, declared string) (v1.Descriptor, error) {
	var m struct {
		SchemaVersion int               `json:"schemaVersion"`
		MediaType     types.MediaType   `json:"mediaType"`
		Manifests     []json.RawMessage `json:"manifests"`
		Config        json.RawMessage   `json:"config"`
		Layers        json.RawMessage   `json:"layers"`
	}
	if err := json.Unmarshal(raw, &m); err != nil {
		return v1.Descriptor{}, fmt.Errorf("not a manifest: %w", err)
	}
	if m.MediaType == "" {
		media, _, _ := mime.ParseMediaType(declared)
		m.MediaType = types.MediaType(media)
	}
	switch {
	case m.SchemaVersion == 1 || m.MediaType.IsSchema1():
		return v1.Descriptor{}, errSchema1
	case m.MediaType.IsIndex() || m.MediaType.IsImage() || m.MediaType == ociArtifact:
	case m.Manifests != nil:
		m.MediaType = types.OCIImageIndex
	case m.Config != nil || m.Layers != nil:
		m.MediaType = types.OCIManifestSchema1
	default:
		return v1.Descriptor{}, errors.New("not a manifest: it has neither layers nor manifests")
	}
	digest, size, err := v1.SHA256(bytes.NewReader(raw))
	return v1.Descriptor{MediaType: m.MediaType, Digest: digest, Size: size}, err
}

// errLargeManifest is said of what is larger than maxManifest.
var errLargeManifest = fmt.Errorf("larger than the %d MiB that manifests may have", maxManifest>>20)

// maxObjects bounds the objects in a manifest: a descriptor of two bytes takes
// two hundred once it is decoded.
const maxObjects = 1 << 16

// decodeManifest decodes a manifest, an index or manifest.json into v.
func decodeManifest(raw []byte, v any) error {
	if bytes.Count(raw, []byte("{")) > maxObjects {
		return fmt.Errorf("more than %d objects in a manifest", maxObjects)
	}
	return json.Unmarshal(raw, v)
}

// checkDigest refuses what is no digest, before it becomes part of a path.
func checkDigest(d v1.Descriptor) error {
	h, err := parseDigest(d.Digest.String())
	if err == nil && h == (v1.Hash{}) {
		err = errors.New("no digest")
	}
	if err != nil {
		return fmt.Errorf("descriptor of %.100q: %w", d.MediaType, err)
	}
	return nil
}

// readBounded reads what is at most maxManifest bytes long.
func readBounded(r io.Reader) ([]byte, error) {
	raw, err := io.ReadAll(io.LimitReader(r, maxManifest+1))
	if err != nil {
		return nil, err
	}
	if len(raw) > maxManifest {
		return nil, errLargeManifest
	}
	return raw, nil
}
