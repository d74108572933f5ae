package image

import (
	"context"
	"io"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A store gives out the content of one place that holds images: a registry's
// repository, a layout, an archive. It is safe for concurrent use.
type store interface {
	// Root returns the manifests that the reference names: one for a
	// reference to an image or an index, several for an archive or layout that
	// holds several and was named without a tag. A manifest of an old
	// `docker save` archive, which has none of its own, is made up; its layers
	// then have the URI of an archive entry in URLs and no digest.
	Root(ctx context.Context) ([]v1.Descriptor, error)
	// Open returns the bytes of a manifest, configuration or layer as they are
	// stored, unverified. The caller closes it.
	Open(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error)
	// Close releases spool files and connections.
	Close() error
}
