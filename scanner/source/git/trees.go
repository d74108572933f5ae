package git

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// A comparer tells what changed with commits by reading their trees. It is for
// one goroutine.
type comparer struct {
	scan  *scan
	packs *pack.Reader
	path  []byte
	files []changed // of the question that is answered
	trees int       // that were read for one question
	held  int       // bytes of those that are being compared
	toll  toll      // of files
}

// What bounds the trees that are read for one commit: how many, how far down, and
// the bytes of those that are compared at once.
const (
	mostTrees     = 1 << 20
	mostDepth     = 2000
	mostTreeBytes = 64 << 20
)

var errTree = errors.New("a tree that is damaged")

// compare returns the files that changed, in the order of their paths. With
// errFiles these are not all; any other error is that git should be asked.
func (c *comparer) compare(q question) ([]changed, error) {
	c.files, c.path, c.trees, c.held, c.toll = c.files[:0], c.path[:0], 0, 0, toll{}
	var old, tree oid
	var err error
	if tree, err = c.treeOf(q.commit); err != nil {
		return nil, err
	}
	if q.parent >= 0 {
		if old, err = c.treeOf(c.scan.log.listedParents(q.commit)[q.parent]); err != nil {
			return nil, err
		}
	}
	err = c.tree(old, tree, 0)
	if err != nil && !errors.Is(err, errFiles) {
		return nil, err
	}
	return slices.Clone(c.files), err
}

// treeOf returns which tree a commit has.
func (c *comparer) treeOf(n int32) (oid, error) {
	if tree, known := c.scan.log.treeOf(n); known {
		return tree, nil
	}
	text, err := c.read(c.scan.log.listedID(n), pack.Commit)
	if err != nil {
		return oid{}, err
	}
	defer text.Release()
	line, _, _ := bytes.Cut(text.Data, []byte("\n"))
	if name, ok := bytes.CutPrefix(line, []byte("tree ")); ok {
		if tree, ok := parseOID(name); ok {
			c.scan.log.hasTree(n, tree)
			return tree, nil
		}
	}
	return oid{}, errTree
}

// read reads an object that must be of a kind.
func (c *comparer) read(id oid, kind pack.Kind) (*pack.Text, error) {
	text, err := c.packs.Get(id)
	if err != nil {
		return nil, err
	}
	if text.Kind != kind {
		text.Release()
		return nil, fmt.Errorf("object %s is of another type", c.scan.log.hex(id))
	}
	return text, nil
}

// tree compares two trees, either of which may be none.
func (c *comparer) tree(old, tree oid, depth int) error {
	if old == tree {
		return nil
	}
	if depth > mostDepth || c.held > mostTreeBytes {
		return errFiles
	}
	defer func(held int) { c.held = held }(c.held)
	var sides [2]entries
	for i, id := range [...]oid{old, tree} {
		if id == (oid{}) {
			continue
		}
		if c.trees++; c.trees > mostTrees {
			return errFiles
		}
		text, err := c.read(id, pack.Tree)
		if err != nil {
			return err
		}
		defer text.Release()
		c.held += len(text.Data)
		sides[i] = entries{rest: text.Data, width: c.scan.log.size}
	}
	return c.merge(&sides[0], &sides[1], depth)
}

// merge goes through the entries of two trees in their order.
func (c *comparer) merge(old, tree *entries, depth int) error {
	skip(old, tree)
	if err := cmpErr(old.next(), tree.next()); err != nil {
		return err
	}
	for old.more || tree.more {
		var before, after entry
		switch order := old.compare(tree); {
		case order < 0:
			before = old.entry
		case order > 0:
			after = tree.entry
		default:
			before, after = old.entry, tree.entry
		}
		if before.id != after.id || !bytes.Equal(before.mode, after.mode) {
			if err := c.entry(before, after, depth); err != nil {
				return err
			}
		}
		if before.name != nil && after.name != nil {
			skip(old, tree)
		}
		if before.name != nil {
			if err := old.next(); err != nil {
				return err
			}
		}
		if after.name != nil {
			if err := tree.next(); err != nil {
				return err
			}
		}
	}
	return nil
}

// entry tells of one entry that is not the same in both trees.
func (c *comparer) entry(before, after entry, depth int) error {
	name := before.name
	if name == nil {
		name = after.name
	}
	start := len(c.path)
	c.path = append(c.path, name...)
	defer func() { c.path = c.path[:start] }()
	if from, to := before.file(), after.file(); from != noFile || to != noFile {
		f := changed{oldMode: from, newMode: to, size: c.scan.log.size, path: string(c.path)}
		if from != noFile {
			f.old = before.id
		}
		if to != noFile {
			f.new = after.id
		}
		c.files = append(c.files, f)
		if err := c.toll.add(f.path); err != nil {
			return err
		}
	}
	var old, tree oid
	if before.isTree() {
		old = before.id
	}
	if after.isTree() {
		tree = after.id
	}
	if before.isTree() && old == (oid{}) || after.isTree() && tree == (oid{}) {
		return errTree
	}
	c.path = append(c.path, '/')
	return c.tree(old, tree, depth+1)
}

// An entry of a tree. Its name and mode are part of the tree's text; the zero
// value is no entry.
type entry struct {
	mode, name []byte
	id         oid
}

func (e *entry) isTree() bool { return string(e.mode) == "40000" || string(e.mode) == "040000" }

// file is the mode as git tells it, noFile for a tree.
func (e *entry) file() string {
	if e.name == nil || e.isTree() {
		return noFile
	}
	return mode(string(e.mode))
}

// entries goes through a tree: of each entry the mode, a space, the name, a NUL
// and the id. The format:
// https://git-scm.com/book/en/v2/Git-Internals-Git-Objects#_tree_objects
type entries struct {
	entry
	rest  []byte
	width int // of an id
	more  bool
}

// next reads the next entry.
func (e *entries) next() error {
	if e.more = len(e.rest) > 0; !e.more {
		e.entry = entry{}
		return nil
	}
	space := bytes.IndexByte(e.rest, ' ')
	end := bytes.IndexByte(e.rest, 0)
	if space <= 0 || end < space+2 || len(e.rest) < end+1+e.width {
		return errTree
	}
	e.mode, e.name = e.rest[:space], e.rest[space+1:end]
	e.id = oid{}
	copy(e.id[:], e.rest[end+1:end+1+e.width])
	e.rest = e.rest[end+1+e.width:]
	return nil
}

// skip passes over the entries that come next in both trees, and are the same.
func skip(a, b *entries) {
	same := common(a.rest, b.rest)
	from := 0
	for {
		end := bytes.IndexByte(a.rest[from:same], 0)
		if end < 0 || end+1+a.width > same-from {
			break
		}
		from += end + 1 + a.width
	}
	a.rest, b.rest = a.rest[from:], b.rest[from:]
}

// compare orders the entries of two trees as trees do, the name of a tree with
// a slash behind it: what is in one of them alone comes first, or last.
func (e *entries) compare(o *entries) int {
	switch {
	case !o.more:
		return -1
	case !e.more:
		return 1
	case bytes.Equal(e.name, o.name) && e.isTree() == o.isTree():
		return 0
	}
	n := min(len(e.name), len(o.name))
	if order := bytes.Compare(e.name[:n], o.name[:n]); order != 0 {
		return order
	}
	a, b := e.after(n), o.after(n)
	if a == b { // damaged: one and the same entry twice
		return bytes.Compare(e.name, o.name)
	}
	return int(a) - int(b)
}

// after is the byte of the name at n, as trees are ordered.
func (e *entries) after(n int) byte {
	switch {
	case n < len(e.name):
		return e.name[n]
	case e.isTree():
		return '/'
	}
	return 0
}
