package scanner

import "hash/maphash"

// A sight is a view as it was looked at. What is encoded in one form beside what is
// in another is seen as it stands and in the view of the other, and where escapes of
// two forms stand side by side, both are undone in the view of one within the other
// and in that of the other within the one: the same text, of the same bytes of the
// chunk.
type sight struct {
	sum   uint64 // of the text, what of it is its own, where it comes from, and the chunk
	depth int32
	whole bool // no view in it lies so deep that those in that one are not looked at
}

// sights are the views of a chunk that were looked at last, by their sums. None is
// kept where nothing is escaped: there no view is seen twice.
type sights struct {
	escapes bool
	turn    uint64 // of the chunk: each has another
	seed    maphash.Seed
	last    [256]sight
}

// forget empties the sights.
func (s *sights) forget() { s.turn, s.escapes = s.turn+1, false }

func (s *sights) slot(sum uint64) *sight { return &s.last[sum%uint64(len(s.last))] }

// holds reports whether all that a look at a view would find was found.
func (s *sights) holds(one sight) bool {
	known := s.slot(one.sum)
	return known.sum == one.sum && (known.whole || known.depth <= one.depth)
}

func (s *sights) add(one sight) { *s.slot(one.sum) = one }

// sight returns that of the view that a level shows.
func (v *viewer) sight(depth int) sight {
	c := &v.levels[depth].shown
	sum := maphash.Bytes(v.sights.seed, c.Data)
	from, to := 0, len(c.Data)
	for i := depth; i >= 0; i-- {
		from, to = v.levels[i].view.Source(from, to)
	}
	more := uint64(c.Pos) << 1
	if c.Last {
		more++
	}
	for _, n := range [...]uint64{v.sights.turn, uint64(from), uint64(to), uint64(c.own.from), uint64(c.own.to), more} {
		sum = (sum ^ n) * 0x9e3779b97f4a7c15
		sum ^= sum >> 32
	}
	return sight{sum: sum, depth: int32(depth)}
}
