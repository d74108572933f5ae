package git

import (
	"iter"
	"slices"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// mostLocated bounds the objects that are looked up at once. Each time the
// indexes of all packs are gone through.
const mostLocated = 1 << 17

// located yields in batches the objects that are there and not known to be
// clean, with their places in packs.
func (s *scan) located(store *pack.Store, all iter.Seq[object]) iter.Seq[[]object] {
	return func(yield func([]object) bool) {
		var some []object
		give := func() bool {
			place(store, some)
			for batch := range slices.Chunk(some, objectsAtOnce) {
				if !yield(batch) {
					return false
				}
			}
			some = nil // the batches are still read
			return true
		}
		for o := range all {
			if !s.present(&o) || s.clean(&o) {
				continue
			}
			if some = append(some, o); len(some) == mostLocated && !give() {
				return
			}
		}
		give()
	}
}

// place sets where the objects are.
func place(store *pack.Store, objects []object) {
	if store.Empty() {
		return
	}
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
		objects[order[i]].at = at
	}
}

// clean reports whether an object is known to be clean.
func (s *scan) clean(o *object) bool {
	keeper, ok := s.sink.(scanner.Keeper)
	return ok && keeper.Clean(s.originOf(o))
}
