package git

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// Packs are the objects of a repository, opened when first asked for, and the
// readers of them that nobody uses.
type packs struct {
	mu    sync.Mutex
	store *pack.Store
	idle  []*pack.Reader
}

// mostBases bounds the bytes that all readers remember, of which others are
// deltas, unless there are so many readers that each must have leastBases.
const (
	mostBases  = 48 << 20
	leastBases = 4 << 20
)

// objectStore is for when it is known how long an id is.
func (s *scan) objectStore() *pack.Store {
	p := &s.packs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.store == nil {
		p.store = pack.Open(s.repo.git.objects, s.log.size)
	}
	return p.store
}

// reader returns a reader for one goroutine, which gives it back.
func (s *scan) reader() *pack.Reader {
	store := s.objectStore()
	p := &s.packs
	p.mu.Lock()
	defer p.mu.Unlock()
	if last := len(p.idle) - 1; last >= 0 {
		r := p.idle[last]
		p.idle = p.idle[:last]
		return r
	}
	return store.NewReader(max(mostBases/s.repo.opts.Workers, leastBases))
}

func (s *scan) giveBack(r *pack.Reader) {
	s.packs.mu.Lock()
	defer s.packs.mu.Unlock()
	s.packs.idle = append(s.packs.idle, r)
}

func (p *packs) close() {
	if p.store != nil {
		_ = p.store.Close() // it was only read
	}
}

// mostLocated bounds the objects that are looked up at once. Each time the
// indexes of all packs are gone through.
const mostLocated = 1 << 16

// located yields in batches the objects that are there and not known to be
// clean, with their places in packs.
func (s *scan) located(ctx context.Context, all iter.Seq[object]) iter.Seq[[]object] {
	store := s.objectStore()
	return func(yield func([]object) bool) {
		var some []object
		give := func() bool {
			place(store, some)
			for rest := s.present(ctx, some); len(rest) > 0; {
				n := batchOf(rest)
				if !yield(rest[:n]) {
					return false
				}
				rest = rest[n:]
			}
			some = nil // the batches are still read
			return true
		}
		for o := range all {
			if s.clean(&o) {
				continue
			}
			if some = append(some, o); len(some) == mostLocated && !give() {
				return
			}
		}
		give()
	}
}

// batchOf returns how many of the objects are read in one go. Where it can be the
// versions of one path are not parted: another reader remembers nothing of them.
func batchOf(objects []object) int {
	most := min(len(objects), objectsAtOnce)
	for n := most; n > most/2 && n < len(objects); n-- {
		if objects[n].path != objects[n-1].path {
			return n
		}
	}
	return most
}

// place sets where the objects are.
func place(store *pack.Store, objects []object) {
	order := make([]int32, len(objects))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compareOIDs(objects[a].id, objects[b].id) })
	ids := make([]pack.ID, len(objects))
	for i, n := range order {
		ids[i] = objects[n].id
	}
	for i, at := range store.Locate(ids) {
		o := &objects[order[i]]
		o.at, o.loose = at, !at.Found() && store.Loose(o.id)
	}
}
