package git

import (
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

const (
	submoduleMode = "160000"
	noFile        = "000000"
)

// mostHistory bounds what is kept of what changed, in bytes or nearly so: 30 million
// changes. Ansible's 244,704 commits are 2 million.
const mostHistory = 512 << 20

// claim notes what changed, and which blobs are to be read for it.
func (s *scan) claim(answers []answer) {
	h := s.log
	h.mu.Lock()
	defer h.mu.Unlock()
	for i := 0; i < len(answers); {
		end := i + 1
		for end < len(answers) && answers[end].commit == answers[i].commit {
			end++
		}
		if h.weight > mostHistory {
			s.untold++
		} else {
			s.claimCommit(answers[i:end])
		}
		i = end
	}
}

// claimCommit takes the answers for one commit, that of the first parent first.
func (s *scan) claimCommit(answers []answer) {
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
		path := h.pathNumber(f.path)
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
		h.changes.add(c)
		h.weight += 16
		if c.old != none && c.new != none {
			h.blobs[c.old].heir = c.new + 1
		}
		if c.new == none || h.blobs[c.new].claimed || len(answers) > 1 && unlike[f.path+"\x00"+string(f.new[:])] < len(answers)-1 {
			continue
		}
		b := &h.blobs[c.new]
		b.claimed, b.path, b.note = true, path, h.notes[c.commit]
	}
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

// shown is how reports name a file: a note by what it is about.
func (h *history) shown(note bool, path int32) string {
	name := valid(h.paths[path])
	if note {
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
