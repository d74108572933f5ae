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

// takeStock notes which blobs and commits of a partial clone there are. A git that is
// asked for another would fetch it, and where it may not, ends.
func (s *scan) takeStock(ctx context.Context) error {
	if !s.repo.git.folder.partial() {
		return nil
	}
	s.here = []oid{}
	err := s.all(ctx, func(kind string, id oid) {
		if kind != "tree" {
			s.here = append(s.here, id)
		}
	})
	slices.SortFunc(s.here, compareOIDs)
	return err
}

func compareOIDs(a, b oid) int { return bytes.Compare(a[:], b[:]) }

// present reports whether an object is there; that it is not is a problem.
func (s *scan) present(o *object) bool {
	if s.here == nil {
		return true
	}
	_, found := slices.BinarySearchFunc(s.here, o.id, compareOIDs)
	if !found {
		s.missing(o)
	}
	return found
}
