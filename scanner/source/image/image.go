// Package image reads container images from registries, layouts, archives and
// daemons, and sends all that they hold to a scan: the files of every layer,
// also those that a later layer hides, configuration, history, annotations and
// attestations. Its principal type is Source, which Open returns.
//
// What the references of one Source share, tags of one repository or platforms
// of one index, is read once and reported for each image.
package image

import (
	"context"
	"errors"
	"hash/maphash"
	"log/slog"
	"runtime"
	"strings"
	"sync/atomic"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/source/codec"
)

// Options say what of an image is read, and how much at most. The zero value
// reads the image for this machine's processor.
type Options struct {
	Remote Remote
	// Platform is "os/arch[/variant]", "all", or empty: then it is linux on
	// this machine's processor, else linux/amd64, else the first there is.
	Platform string
	// Base is the reference of a base image, or a digest: of a manifest in the
	// same repository, or of a layer, its content or its chain. Findings that
	// came with it are marked as inherited.
	Base string
	// Steps are the instructions of the Dockerfile that made the image, those
	// of the stages that reach it, in order: places name the step that made
	// them. Empty: no Dockerfile is known.
	Steps []scanner.Step
	// Limits bound the archives found in layers.
	Limits source.Limits
	// MaxEntries bounds the entries of all layers whose fate is remembered,
	// in some 16 bytes each. Default 5,000,000.
	MaxEntries int
	// MaxBytes bounds the unpacked bytes of one layer. Default 256 GiB.
	MaxBytes int64
	// MaxWindow bounds the memory of a zstd or xz decoder. Layers that need
	// more than 8 MiB are read one at a time. Default 64 MiB.
	MaxWindow int64
	// Workers is how many layers are read side by side. Default: one a
	// processor, at most 8.
	Workers int
	// Log takes what is worth telling beside the report; nil is silence.
	Log *slog.Logger
	// Progress is told what is being read, from several goroutines; nil is no
	// one.
	Progress func(Event)
}

// withDefaults fills in what is not set.
func (o Options) withDefaults() Options {
	setDefault(&o.MaxEntries, 5_000_000)
	setDefault(&o.MaxBytes, 256<<30)
	setDefault(&o.MaxWindow, 64<<20)
	setDefault(&o.Workers, min(runtime.GOMAXPROCS(0), 8))
	if o.Log == nil {
		o.Log = slog.New(slog.DiscardHandler)
	}
	if o.Progress == nil {
		o.Progress = func(Event) {}
	}
	return o
}

// A Source reads images. It is used for one scan.
type Source struct {
	refs     []string
	opts     Options
	platform platformChoice
	open     func(ctx context.Context, ref string, r *Remote) (store, target, error)
	decoders *codec.Decoders
	seed     pathSeed
	bases    bases
	room     room

	images []*image
	units  []*unit // in the order of their first use
	byKey  map[string]*unit
	failed []error
}

var (
	_ scanner.Source     = (*Source)(nil)
	_ scanner.Attributor = (*Source)(nil)
)

// A room is what is left of the bounds that all references share.
type room struct {
	entries   atomic.Int64 // of layers
	documents atomic.Int64 // bytes of manifests and configurations
	parts     atomic.Int64 // blobs of images
}

// Bounds of what is remembered of images beside the entries of their layers.
const (
	maxDocuments = 128 << 20
	maxParts     = 100_000
)

// Open makes a source of the images that the references name. They are
// reached by Scan.
func Open(refs []string, o Options) (*Source, error) {
	if len(refs) == 0 {
		return nil, errors.New("image: no reference")
	}
	choice, err := parsePlatform(o.Platform)
	if err != nil {
		return nil, err
	}
	o = o.withDefaults()
	s := &Source{
		refs: refs, opts: o, platform: choice, open: openStore,
		decoders: codec.NewDecoders(o.MaxWindow), seed: pathSeed{maphash.MakeSeed()}, byKey: map[string]*unit{},
	}
	s.room.entries.Store(int64(o.MaxEntries))
	s.room.documents.Store(maxDocuments)
	s.room.parts.Store(maxParts)
	return s, nil
}

// Name returns the references, parted by a space.
func (s *Source) Name() string { return strings.Join(s.Targets(), " ") }

// Targets returns the references, without credentials.
func (s *Source) Targets() []string {
	names := make([]string, len(s.refs))
	for i, ref := range s.refs {
		names[i] = redactReference(ref)
	}
	return names
}

// Images describes the images that Scan read.
func (s *Source) Images() []scanner.Image {
	var list []scanner.Image
	for _, img := range s.images {
		if img.prefix == "" {
			list = append(list, scanner.Image{Name: img.name, Digest: img.digest(), Platform: img.platform})
		}
	}
	return list
}

// Failed returns why references could not be opened, or held nothing that is
// wanted; a *ReferenceError or a *RegistryError among them knows more.
func (s *Source) Failed() []error { return s.failed }
