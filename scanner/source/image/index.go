package image

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
)

// maxDepth bounds indexes within indexes.
const maxDepth = 8

// Annotations of what BuildKit says of an image, beside it in an index.
const (
	referenceType   = "vnd.docker.reference.type"
	referenceDigest = "vnd.docker.reference.digest"
	attestation     = "attestation-manifest"
)

// A leaf is a manifest that a reference leads to, or another blob listed as
// one.
type leaf struct {
	desc     v1.Descriptor
	kind     leafKind
	platform *v1.Platform
	subject  v1.Hash // what an attestation is of
	root     int     // which of the store's roots it is under
	name     string  // of the image in reports
	nested   bool    // in an index
	doc      *document
	config   *config
}

type leafKind uint8

const (
	imageLeaf leafKind = iota
	attestationLeaf
	artifactLeaf
	blobLeaf
)

// A walk reads the manifests that one reference leads to.
type walk struct {
	*Source
	sink   scanner.Sink
	store  store
	target target
	base   *base // nil: none is named
	seen   map[v1.Hash]bool
	leaves []*leaf
	left   int // manifests that may still be listed
	images []*image
}

func newWalk(s *Source, sink scanner.Sink, st store, t target) *walk {
	return &walk{Source: s, sink: sink, store: st, target: t, seen: map[v1.Hash]bool{}, left: maxChildren}
}

// run finds the images and sends the texts of their manifests and
// configurations. An error means that none of them is wanted.
func (w *walk) run(ctx context.Context) error {
	roots, err := w.store.Root(ctx)
	if err != nil {
		return fmt.Errorf("%s: %w", w.target.Name, err)
	}
	for i, d := range roots {
		w.gather(ctx, leaf{desc: d, root: i, name: w.rootName(d, len(roots))}, 0)
	}
	chosen, err := w.platform.choose(w.target.Name, w.leaves)
	for _, l := range chosen {
		if ctx.Err() == nil {
			w.read(ctx, l)
		}
	}
	return err
}

// rootName is the reference by which one of several roots is told.
func (w *walk) rootName(d v1.Descriptor, roots int) string {
	if roots == 1 {
		return w.target.Name
	}
	if name := imageName(d); name != "" {
		return w.target.Name + ":" + name
	}
	return w.target.Name + "@" + d.Digest.String()
}

// gather lists the leaves under a descriptor. Of one that was met before,
// below itself maybe, there is nothing more to see.
func (w *walk) gather(ctx context.Context, l leaf, depth int) {
	if _, entry := archiveEntry(l.desc); l.desc.Digest.Hex == "" && !entry {
		return // was reported with the index
	}
	if ctx.Err() != nil || w.seen[l.desc.Digest] {
		return
	}
	w.seen[l.desc.Digest] = true
	l.platform, l.nested = l.desc.Platform, depth > 0
	switch media := l.desc.MediaType; {
	case depth > maxDepth:
		w.problem(l.desc, fmt.Errorf("indexes within indexes, more than %d deep", maxDepth))
		return
	case l.desc.Annotations[referenceType] == attestation:
		l.kind = attestationLeaf
		l.subject, _ = parseDigest(l.desc.Annotations[referenceDigest])
	case l.nested && media != "" && !slices.Contains(manifestTypes, media):
		l.kind = blobLeaf
	case !media.IsImage() || platformName(l.platform) == "":
		doc := w.document(ctx, l.desc)
		if doc == nil {
			return
		}
		if len(doc.manifests) > 0 {
			w.index(ctx, l, doc, depth)
			if len(doc.layers) == 0 {
				return
			}
		}
		w.classify(ctx, &l, doc)
	}
	w.leaves = append(w.leaves, &l)
}

// index lists the leaves under an index.
func (w *walk) index(ctx context.Context, l leaf, doc *document, depth int) {
	t := w.texts(&image{target: w.target, name: l.name, prefix: "index."})
	t.document(ctx, doc, "manifests", doc.manifests)
	for _, d := range doc.manifests {
		if w.left--; w.left < 0 {
			w.problem(l.desc, fmt.Errorf("more than %d manifests", maxChildren))
			return
		}
		w.gather(ctx, leaf{desc: d, root: l.root, name: l.name}, depth+1)
	}
}

// classify tells by its document what a leaf is, and where that matters, by
// its configuration for which platform.
func (w *walk) classify(ctx context.Context, l *leaf, doc *document) {
	l.doc = doc
	if !doc.isImage() {
		l.kind = artifactLeaf
		return
	}
	if !w.platform.all && (l.nested || !w.platform.any) {
		l.config = w.configuration(ctx, doc)
		l.platform = &l.config.platform
	}
}

// document reads a manifest; nil is one that cannot be read, and is reported.
func (w *walk) document(ctx context.Context, d v1.Descriptor) *document {
	raw, err := w.fetch(ctx, d, maxManifest)
	if err != nil {
		w.problem(d, err)
		return nil
	}
	doc, err := parseDocument(raw)
	if err != nil {
		w.problem(d, err)
	}
	return doc
}

// fetch reads a manifest or configuration of at most so many bytes. One that
// differs from its digest is reported, and read nonetheless.
func (w *walk) fetch(ctx context.Context, d v1.Descriptor, most int64) ([]byte, error) {
	if _, entry := archiveEntry(d); d.Digest.Hex == "" && !entry {
		return nil, errNoDigest
	}
	rc, err := w.store.Open(ctx, d)
	if err != nil {
		return nil, err
	}
	defer rc.Close()
	m := &meter{ctx: ctx, r: rc, hash: newHash(d.Digest), limit: most}
	raw, err := io.ReadAll(m)
	if w.room.documents.Add(-int64(len(raw))) < 0 {
		return nil, fmt.Errorf("manifests and configurations of more than %d MiB in all", maxDocuments>>20)
	}
	if err != nil {
		return nil, err
	}
	if err := m.check(d.Digest); err != nil {
		w.problem(d, err)
	} else if d.Size > 0 && m.n != d.Size {
		w.problem(d, fmt.Errorf("size mismatch: the content has %d bytes, not %d", m.n, d.Size))
	}
	return raw, nil
}

// problem reports what is wrong with a manifest or configuration.
func (w *walk) problem(d v1.Descriptor, err error) {
	if !errors.Is(err, context.Canceled) && !errors.Is(err, context.DeadlineExceeded) {
		what := cmp.Or(string(d.MediaType), "manifest") + " " + d.Digest.String()
		w.sink.Problem(&scanner.Origin{Kind: scanner.Blob, Target: w.target.Name, Path: what}, err)
	}
}
