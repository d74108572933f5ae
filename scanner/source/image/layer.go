package image

import (
	"context"
	"fmt"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// readUnit reads a blob where it was first named. If that is not what its
// digest says, the next place is read too: a registry that lies cannot keep
// another's layer from being read.
func (s *Source) readUnit(ctx context.Context, sink scanner.Sink, u *unit) {
	for i, p := range u.parts {
		if ctx.Err() != nil {
			return
		}
		if i > 0 && p.sameCopy(u.parts[i-1]) {
			continue
		}
		u.paths, u.prefix = paths{}, ""
		feed := source.Feed{Sink: sink, Limits: s.opts.Limits, Temp: s.opts.Remote.TempDir}
		r := reading{source: s, sink: sink, unit: u, part: p, feed: feed}
		s.opts.Progress(Event{Stage: Started, Digest: p.layer.Digest, Bytes: max(0, p.desc.Size)})
		r.blob(ctx)
		s.opts.Progress(Event{Stage: Done, Digest: p.layer.Digest, Bytes: r.stored})
		if r.problems == 0 {
			if keeper, ok := sink.(scanner.Keeper); ok && ctx.Err() == nil && u.form == files {
				keeper.Whole(u.origin())
			}
			return
		}
	}
}

// A reading is one pass over one blob.
type reading struct {
	source   *Source
	sink     scanner.Sink
	unit     *unit
	part     *part
	feed     source.Feed
	stored   int64  // bytes read
	last     string // the path of the file that was read last
	sparse   int64  // bytes that sparse files claimed
	full     bool   // there was no room for a path
	problems int
}

// problem reports what could not be read at a path of the blob.
func (r *reading) problem(path string, err error) {
	r.problems++
	r.sink.Problem(r.part.origin(scanner.InLayer, path), err)
}

// broken reports an error that ends the reading of the blob. One that follows
// from the context is the caller's to report.
func (r *reading) broken(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	if r.last != "" {
		err = fmt.Errorf("after this file: %w", err)
	}
	r.problem(r.last, err)
}

// blob opens the blob, reads it to its end and compares it with its digest.
func (r *reading) blob(ctx context.Context) {
	d := r.part.desc
	if _, entry := archiveEntry(d); d.Digest.Hex == "" && !entry {
		return // was reported with the manifest
	}
	rc, err := r.part.image.store.Open(ctx, d)
	if err != nil {
		if !d.MediaType.IsDistributable() {
			err = fmt.Errorf("not in the registry, and its URLs are not followed: %w", err)
		}
		r.broken(ctx, err)
		return
	}
	defer rc.Close()
	stored := &meter{ctx: ctx, r: rc, hash: newHash(d.Digest), limit: r.source.opts.MaxBytes, tell: func(n int64) {
		r.source.opts.Progress(Event{Stage: Read, Digest: r.part.layer.Digest, Bytes: n})
	}}
	if d.Size > 0 {
		stored.limit, stored.fixed = d.Size, true
	}
	r.content(ctx, stored)
	r.verify(ctx, stored, d)
}

// verify reads what is left of the blob and compares it with its descriptor.
func (r *reading) verify(ctx context.Context, stored *meter, d v1.Descriptor) {
	err := drain(stored)
	r.stored = stored.n
	switch {
	case ctx.Err() != nil:
	case err != nil && r.problems > 0: // it ended the reading before
	case err != nil:
		r.broken(ctx, err)
	case stored.over:
		r.problem("", fmt.Errorf("size mismatch: the content is longer than %d bytes", d.Size))
	case d.Size > 0 && stored.n != d.Size:
		r.problem("", fmt.Errorf("size mismatch: the content has %d bytes, not %d", stored.n, d.Size))
	default:
		if err := stored.check(d.Digest); err != nil {
			r.problem("", err)
		}
	}
}
