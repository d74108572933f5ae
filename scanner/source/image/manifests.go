package image

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/scanner"
)

// Names of the OCI and in-toto specifications.
const (
	titleAnnotation     = "org.opencontainers.image.title"
	predicateAnnotation = "in-toto.io/predicate-type"

	emptyType types.MediaType = "application/vnd.oci.empty.v1+json" // of a blob that is {}
)

// read makes an image of a leaf and sends what is text in it.
func (w *walk) read(ctx context.Context, l *leaf) {
	img := &image{
		target: w.target, store: w.store, name: l.name, platform: w.platformOf(l), prefix: prefixOf(l), manifest: bare(l.desc),
	}
	if l.kind == blobLeaf {
		w.add(img, l.desc, single, "")
		w.images = append(w.images, img)
		return
	}
	if l.doc == nil {
		if l.doc = w.document(ctx, l.desc); l.doc == nil {
			return
		}
		if len(l.doc.manifests) > 0 {
			w.problem(l.desc, errors.New("listed as a manifest, and is an index"))
		}
	}
	cfg := &config{}
	if l.doc.isImage() {
		if cfg = l.config; cfg == nil {
			cfg = w.configuration(ctx, l.doc)
		}
		img.config = bare(l.doc.config)
		img.platform = cmp.Or(img.platform, platformName(&cfg.platform))
		img.stacked = l.kind == imageLeaf
	}
	w.list(img, l, cfg)
	w.base.inherit(img, w.opts.Log)
	img.steps = joinSteps(w.opts.Steps, cfg, img)
	w.images = append(w.images, img)
	t := w.texts(img)
	t.document(ctx, l.doc, "layers", l.doc.layers)
	t.config(ctx, cfg)
	l.doc, l.config, img.names = nil, nil, nil
}

// platformOf is the platform of a leaf or of what it is an attestation of.
func (w *walk) platformOf(l *leaf) string {
	if l.kind == attestationLeaf {
		for _, other := range w.leaves {
			if other.kind == imageLeaf && other.desc.Digest == l.subject {
				return platformName(other.platform)
			}
		}
	}
	return platformName(l.platform)
}

// prefixOf begins the paths of what belongs to no image itself.
func prefixOf(l *leaf) string {
	switch {
	case l.kind == attestationLeaf:
		return "attestation[" + short(l.desc.Digest) + "]/"
	case l.kind == artifactLeaf && l.nested:
		return "artifact[" + short(l.desc.Digest) + "]/"
	case l.kind == blobLeaf:
		return "index/"
	}
	return ""
}

// bare returns a descriptor with no more than it takes to open it.
func bare(d v1.Descriptor) v1.Descriptor {
	d.Annotations, d.Platform, d.Data = nil, nil, nil
	return d
}

// list adds what a manifest lists to the image, with what the configuration
// says of it.
func (w *walk) list(img *image, l *leaf, cfg *config) {
	layers := l.doc.layers
	for _, d := range layers {
		f := unknown
		switch {
		case d.MediaType.IsLayer():
			f = files
		case !l.doc.isImage():
			f = single
		}
		w.add(img, d, f, predicateName(d))
	}
	if cfg.parsed && img.stacked && len(cfg.diffIDs) != len(layers) {
		w.problem(l.doc.config, fmt.Errorf("it has %d diffIDs for %d layers", len(cfg.diffIDs), len(layers)))
	}
	if len(img.parts) == len(layers) {
		cfg.describe(img.parts)
	}
	if d := l.doc.config; d.Digest.Hex != "" && !cfg.parsed && d.MediaType != emptyType {
		w.add(img, d, single, "config")
	}
}

// add adds a blob to an image, under a name that says what it is, or under the
// title that it has.
func (w *walk) add(img *image, d v1.Descriptor, f form, name string) {
	if left := w.room.parts.Add(-1); left < 0 {
		if left == -1 {
			w.problem(img.manifest, fmt.Errorf("more than %d blobs in all images", maxParts))
		}
		return
	}
	if title := cleanPath(d.Annotations[titleAnnotation]); title != "" {
		name = title[:min(len(title), maxSubscript)]
	}
	if name == "" {
		name = map[bool]string{true: "layer", false: "blob"}[f == files] + "[" + short(d.Digest) + "]"
	}
	digest := ""
	if d.Digest.Hex != "" {
		digest = d.Digest.String()
	}
	p := &part{
		image: img, desc: bare(d), form: f, name: img.prefix + name,
		layer: &scanner.Layer{Index: len(img.parts), Digest: digest, History: -1},
	}
	if img.names == nil {
		img.names = map[string]bool{}
	}
	if img.names[p.name] {
		p.name += "[" + strconv.Itoa(len(img.parts)) + "]"
	}
	img.names[p.name] = true
	img.parts = append(img.parts, p)
}

// predicateName is the name for an in-toto statement, by its kind.
func predicateName(d v1.Descriptor) string {
	predicate, ok := d.Annotations[predicateAnnotation]
	switch {
	case !ok:
		return ""
	case strings.Contains(predicate, "slsa.dev/provenance"):
		return "provenance.json"
	case strings.Contains(predicate, "spdx"):
		return "spdx.json"
	case strings.Contains(predicate, "cyclonedx"):
		return "cyclonedx.json"
	}
	return "statement.json"
}
