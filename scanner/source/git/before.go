package git

import (
	"github.com/sluice-sec/sluice/scanner"
)

// What is compared to tell what a range brings in from what it moves about.
const (
	mostCompared = 64 << 20 // bytes of one blob
	mostKept     = 64 << 20 // bytes of blobs that are kept in case they are asked for again
)

// contents are blobs that were read lately.
type contents struct {
	of    map[int32][]byte
	bytes int
}

// before reports whether a value that a change brings to a path stood, before
// its commit, at that path or in a file that the commit takes away: the file
// was edited beside it, or renamed. Only what the scan left out is asked; a
// scan of all knows by itself.
func (a *attribution) before(c change, hits []*scanner.Hit) bool {
	if !a.repo.opts.limited() && !a.repo.opts.Staged {
		return false
	}
	var now []byte
	for _, other := range a.log.of(c.commit) {
		if other.old == none || a.log.fresh(other.old) || other.path != c.path && other.new != none {
			continue
		}
		if other.old == c.new {
			return true
		}
		if now == nil {
			if now = a.text(c.new); now == nil {
				return false
			}
		}
		old := a.text(other.old)
		for _, h := range hits {
			if a.stood(h, c.new, now, old) {
				return true
			}
		}
	}
	return false
}

// of returns the changes of one commit.
func (h *history) of(commit int32) []change {
	if h.ofCommit == nil {
		h.index()
	}
	return h.ofCommit[commit]
}

// fresh reports whether some commit brings a blob in that it did not move from
// elsewhere.
func (h *history) fresh(blob int32) bool {
	if h.ofCommit == nil {
		h.index()
	}
	return h.brought[blob]
}

func (h *history) index() {
	h.ofCommit, h.brought = map[int32][]change{}, map[int32]bool{}
	type leaving struct{ commit, blob int32 }
	leaves := map[leaving]bool{}
	for c := range h.changes.all() {
		h.ofCommit[c.commit] = append(h.ofCommit[c.commit], c)
		leaves[leaving{c.commit, c.old}] = true
	}
	for c := range h.changes.all() {
		if c.new != none && !leaves[leaving{c.commit, c.new}] {
			h.brought[c.new] = true
		}
	}
}

// text returns what a blob holds, none of what is too large or not there.
func (a *attribution) text(n int32) []byte {
	if text, known := a.texts.of[n]; known {
		return text
	}
	text, err := a.peel.readAll(a.ctx, a.log.blob.at(n))
	if err != nil && a.err == nil {
		a.err = err
	}
	if a.texts.bytes += len(text); a.texts.of == nil || a.texts.bytes > mostKept {
		a.texts = contents{of: map[int32][]byte{}, bytes: len(text)}
	}
	a.texts.of[n] = text
	return text
}
