package image

import (
	"cmp"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// An image is what was found under one manifest: an image, or an attestation
// or other artifact beside it.
type image struct {
	target   target
	store    store
	name     string // as reports call it
	platform string
	prefix   string        // of the paths of what is no file; empty of images
	manifest v1.Descriptor // without annotations
	config   v1.Descriptor // likewise
	parts    []*part       // what its manifest lists, layers from the lowest up
	stacked  bool          // the parts make one file system
	base     string        // name of the base image
	below    int           // how many layers came with the base
	names    map[string]bool
	steps    steps
}

// digest returns that of the manifest, if somebody published it.
func (img *image) digest() string {
	if _, madeUp := archiveEntry(img.manifest); madeUp || img.manifest.Digest.Hex == "" {
		return ""
	}
	return img.manifest.Digest.String()
}

// inherited returns the name of the base that the i-th part came with.
func (img *image) inherited(i int) string {
	if i < img.below {
		return img.base
	}
	return ""
}

// A part is one blob in its place in an image.
type part struct {
	image *image
	desc  v1.Descriptor // without annotations
	layer *scanner.Layer
	name  string // the path in reports if it is no archive of files
	form  form
	unit  *unit
}

// sameCopy reports whether reading one blob is reading the other.
func (p *part) sameCopy(q *part) bool {
	return p.image.store == q.image.store && p.desc.Size == q.desc.Size
}

// form is what a manifest says that a blob is, the most particular first.
type form uint8

const (
	files   form = iota // a layer: an archive of files
	unknown             // what its first bytes say
	single              // one file
)

// key tells blobs apart. A blob without either name is like no other.
func (p *part) key() string { return cmp.Or(p.layer.Digest, p.layer.DiffID) }

// origin returns the origin of something in the part.
func (p *part) origin(kind scanner.OriginKind, path string) *scanner.Origin {
	return &scanner.Origin{
		Kind: kind, Target: p.image.name, Platform: p.image.platform, Path: path, Layer: p.layer, Published: p.image.target.published(),
		Inherited: p.image.inherited(p.layer.Index), Step: p.image.steps.entry(p.layer.History),
	}
}

// A unit is a blob that is read once, however many images hold it.
type unit struct {
	parts  []*part
	form   form // the most particular of the parts'
	paths  paths
	codec  codec.Codec
	prefix string // of the names in the archive: "./", "/" or nothing
	silent bool   // nothing is in it that must be sent
}

// origin is that of the unit as a whole.
func (u *unit) origin() *scanner.Origin { return u.parts[0].origin(scanner.InLayer, "") }

// plan makes units of the parts of all images. The order of references and
// indexes decides for which image a unit is read, so that two runs agree.
func (s *Source) plan() {
	var bytes int64
	for _, img := range s.images {
		for _, p := range img.parts {
			p.unit = s.byKey[p.key()]
			if p.unit == nil {
				p.unit = &unit{form: p.form}
				s.units = append(s.units, p.unit)
				bytes += max(0, p.desc.Size)
				if p.key() != "" {
					s.byKey[p.key()] = p.unit
				}
			}
			p.unit.form = min(p.unit.form, p.form)
			p.unit.parts = append(p.unit.parts, p)
		}
	}
	s.opts.Progress(Event{Stage: Planned, Bytes: bytes, Blobs: len(s.units)})
}
