package git

import (
	"context"
	"iter"
	"slices"
	"sync"

	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// Packs are the objects of a repository, opened when first asked for, and what is
// remembered of them.
type packs struct {
	mu     sync.Mutex
	store  *pack.Store
	memory *pack.Memory
	parts  []*pack.Memory // of it, for trees
}

// mostBases bounds the bytes that are remembered of what was read, of which other
// objects are deltas, unless there are so many readers that leastBases for each are
// more.
const (
	mostBases  = 64 << 20
	leastBases = 4 << 20
)

// objectStore is for when it is known how long an id is.
func (s *scan) objectStore() *pack.Store {
	p := &s.packs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.store == nil {
		p.store = pack.Open(s.repo.git.objects, s.log.size)
		p.memory = pack.NewMemory(max(mostBases, s.repo.opts.Workers*leastBases))
	}
	return p.store
}

// reader returns a reader for one goroutine, which shares with others what it
// remembers.
func (s *scan) reader() *pack.Reader {
	return s.objectStore().NewReader(s.packs.memory)
}

// treeReader returns a reader for one goroutine that compares trees, before there is
// any other reader. Trees are small and many, so that it would take longer to wait for
// what others remember than to do it again.
func (s *scan) treeReader() *pack.Reader {
	store := s.objectStore()
	p := &s.packs
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.parts == nil {
		p.parts = p.memory.Split(s.repo.opts.Workers)
	}
	part := p.parts[0]
	if len(p.parts) > 1 {
		p.parts = p.parts[1:]
	}
	return store.NewReader(part)
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
