package git

import (
	"bytes"
	"crypto/sha1"
	"crypto/sha256"
	"fmt"
	"hash"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// An identity works out the id of an object from what is written to it. The zero
// value is for one that nobody remembers, and works out nothing.
type identity struct{ hash hash.Hash }

// identify begins with an object, of so many bytes. Git believes an index that
// says where an object is; that an object is clean is remembered for every
// repository that has one of its id, and nobody is believed whose it is.
func (s *scan) identify(o *object, size int) identity {
	if keeper, ok := s.sink.(scanner.Keeper); !ok || !keeper.Keeps() || o.staged {
		return identity{}
	}
	id := identity{sha1.New()}
	if s.log.size == sha256.Size {
		id.hash = sha256.New()
	}
	fmt.Fprintf(id.hash, "%s %d\x00", o.kind, size)
	return id
}

var _ io.Writer = identity{}

// Write implements io.Writer. It never fails.
func (i identity) Write(p []byte) (int, error) {
	if i.hash != nil {
		return i.hash.Write(p)
	}
	return len(p), nil
}

// clean reports whether an object is known to be clean.
func (s *scan) clean(o *object) bool {
	keeper, ok := s.sink.(scanner.Keeper)
	return ok && keeper.Keeps() && keeper.Clean(s.originOf(o))
}

// whole says that an object was scanned to its end, if it is the one of its id.
func (s *scan) whole(o *object, origin *scanner.Origin, id identity) {
	if id.hash != nil && bytes.Equal(id.hash.Sum(nil), o.id[:s.log.size]) {
		s.sink.(scanner.Keeper).Whole(origin)
	}
}
