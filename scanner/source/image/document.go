package image

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// Bounds of what one manifest lists. Container engines stop at some 127
// layers; other artifacts have more.
const (
	maxLayers   = 4096
	maxChildren = 1000 // and of all manifests that a reference leads to
	maxFields   = 1000
)

// errNoDigest is a descriptor that does not say what it is of.
var errNoDigest = errors.New("descriptor with no digest")

// A document is a manifest or an index, as far as it could be understood.
type document struct {
	mediaType   types.MediaType
	config      v1.Descriptor
	layers      []v1.Descriptor // of a manifest
	manifests   []v1.Descriptor // of an index
	annotations json.RawMessage
	rest        []field // what is of no use here, and is text all the same
	lists       bool    // a configuration, layers or manifests
}

// isImage reports whether the layers of a manifest make a file system.
func (d *document) isImage() bool {
	return d.config.MediaType.IsConfig() || d.config.MediaType == "" && d.config.Digest.Hex != ""
}

// parseDocument reads a manifest. What is wrong with parts of it is in the
// error, and the rest is returned with it; a descriptor that is wrong keeps
// its place, without a digest.
func parseDocument(raw []byte) (*document, error) {
	fields, err := fieldsOf(raw, maxFields)
	if err != nil {
		return nil, fmt.Errorf("not a manifest: %w", err)
	}
	d := &document{}
	var wrong faults
	for _, f := range fields {
		wrong.add(f.key, d.set(f))
	}
	if !d.lists {
		wrong.add("", errors.New("not a manifest: it has neither layers nor manifests"))
	}
	return d, wrong.err()
}

func (d *document) set(f field) (err error) {
	key := strings.ToLower(f.key) // container engines do not mind the case
	switch key {
	case "config", "layers", "blobs", "manifests", "fslayers":
		d.lists = true
	}
	switch key {
	case "schemaversion":
	case "mediatype":
		err = json.Unmarshal(f.value, &d.mediaType)
	case "config":
		d.config, err = parseDescriptor(f.value)
	case "layers", "blobs": // "blobs" in an artifact manifest
		d.layers, err = appendDescriptors(d.layers, f.value, maxLayers)
	case "manifests":
		d.manifests, err = appendDescriptors(d.manifests, f.value, maxChildren)
	case "annotations":
		d.annotations = f.value
	case "fslayers":
		err = errSchema1
		fallthrough
	default:
		d.rest = append(d.rest, f)
	}
	return err
}

func appendDescriptors(list []v1.Descriptor, raw json.RawMessage, most int) ([]v1.Descriptor, error) {
	elements, err := elementsOf(raw, max(0, most-len(list)))
	var wrong faults
	wrong.add("", err)
	for i, e := range elements {
		d, err := parseDescriptor(e)
		list = append(list, d)
		wrong.add(strconv.Itoa(i), err)
	}
	return list, wrong.err()
}

// parseDescriptor reads a descriptor. Embedded data is left out, since it is
// the content of the blob.
func parseDescriptor(raw json.RawMessage) (v1.Descriptor, error) {
	var d struct {
		MediaType   types.MediaType
		Size        int64
		Digest      string
		URLs        []string
		Annotations map[string]string
		Platform    *v1.Platform
	}
	if err := json.Unmarshal(raw, &d); err != nil {
		return v1.Descriptor{}, fmt.Errorf("descriptor: %w", err)
	}
	digest, err := parseDigest(d.Digest)
	desc := v1.Descriptor{
		MediaType: d.MediaType, Size: d.Size, Digest: digest, URLs: d.URLs, Annotations: d.Annotations, Platform: d.Platform,
	}
	if _, entry := archiveEntry(desc); err == nil && digest.Hex == "" && !entry {
		err = errNoDigest
	}
	return desc, err
}
