package image

import (
	"hash/maphash"
	"math/bits"

	"github.com/sluice-sec/sluice/scanner"
)

// What a layer does to a path. The bits stand in the low end of a slot, below
// the hash of the path.
type effect uint64

const (
	madeFile  effect = 1 << iota // there is something that is no directory
	madeDir                      // there is a directory
	whitedOut                    // what lower layers have there is removed
	opaque                       // what lower layers have in it is hidden

	made    = madeFile | madeDir
	effects = made | whitedOut | opaque
)

// pathSeed makes hashes of paths, so that nobody can prepare an image with
// paths that collide.
type pathSeed struct{ maphash.Seed }

func (s pathSeed) hash(path string) uint64 { return maphash.String(s.Seed, path) &^ uint64(effects) }

// paths remembers what a layer does to which path. It keeps no names but 60
// bits of their hash, 8 bytes in an open hash table, since a layer can have a
// million of them. The zero value is empty; it is written by one goroutine.
type paths struct {
	slots []uint64 // a power of two; 0 is free
	n     int
	// again holds the paths that were written more than once, with the Layer
	// of the origin of what was written last.
	again map[uint64]*scanner.Layer
}

// add notes what is done to a path, and returns what was done before. Of what
// is made at a path the last counts; the rest adds up.
func (p *paths) add(hash uint64, e effect) effect {
	if p.n >= len(p.slots)/4*3 {
		p.grow()
	}
	slot := p.find(hash)
	before := effect(*slot) & effects
	if before == 0 {
		p.n++
	}
	after := before | e
	if e&made != 0 {
		after = before&^made | e
	}
	*slot = hash | uint64(after)
	return before
}

// get returns what is done to a path.
func (p *paths) get(hash uint64) effect {
	if p.n == 0 {
		return 0
	}
	return effect(*p.find(hash)) & effects
}

// find returns the slot of a hash, which may be free.
func (p *paths) find(hash uint64) *uint64 {
	mask := len(p.slots) - 1
	i := int(hash >> (64 - bits.Len(uint(mask))))
	for p.slots[i] != 0 && p.slots[i]&^uint64(effects) != hash {
		i = (i + 1) & mask
	}
	return &p.slots[i]
}

func (p *paths) grow() {
	old := p.slots
	p.slots = make([]uint64, max(64, 2*len(old)))
	for _, slot := range old {
		if slot != 0 {
			*p.find(slot &^ uint64(effects)) = slot
		}
	}
}

// rewritten notes that a path is written again, by what has this Layer in its
// origin.
func (p *paths) rewritten(hash uint64, l *scanner.Layer) {
	if p.again == nil {
		p.again = map[uint64]*scanner.Layer{}
	}
	p.again[hash] = l
}

// replaced reports whether what has this Layer in its origin was replaced at
// its path by a later entry of the same archive.
func (p *paths) replaced(hash uint64, l *scanner.Layer) bool {
	last, ok := p.again[hash]
	return ok && last != l
}
