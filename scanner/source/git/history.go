package git

import (
	"encoding/hex"
	"iter"
	"sync"
)

// An oid is the id of an object; of a SHA-1 repository the first 20 bytes.
type oid [32]byte

// parseOID reads an id in hexadecimal, of 40 or 64 digits.
func parseOID[T string | []byte](text T) (o oid, ok bool) {
	if len(text) != 40 && len(text) != 64 {
		return o, false
	}
	_, err := hex.Decode(o[:], []byte(text))
	return o, err == nil
}

// A history is what is known of a repository's commits, and of what changed
// with each. Everything has a number, in the order in which it was met. While
// commits are read it may be used from several goroutines.
type history struct {
	mu      sync.Mutex
	size    int // of an id in bytes
	commits []commit
	commit  ids     // of commits
	trees   ids     // of commits, until all were compared
	parents []int32 // of all commits, one after the other
	blobs   []blob
	blob    ids // of blobs
	paths   []string
	pathNo  map[string]int32
	changes changes
	weight  int            // of changes and paths
	notes   map[int32]bool // commits of refs/notes alone

	refs     []ref
	special  map[string]special // by the path that reports show
	readings *readings
	ofCommit map[int32][]change // once it was asked for
	brought  map[int32]bool     // blobs, with it
}

// special is an object that is in no commit.
type special struct {
	ref      string // that it stands at
	tag      bool   // it is a tag
	dangling bool   // it stands nowhere
}

// A commit is a node of the graph. The commits that the scan leaves out are
// known as parents only.
type commit struct {
	tree   int32 // 1 more than its number, once it was read
	from   int32 // where its parents are in history.parents
	count  int32
	listed bool
}

// A blob is content that some commit has.
type blob struct {
	path    int32 // where it was first met
	heir    int32 // 1 more than the number of a blob that took its place, 0 if none did
	claimed bool  // it is scanned
	note    bool  // it is about a commit
}

// A change is one file of a commit that its first parent has not, or not so.
type change struct {
	commit, path int32
	old, new     int32 // blobs; none where there is no file
}

// changes are a list that grows without being copied, and so without taking twice
// the memory for a while.
type changes struct{ parts [][]change }

const changesAtOnce = 1 << 14

func (l *changes) add(c change) {
	n := len(l.parts)
	switch {
	case n == 0:
		l.parts = [][]change{nil}
	case len(l.parts[n-1]) == changesAtOnce:
		l.parts = append(l.parts, make([]change, 0, changesAtOnce))
	}
	last := &l.parts[len(l.parts)-1]
	*last = append(*last, c)
}

func (l *changes) all() iter.Seq[change] {
	return func(yield func(change) bool) {
		for _, part := range l.parts {
			for _, c := range part {
				if !yield(c) {
					return
				}
			}
		}
	}
}

const none = -1

// A ref is a name for a commit.
type ref struct {
	name   string
	commit int32
	order  int // as precedence says, set by newForest
}

func newHistory() *history {
	return &history{size: 20, pathNo: map[string]int32{}, notes: map[int32]bool{}, special: map[string]special{}}
}

// hex writes an id as git does.
func (h *history) hex(o oid) string { return hex.EncodeToString(o[:h.size]) }

func (h *history) commitNumber(id oid) int32 {
	n, known := h.commit.number(id)
	if !known {
		h.commits = append(h.commits, commit{})
	}
	return n
}

// parentsOf returns the parents of a commit, the first first.
func (h *history) parentsOf(n int32) []int32 {
	c := &h.commits[n]
	return h.parents[c.from : c.from+c.count]
}

// listedParents is parentsOf while commits are still read.
func (h *history) listedParents(n int32) []int32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.parentsOf(n)
}

// hasTree notes which tree a commit has.
func (h *history) hasTree(n int32, tree oid) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number, _ := h.trees.number(tree)
	h.commits[n].tree = number + 1
}

// treeOf returns which tree a commit has, if that was noted.
func (h *history) treeOf(n int32) (tree oid, known bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	number := h.commits[n].tree - 1
	if number < 0 {
		return tree, false
	}
	return h.trees.at(number), true
}

// listedID returns the id of a commit while commits are still read.
func (h *history) listedID(n int32) oid {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.commit.at(n)
}

func (h *history) blobNumber(id oid, path int32) int32 {
	n, known := h.blob.number(id)
	if !known {
		h.blobs = append(h.blobs, blob{path: path})
	}
	return n
}

func (h *history) pathNumber(path string) int32 {
	n, known := h.pathNo[path]
	if !known {
		n = int32(len(h.paths))
		h.pathNo[path] = n
		h.paths = append(h.paths, path)
		h.weight += 80 + len(path)
	}
	return n
}

// ranks orders the commits so that parents come before children: the rank of
// each, from 1. Where nothing tells two apart the one that git lists later, as
// it is older, comes first.
func (h *history) ranks() []int32 {
	waits := make([]int32, len(h.commits)) // for so many children
	for i := range h.commits {
		for _, p := range h.parentsOf(int32(i)) {
			waits[p]++
		}
	}
	ranks := make([]int32, len(h.commits))
	next := int32(len(h.commits))
	var ready []int32
	for i := len(h.commits) - 1; i >= 0; i-- {
		if waits[i] == 0 {
			ready = append(ready, int32(i))
		}
	}
	for len(ready) > 0 {
		c := ready[len(ready)-1]
		ready = ready[:len(ready)-1]
		ranks[c] = next
		next--
		parents := h.parentsOf(c)
		for i := len(parents) - 1; i >= 0; i-- {
			if waits[parents[i]]--; waits[parents[i]] == 0 {
				ready = append(ready, parents[i])
			}
		}
	}
	return ranks
}
