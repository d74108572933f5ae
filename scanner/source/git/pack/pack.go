// Package pack reads objects out of the packs of a git repository, without a
// git. Store is the packs that there are, and Reader reads what is in them.
//
//	Store.Locate: ids, sorted --> places       indexes, gone through once
//	Reader.Read:  a place     --> a Text       inflate, deltas on what was read last
//	Reader.Get:   an id       --> a Text       of a pack, or loose
//
// It reads what a clone, a fetch, a gc and a commit write: packs with an index of
// version 2, and loose objects. What else there is, or is damaged, it does not
// find or is an error, and git is to be asked. Of what a repository says nothing
// is believed but that an object is where its name says, which git believes too.
//
// The format: https://github.com/git/git/blob/master/Documentation/gitformat-pack.txt
package pack

import (
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// An ID names an object; a SHA-1 is its first 20 bytes.
type ID = [32]byte

// mostPacks bounds the files that are open at once. A repository that is looked
// after has fewer; of another one the largest are read here.
const mostPacks = 64

// A Store is the objects of some folders. It is safe for concurrent use, and
// holds two open files for each pack until it is closed.
type Store struct {
	folders []string
	packs   []*packFile
	width   int // of an id in bytes
	partly  bool
	held    sync.Once
}

// A Place is where an object is in a store. The zero value is nowhere.
type Place struct {
	offset int64 // of its entry; a pack begins with something else, so never 0
	pack   int32
}

// Found reports whether it is anywhere.
func (p Place) Found() bool { return p.offset != 0 }

// A packFile is a pack and its index.
type packFile struct {
	file file
	end  int64 // of its entries
	index
}

type file interface {
	io.ReaderAt
	io.Closer
}

// mostIndexes bounds the bytes of indexes that are held in memory.
const mostIndexes = 48 << 20

// Hold reads the indexes, as far as they are not too large, so that many objects
// are found one by one as fast as may be. No object may be asked for meanwhile.
func (s *Store) Hold() {
	s.held.Do(func() {
		room := int64(mostIndexes)
		for _, p := range s.packs {
			if n := p.weight(s.width); n <= room {
				p.hold(s.width)
				room -= n
			}
		}
	})
}

// Unhold gives back the memory that Hold took, for good. No object may be asked for
// meanwhile.
func (s *Store) Unhold() {
	for _, p := range s.packs {
		p.names, p.offsets = nil, nil
	}
}

// Open opens the packs of object folders, whose ids have width bytes. A pack
// that cannot be read is left out.
func Open(folders []string, width int) *Store {
	s := &Store{width: width, partly: true}
	if width > len(ID{}) {
		return s
	}
	s.folders = folders
	all, missed := candidates(folders)
	s.partly = missed
	for _, c := range all {
		if p, err := openPack(c.name, width); err == nil {
			s.packs = append(s.packs, p)
		} else {
			s.partly = true
		}
	}
	return s
}

// Whole reports whether all packs were opened: what is then not found is not
// there.
func (s *Store) Whole() bool { return !s.partly }

// Close closes the files. No reader may be used any more.
func (s *Store) Close() error {
	var all []error
	for _, p := range s.packs {
		all = append(all, p.file.Close(), p.index.file.Close())
	}
	s.packs = nil
	return errors.Join(all...)
}

// Empty reports whether there are no packs.
func (s *Store) Empty() bool { return len(s.packs) == 0 }

// A candidate is a pack by its name, which ends before the dot.
type candidate struct {
	name string
	size int64
}

// candidates returns the largest packs of the folders, the largest first, and
// whether there may be others.
func candidates(folders []string) (all []candidate, missed bool) {
	for _, folder := range folders {
		entries, err := os.ReadDir(filepath.Join(folder, "pack")) // what is there before an error counts
		missed = missed || err != nil && !errors.Is(err, fs.ErrNotExist)
		for _, e := range entries {
			name, ok := strings.CutSuffix(e.Name(), ".pack")
			if !ok {
				continue
			}
			if info, err := e.Info(); err == nil {
				all = append(all, candidate{filepath.Join(folder, "pack", name), info.Size()})
			} else {
				missed = true
			}
		}
	}
	slices.SortStableFunc(all, func(a, b candidate) int { return cmp.Compare(b.size, a.size) })
	return all[:min(len(all), mostPacks)], missed || len(all) > mostPacks
}

// packHead is the signature, the version and the count of entries.
const packHead = 12

func openPack(name string, width int) (*packFile, error) {
	file, size, err := regular(name + ".pack")
	if err != nil {
		return nil, err
	}
	p := &packFile{file: file, end: size - int64(width)}
	var head [packHead]byte
	if _, err = file.ReadAt(head[:], 0); err == nil {
		if version := binary.BigEndian.Uint32(head[4:]); string(head[:4]) != "PACK" || version != 2 && version != 3 {
			err = fmt.Errorf("%s.pack: no pack of version 2 or 3", name)
		}
	}
	if err == nil {
		p.index, err = openIndex(name+".idx", width)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return p, nil
}

// regular opens a file that reading cannot wait for.
func regular(name string) (*os.File, int64, error) {
	info, err := os.Stat(name)
	if err == nil && !info.Mode().IsRegular() {
		err = &fs.PathError{Op: "open", Path: name, Err: errors.New("no regular file")}
	}
	if err != nil {
		return nil, 0, err
	}
	file, err := os.Open(name)
	return file, info.Size(), err
}
