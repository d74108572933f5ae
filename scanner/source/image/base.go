package image

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"sync"

	"github.com/sluice-sec/sluice/scanner"
)

// A base is an image that others are built on.
type base struct {
	name   string     // as the user gave it
	digest string     // if that is all the user gave
	chains [][]string // the diffIDs of each of its images
	seed   pathSeed
	texts  map[uint64]bool // hashes of the paths and values of its configuration
}

// bases keeps those that were looked up.
type bases struct {
	mu    sync.Mutex
	byRef map[string]*base
}

// baseOf returns the base that the user named, nil if none was. A digest is
// looked up in the repository of the target.
func (s *Source) baseOf(ctx context.Context, t target, sink scanner.Sink) *base {
	if s.opts.Base == "" {
		return nil
	}
	b := &base{name: s.opts.Base, seed: s.seed, texts: map[uint64]bool{}}
	ref := s.opts.Base
	if h, err := parseDigest(ref); err == nil {
		b.digest = h.String()
		ref = t.sibling(b.digest)
	}
	s.bases.mu.Lock()
	defer s.bases.mu.Unlock()
	if known := s.bases.byRef[ref]; known != nil {
		return known
	}
	if s.bases.byRef == nil {
		s.bases.byRef = map[string]*base{}
	}
	s.bases.byRef[ref] = b
	if ref == "" {
		return b
	}
	if err := b.read(ctx, s, ref, sink); err != nil && ctx.Err() == nil && (b.digest == "" || !errors.Is(err, fs.ErrNotExist)) {
		sink.Problem(&scanner.Origin{Target: redactReference(s.opts.Base)}, fmt.Errorf("base image: %w", err))
	}
	return b
}

// read learns what the base holds without scanning it.
func (b *base) read(ctx context.Context, s *Source, ref string, sink scanner.Sink) error {
	st, t, err := s.open(ctx, ref, &s.opts.Remote)
	if err != nil {
		return err
	}
	defer st.Close()
	w := newWalk(s, &recorder{Sink: sink, base: b}, st, t)
	if err := w.run(ctx); err != nil {
		return err
	}
	for _, img := range w.images {
		if chain := img.diffIDs(); img.stacked && len(chain) > 0 {
			b.chains = append(b.chains, chain)
		}
	}
	return nil
}

// A recorder is the sink of a base's walk: it remembers texts.
type recorder struct {
	scanner.Sink
	base *base
}

// Chunk remembers a text that is one chunk, as all but giant ones are.
func (r *recorder) Chunk(c scanner.Chunk) {
	if c.Overlap == 0 && c.Last {
		r.base.texts[r.base.key(c.Origin.Path, string(c.Data))] = true
	}
}

func (b *base) key(path, text string) uint64 { return b.seed.hash(path + "\x00" + text) }

// holds reports whether a text of an image came with its base.
func (b *base) holds(img *image, kind scanner.OriginKind, step int, path, text string) bool {
	switch {
	case b == nil || img.below == 0:
		return false
	case kind == scanner.History && step <= img.parts[img.below-1].layer.History:
		return true
	}
	return b.texts[b.key(path, text)]
}

// inherit marks the layers that an image has from the base: all of the base's,
// or it is not its base.
func (b *base) inherit(img *image, log *slog.Logger) {
	if b == nil || !img.stacked {
		return
	}
	img.base = b.name
	ids := img.diffIDs()
	for _, chain := range b.chains {
		if len(chain) <= len(ids) && equal(chain, ids[:len(chain)]) {
			img.below = max(img.below, len(chain))
		}
	}
	if b.digest != "" && img.below == 0 {
		img.below = img.upTo(b.digest)
	}
	if img.below == 0 {
		log.Warn("not built on the base", "image", img.name, "platform", img.platform, "base", b.name)
	}
}

func equal(a, b []string) bool {
	for i := range a {
		if a[i] == "" || a[i] != b[i] {
			return false
		}
	}
	return true
}

// diffIDs returns those of the layers from the lowest up.
func (img *image) diffIDs() []string {
	ids := make([]string, len(img.parts))
	for i, p := range img.parts {
		ids[i] = p.layer.DiffID
	}
	return ids
}

// upTo counts the layers up to the one with this digest, diffID or chainID.
func (img *image) upTo(digest string) int {
	chain := ""
	for i, p := range img.parts {
		chain = chainOf(chain, p.layer.DiffID)
		if digest == p.layer.Digest || digest == p.layer.DiffID || digest == chain {
			return i + 1
		}
	}
	return 0
}

// chainOf is the chainID of a layer with this diffID on top of a chain.
func chainOf(below, diffID string) string {
	if below == "" {
		return diffID
	}
	sum := sha256.Sum256([]byte(below + " " + diffID))
	return "sha256:" + hex.EncodeToString(sum[:])
}
