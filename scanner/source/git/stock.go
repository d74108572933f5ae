package git

import (
	"bytes"
	"context"
	"io"
	"slices"
)

// all names every object that there is, with its type.
func (s *scan) all(ctx context.Context, each func(kind string, id oid)) error {
	p, err := s.repo.git.start(ctx, "cat-file", "--batch-all-objects", "--batch-check=%(objecttype) %(objectname)", "--unordered", "--buffer")
	if err != nil {
		return err
	}
	for {
		line, err := p.out.ReadSlice('\n')
		if kind, name, ok := bytes.Cut(bytes.TrimSpace(line), []byte(" ")); ok {
			if id, ok := parseOID(name); ok {
				each(string(kind), id)
			}
		}
		if err == io.EOF {
			return p.end()
		}
		if err != nil {
			p.kill()
			return err
		}
	}
}

// present leaves out the objects that a partial clone has not, each of which is a
// problem. A git that is asked for one would fetch it, and where it may not, ends.
func (s *scan) present(ctx context.Context, objects []object) []object {
	if !s.repo.git.partial {
		return objects
	}
	whole := s.objectStore().Whole()
	return slices.DeleteFunc(objects, func(o object) bool {
		if o.unaided() || !whole && s.inStock(ctx, o.id) {
			return false
		}
		s.missing(&o)
		return true
	})
}

// inStock reports whether git names an object among all that there are.
func (s *scan) inStock(ctx context.Context, id oid) bool {
	if s.stock == nil {
		s.stock = []oid{}
		s.problem(ctx, s.all(ctx, func(kind string, id oid) {
			if kind != "tree" {
				s.stock = append(s.stock, id)
			}
		}))
		slices.SortFunc(s.stock, compareOIDs)
	}
	_, found := slices.BinarySearchFunc(s.stock, id, compareOIDs)
	return found
}

func compareOIDs(a, b oid) int { return bytes.Compare(a[:], b[:]) }
