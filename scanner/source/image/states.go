package image

import (
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// state says what became of a file of the i-th part, and which layer did it:
// the first above that touched the path. l is the Layer in the file's origin.
//
// A path that leads through a symbolic link is taken for what it says; layers
// hold the real paths.
func (img *image) state(seed pathSeed, i int, path string, l *scanner.Layer) (scanner.State, *scanner.Layer) {
	hash := seed.hash(path)
	if img.parts[i].unit.paths.replaced(hash, l) {
		return scanner.Overwritten, img.parts[i].layer
	}
	if !img.stacked {
		return scanner.Live, nil
	}
	parents := parentsOf(seed, path)
	for _, above := range img.parts[i+1:] {
		if s := above.unit.paths.fate(hash, parents); s != scanner.Live {
			return s, above.layer
		}
	}
	return scanner.Live, nil
}

// fate says what the layer makes of a lower layer's file. Something new at its
// path counts before its removal: that is how a file is replaced by a
// directory.
func (p *paths) fate(hash uint64, parents []uint64) scanner.State {
	switch own := p.get(hash); {
	case own&made != 0:
		return scanner.Overwritten
	case own&whitedOut != 0:
		return scanner.Deleted
	}
	for _, parent := range parents {
		if p.get(parent)&(madeFile|whitedOut|opaque) != 0 {
			return scanner.Deleted
		}
	}
	return scanner.Live
}

// parentsOf returns the hashes of the folders above a path, the root included.
func parentsOf(seed pathSeed, path string) []uint64 {
	var parents []uint64
	for path != "" {
		path = path[:max(0, strings.LastIndexByte(path, '/'))]
		parents = append(parents, seed.hash(path))
	}
	return parents
}
