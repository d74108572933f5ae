package image

import (
	"context"
	"io"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
)

// A store gives out the content of one place that holds images: a registry's
// repository, a layout, an archive. It is safe for concurrent use.
type store interface {
	// Root returns the manifests that the reference names: one for a
	// reference to an image or an index, several for an archive or layout that
	// holds several and was named without a tag, each digest once. They have
	// digest, size and media type, and the annotations that imageName reads.
	//
	// A manifest of an old `docker save` archive, which has none of its own,
	// is made up: its descriptor and those in it are told by archiveEntry. The
	// digests of the manifest and of the configuration are true, but nobody
	// published that of the manifest; a layer has none unless its path in the
	// archive gives it, since hashing gigabytes up front would be waste where
	// the configuration names the diffIDs.
	//
	// The caller must not change what the descriptors point to.
	Root(ctx context.Context) ([]v1.Descriptor, error)
	// Open returns the bytes of a manifest, configuration or layer as they are
	// stored, unverified. The caller closes it. The stream ends with the
	// context's error soon after ctx is done. What the place does not hold is
	// an error that is fs.ErrNotExist.
	Open(ctx context.Context, d v1.Descriptor) (io.ReadCloser, error)
	// Close releases spool files and connections. Streams must be closed
	// before.
	Close() error
}

// A target is what reports say of the thing that a reference names.
type target struct {
	Name       string // what the user called it, without credentials
	Transport  transport
	Registry   string // host[:port] of a registry
	Repository string // path of a repository in its registry, else the base name of the file or folder
	Tag        string // as asked for; of an archive or layout it may be a whole image name
	Digest     string // of the manifest or index where one was asked for or resolved
}

// published reports whether it lies where others pull from.
func (t target) published() bool { return t.Transport == viaRegistry }

// maxManifest bounds the bytes of a manifest, an index and an old archive's
// manifest.json and configuration, which are held in memory. Registries are
// asked to take manifests of 4 MiB, and few take larger ones.
const maxManifest = 4 << 20

// entryScheme begins the URL of what is known by its path in an archive.
const entryScheme = "archive-entry:"

// archiveEntry returns the path in the archive of what a made-up manifest
// holds, or of the manifest itself.
func archiveEntry(d v1.Descriptor) (string, bool) {
	if len(d.URLs) != 1 {
		return "", false
	}
	return strings.CutPrefix(d.URLs[0], entryScheme)
}

// The annotations that name an image in a layout.
const (
	refName       = "org.opencontainers.image.ref.name"
	containerName = "io.containerd.image.name"
)

// imageName returns the name that a layout or archive gives the image of a
// root descriptor: a whole name where there is one, else a tag, else "".
func imageName(d v1.Descriptor) string {
	if name := d.Annotations[containerName]; name != "" {
		return name
	}
	return d.Annotations[refName]
}
