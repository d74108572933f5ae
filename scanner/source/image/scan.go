package image

import (
	"context"
	"log/slog"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sourcegraph/conc/pool"
)

// Scan implements scanner.Source. A reference that cannot be opened is the
// error if it is the only one, else a problem, and the others are read.
func (s *Source) Scan(ctx context.Context, sink scanner.Sink) error {
	refs := s.resolve(ctx, sink)
	for _, r := range refs {
		if r.store != nil {
			defer r.close(s.opts.Log)
		}
		s.images = append(s.images, r.images...)
	}
	if ctx.Err() == nil {
		s.fail(refs, sink)
		s.plan()
		s.read(ctx, sink)
	}
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case len(refs) == 1:
		return refs[0].err
	}
	return nil
}

// fail notes which references could not be opened.
func (s *Source) fail(refs []resolved, sink scanner.Sink) {
	for i, name := range s.Targets() {
		if err := refs[i].err; err != nil {
			s.failed = append(s.failed, err)
			if len(refs) > 1 {
				sink.Problem(&scanner.Origin{Target: name}, err)
			}
		}
	}
}

// A resolved reference is open, and its manifests are read.
type resolved struct {
	store  store
	images []*image
	err    error
}

func (r *resolved) close(log *slog.Logger) {
	if err := r.store.Close(); err != nil {
		log.Warn("closing an image", "error", err)
	}
}

// resolve opens the references side by side and sends the texts of their
// manifests and configurations.
func (s *Source) resolve(ctx context.Context, sink scanner.Sink) []resolved {
	refs := make([]resolved, len(s.refs))
	workers := pool.New().WithMaxGoroutines(s.opts.Workers)
	for i, ref := range s.refs {
		workers.Go(func() { refs[i] = s.resolveRef(ctx, ref, sink) })
	}
	workers.Wait()
	return refs
}

func (s *Source) resolveRef(ctx context.Context, ref string, sink scanner.Sink) resolved {
	store, target, err := s.open(ctx, ref, &s.opts.Remote)
	if err != nil {
		return resolved{err: err}
	}
	w := newWalk(s, sink, store, target)
	w.base = s.baseOf(ctx, target, sink)
	err = w.run(ctx)
	return resolved{store: store, images: w.images, err: err}
}

// read reads what was planned. Of layers that are known to be clean it reads
// only if something was found in others, and then only what they remove.
func (s *Source) read(ctx context.Context, sink scanner.Sink) {
	keeper, ok := sink.(scanner.Keeper)
	if !ok {
		s.readUnits(ctx, sink, s.units)
		return
	}
	var clean, others []*unit
	for _, u := range s.units {
		if u.form == files && keeper.Clean(u.origin()) {
			u.silent = true
			clean = append(clean, u)
		} else {
			others = append(others, u)
		}
	}
	s.readUnits(ctx, sink, others)
	if keeper.Found() {
		s.readUnits(ctx, sink, clean)
	}
}

// readUnits reads blobs, each on one goroutine.
func (s *Source) readUnits(ctx context.Context, sink scanner.Sink, units []*unit) {
	workers := pool.New().WithMaxGoroutines(s.opts.Workers)
	for _, u := range units {
		workers.Go(func() { s.readUnit(ctx, sink, u) })
	}
	workers.Wait()
}
