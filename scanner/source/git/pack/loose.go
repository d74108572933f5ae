package pack

import (
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// mostHeader bounds what stands before the content of a loose object.
const mostHeader = 32

// Loose reports whether an object has a file of its own.
func (s *Store) Loose(id ID) bool {
	name := hex.EncodeToString(id[:s.width])
	for _, folder := range s.folders {
		if _, err := os.Stat(filepath.Join(folder, name[:2], name[2:])); err == nil {
			return true
		}
	}
	return false
}

// loose returns an object that has a file of its own: deflated, its kind, its
// size and a NUL before it. The format:
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_object_storage
func (r *Reader) loose(id ID) (*Text, error) {
	name := hex.EncodeToString(id[:r.store.width])
	for _, folder := range r.store.folders {
		file, size, err := regular(filepath.Join(folder, name[:2], name[2:]))
		if err != nil {
			continue
		}
		defer file.Close()
		r.from = section{file: file, end: size}
		r.in.Reset(&r.from)
		t, err := r.unpack()
		if err != nil {
			return nil, fmt.Errorf("object %s: %w", name, err)
		}
		return t, nil
	}
	return nil, ErrMissing
}

// unpack reads the loose object which in holds.
func (r *Reader) unpack() (*Text, error) {
	if err := r.deflated(r.in); err != nil {
		return nil, err
	}
	var header [mostHeader]byte
	n := 0
	for ; n == 0 || header[n-1] != 0; n++ {
		if n == mostHeader {
			return nil, errEntry
		}
		if _, err := io.ReadFull(r.zlib, header[n:n+1]); err != nil {
			return nil, err
		}
	}
	kind, count, _ := strings.Cut(string(header[:n-1]), " ")
	size, err := strconv.ParseInt(count, 10, 64)
	k := map[string]Kind{"commit": Commit, "tree": Tree, "blob": Blob, "tag": Tag}[kind]
	if err != nil || size < 0 || k == 0 {
		return nil, errEntry
	}
	if size > MostHeld {
		return nil, ErrLarge
	}
	t := r.New(int(size))
	t.Kind = k
	if err := r.fill(t.Data); err != nil {
		t.Release()
		return nil, err
	}
	return t, nil
}
