package git

import (
	"context"
	"fmt"
)

// dangling returns what no ref and no log of one reaches, and claims what such
// commits bring in: it asks for all objects that there are, and takes those that
// were not met.
func (s *scan) dangling(ctx context.Context) ([]object, error) {
	found := map[string][]oid{}
	tagged := map[oid]bool{}
	for _, o := range s.atRefs {
		tagged[o.id] = true
	}
	err := s.all(ctx, func(kind string, id oid) {
		if !s.log.met(id) && !tagged[id] {
			found[kind] = append(found[kind], id)
		}
	})
	if err != nil {
		return nil, err
	}
	err = s.loose(ctx, found["commit"])
	var rest []object
	for _, kind := range []struct {
		name string
		of   objectKind
	}{{"blob", blobObject}, {"tag", tagObject}} {
		for _, id := range found[kind.name] {
			if s.log.met(id) {
				continue // a commit that no ref reaches has it
			}
			path := "object:" + s.log.hex(id)
			s.log.special[path] = special{dangling: true}
			rest = append(rest, object{id: id, kind: kind.of, path: path})
		}
	}
	return rest, err
}

// loose claims what commits bring in that no ref reaches.
func (s *scan) loose(ctx context.Context, commits []oid) error {
	if len(commits) == 0 {
		return nil
	}
	p, err := s.repo.git.start(ctx, "rev-list", "--parents", "--format=%T", "--no-walk=unsorted", "--stdin")
	if err != nil {
		return err
	}
	go func() {
		for _, id := range commits {
			if _, err := fmt.Fprintln(p.in, s.log.hex(id)); err != nil {
				break
			}
		}
		_ = p.in.Close()
	}()
	d := s.newDiffer()
	err = s.read(p, func(batch []int32) error {
		return d.tell(ctx, batch, s.claim)
	})
	if err != nil {
		p.kill()
	}
	return cmpErr(err, p.end(), d.end())
}

// met reports whether an object was read or is to be.
func (h *history) met(id oid) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	if n, known := h.commit.find(id); known && h.commits[n].listed {
		return true
	}
	n, known := h.blob.find(id)
	return known && h.blobs[n].claimed
}
