package git

import (
	"bufio"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

var errBufferFull = bufio.ErrBufferFull

const (
	submoduleMode = "160000"
	noFile        = "000000"
)

// claim notes what changed, and appends to the objects those that are read for
// it: each blob once.
func (s *scan) claim(objects []object, answers []answer) []object {
	h := s.log
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := 0; i < len(answers); {
		end := i + 1
		for end < len(answers) && answers[end].commit == answers[i].commit {
			end++
		}
		objects = s.claimCommit(objects, answers[i:end])
		i = end
	}
	return objects
}

// claimCommit takes the answers for one commit, that of the first parent first.
func (s *scan) claimCommit(objects []object, answers []answer) []object {
	h := s.log
	var unlike map[string]int // how many of the other parents have not this content there
	if len(answers) > 1 {
		unlike = map[string]int{}
		for _, a := range answers[1:] {
			for _, f := range a.files {
				unlike[f.path+"\x00"+string(f.new[:])]++
			}
		}
	}
	for _, f := range answers[0].files {
		path := h.pathNumber([]byte(f.path))
		c := change{answers[0].commit, path, none, none}
		if isBlob(f.oldMode) {
			c.old = h.blobNumber(f.old, path)
		}
		if isBlob(f.newMode) {
			c.new = h.blobNumber(f.new, path)
		}
		if f.newMode == submoduleMode {
			s.submodule(path)
		}
		if c.old == c.new { // a mode changed
			continue
		}
		h.changes = append(h.changes, c)
		if c.new == none || h.blobs[c.new].claimed || unlike[f.path+"\x00"+string(f.new[:])] < len(answers)-1 {
			continue
		}
		b := &h.blobs[c.new]
		b.claimed, b.path = true, path
		objects = append(objects, object{id: b.id, kind: blobObject, path: s.shown(c)})
	}
	return objects
}

func isBlob(mode string) bool { return mode != submoduleMode && mode != noFile }

// submodule says once of each path that what is there is another repository's.
func (s *scan) submodule(path int32) {
	if s.submodules == nil {
		s.submodules = map[int32]bool{}
	}
	if !s.submodules[path] {
		s.submodules[path] = true
		s.sink.Skip(s.origin(valid(s.log.paths[path])), SkipSubmodule)
	}
}

// shown is how reports name the file of a change: a note by what it is about.
func (s *scan) shown(c change) string { return s.log.shown(c.commit, c.path) }

func (h *history) shown(commit, path int32) string {
	name := valid(h.paths[path])
	if h.notes[commit] {
		if about := strings.ReplaceAll(name, "/", ""); len(about) == 2*h.size {
			return "note:" + about
		}
	}
	return name
}

// valid makes a path text that reports can hold; in a repository it is bytes.
func valid(path string) string { return strings.ToValidUTF8(path, "\uFFFD") }

func (s *scan) origin(path string) *scanner.Origin {
	return &scanner.Origin{Kind: scanner.InCommit, Target: s.repo.name, Path: path}
}
