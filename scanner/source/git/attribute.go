package git

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// Attribute implements scanner.Attributor: of all blobs that hold a value it
// makes one place a path, with the commit that brought the value there, and
// where it still stands or who took it out. Of a range, what stood there before
// is covered.
func (r *Repo) Attribute(ctx context.Context, hits []*scanner.Hit) error {
	a := newAttribution(ctx, r, hits)
	defer a.peel.end()
	groups := map[[32]byte][]*scanner.Hit{}
	var order [][32]byte
	for _, h := range hits {
		key := h.Identity()
		if _, known := groups[key]; !known {
			order = append(order, key)
		}
		groups[key] = append(groups[key], h)
	}
	for _, key := range order {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if r.opts.Staged {
			a.stagedGroup(groups[key])
		} else {
			a.group(groups[key])
		}
	}
	return a.err
}

// An attribution is what is worked out to attribute hits.
type attribution struct {
	repo   *Repo
	log    *history
	forest *forest
	ranks  []int32
	live   []bool // commits that a ref reaches
	merges []int32

	ofBlob map[int32][]change // that brought it to a path
	ofPath map[int32]*track
	who    map[int32]*scanner.Commit
	shown  map[string]bool // objects that places show
	inBlob map[int32][]*scanner.Hit
	traced map[*scanner.Hit][]scanner.Place // where it stands in a file that was interpreted
	texts  contents
	peel   *peeler
	ctx    context.Context // of Attribute, which this does not outlive
	err    error
}

// mostPlaces bounds to how many paths, or how often to one, a blob is followed.
const mostPlaces = 10_000

// A track is all that changed at one path.
type track struct {
	changes []change // sorted as forest.sort does
	tips    []int32  // as forest.standing says
}

func newAttribution(ctx context.Context, r *Repo, hits []*scanner.Hit) *attribution {
	h := r.log
	a := &attribution{
		repo: r, log: h, forest: newForest(h), ranks: h.ranks(), live: h.reached(), ctx: ctx,
		ofBlob: map[int32][]change{}, ofPath: map[int32]*track{}, who: map[int32]*scanner.Commit{}, shown: map[string]bool{},
		inBlob: map[int32][]*scanner.Hit{}, traced: map[*scanner.Hit][]scanner.Place{},
		peel: &peeler{scan: &scan{repo: r, log: h}},
	}
	for i := range h.commits {
		if h.commits[i].count > 1 {
			a.merges = append(a.merges, int32(i))
		}
	}
	for _, hit := range hits {
		if b, ok := h.blobOf(hit); ok {
			a.ofBlob[b] = nil
			a.inBlob[b] = append(a.inBlob[b], hit)
		}
	}
	untold := 0
	for c := range h.changes.all() {
		switch of, hit := a.ofBlob[c.new]; {
		case !hit || c.new == none:
		case len(of) == mostPlaces:
			untold++
		default:
			a.ofBlob[c.new] = append(of, c)
			a.ofPath[c.path] = &track{}
		}
	}
	if untold > 0 {
		a.err = fmt.Errorf("files with a finding were at %d more places than are told", untold)
	}
	for c := range h.changes.all() {
		if t := a.ofPath[c.path]; t != nil {
			t.changes = append(t.changes, c)
		}
	}
	for _, t := range a.ofPath {
		a.forest.sort(t.changes)
		t.tips = a.forest.standing(t.changes)
	}
	return a
}

// blobOf returns the blob of a commit that a hit is in.
func (h *history) blobOf(hit *scanner.Hit) (int32, bool) {
	if _, special := h.special[hit.Origin.Path]; special {
		return none, false
	}
	id, _ := parseOID(hit.Origin.Object)
	n, ok := h.blob.find(id)
	return n, ok
}

// reached tells which commits a ref reaches.
func (h *history) reached() []bool {
	live := make([]bool, len(h.commits))
	var next []int32
	for _, r := range h.refs {
		next = append(next, r.commit)
	}
	for len(next) > 0 {
		c := next[len(next)-1]
		next = next[:len(next)-1]
		if !live[c] {
			live[c] = true
			next = append(next, h.parentsOf(c)...)
		}
	}
	return live
}

// A form is how hits of one value differ: by the id of their rule, and how the
// value is encoded.
type form struct {
	rule, encoded string
}

// group sets the places of all hits of one value. One hit of each form carries
// the places of all.
func (a *attribution) group(hits []*scanner.Hit) {
	blobs := map[int32][]*scanner.Hit{}
	places := map[string][]scanner.Place{} // by how the value is encoded there
	for _, h := range hits {
		if b, ok := a.log.blobOf(h); ok {
			blobs[b] = append(blobs[b], h)
		} else {
			places[h.Encoded] = append(places[h.Encoded], a.beside(h))
		}
	}
	paths := map[int32]bool{}
	for b := range blobs {
		for _, c := range a.ofBlob[b] {
			paths[c.path] = true
		}
	}
	for _, path := range slices.Sorted(maps.Keys(paths)) {
		a.path(path, a.read(path, blobs), places)
	}
	carries := map[form]*scanner.Hit{}
	for _, h := range hits {
		f := form{h.Rule.ID, h.Encoded}
		if first := carries[f]; first == nil || a.goesFirst(h, first) {
			carries[f] = h
		}
	}
	for _, h := range hits {
		h.Places, h.Covered = nil, true
	}
	for f, h := range carries {
		if all := places[f.encoded]; len(all) > 0 {
			h.Places, h.Covered = all, false
		}
	}
}

// goesFirst reports whether a hit goes before another of its form. What a place shows
// is told of by the hit there; which one comes first must not depend on what was read
// first.
func (a *attribution) goesFirst(x, y *scanner.Hit) bool {
	if first := a.shown[x.Origin.Object]; first != a.shown[y.Origin.Object] {
		return first
	}
	if x.Confidence != y.Confidence {
		return x.Confidence > y.Confidence
	}
	if c := cmp.Compare(x.Origin.FullPath(), y.Origin.FullPath()); c != 0 {
		return c < 0
	}
	return cmp.Or(cmp.Compare(x.Span.Offset, y.Span.Offset), cmp.Compare(x.Origin.Object, y.Origin.Object)) < 0
}

// path adds the places of a value at one path, given the blobs that hold it.
func (a *attribution) path(path int32, blobs map[int32][]*scanner.Hit, places map[string][]scanner.Place) {
	t := a.ofPath[path]
	came, stands, best := change{commit: none}, change{commit: none}, int32(none)
	for i, c := range t.changes {
		if _, holds := blobs[c.new]; !holds {
			continue
		}
		if _, held := blobs[c.old]; !held && !a.before(c, blobs[c.new]) && (came.commit == none || a.ranks[c.commit] < a.ranks[came.commit]) {
			came = c
		}
		if tip := t.tips[i]; tip != none && (best == none || a.better(tip, best)) {
			best, stands = tip, c
		}
	}
	if came.commit == none {
		return
	}
	shown := scanner.Place{State: scanner.Live}
	if best != none {
		shown.Ref = a.forest.tips[best].name
	} else {
		stands = came
		shown.State = scanner.Deleted
		if by := a.removed(t, blobs); by != none {
			shown.By = &scanner.By{Commit: a.commit(by)}
		}
	}
	shown.Origin = &scanner.Origin{Path: a.log.shown(a.log.notes[came.commit], path)}
	if !a.place(stands.new, came.commit, shown, blobs, places) && stands.new != came.new {
		// Another hit tells of it there, of which it is a part: here it was all.
		a.place(came.new, came.commit, shown, blobs, places)
	}
}

// place adds where the hits of one blob stand, and reports whether that is
// anywhere. What they have in common is said by a place, with no more of an origin
// than a path.
func (a *attribution) place(blob, came int32, common scanner.Place, blobs map[int32][]*scanner.Hit, places map[string][]scanner.Place) (any bool) {
	for _, h := range blobs[blob] {
		a.shown[h.Origin.Object] = true
		for _, at := range a.within(h, blob) {
			p := common
			p.At, p.Hit = at.At, h
			p.Origin = a.origin(at.Origin, common.Origin.Path, came)
			p.Extract = "git cat-file -p " + h.Origin.Object
			if p.State == scanner.Live {
				p.Fix = at.Fix
			}
			places[h.Encoded], any = append(places[h.Encoded], p), true
		}
	}
	return any
}

func (a *attribution) better(tip, than int32) bool {
	x, y := a.forest.tips[tip], a.forest.tips[than]
	return cmp.Or(cmp.Compare(x.order, y.order), -cmp.Compare(a.ranks[x.commit], a.ranks[y.commit])) < 0
}

// origin is where a blob's content came to a path with a commit, given what is
// known of it within the file.
func (a *attribution) origin(within *scanner.Origin, path string, commit int32) *scanner.Origin {
	o := *at(within, path)
	o.Commit = a.commit(commit)
	if !a.live[commit] {
		o.Exposed = unreached
	}
	return &o
}

// unreached is who can see what no ref reaches.
const unreached = "git objects that no ref reaches"

// removed is the commit that took a value out of a path for good: the last that
// is no merge, which only passes on what one did, or none. Where a merge did
// not take a side that has the value, it is that.
func (a *attribution) removed(t *track, blobs map[int32][]*scanner.Hit) int32 {
	by := int32(none)
	better := func(c int32) bool {
		if by == none {
			return true
		}
		single, singly := a.log.commits[c].count < 2, a.log.commits[by].count < 2
		return single && !singly || single == singly && a.ranks[c] > a.ranks[by]
	}
	for _, c := range t.changes {
		_, held := blobs[c.old]
		if _, holds := blobs[c.new]; held && !holds && better(c.commit) {
			by = c.commit
		}
	}
	if by != none {
		return by
	}
	for i, c := range t.changes {
		if _, holds := blobs[c.new]; !holds {
			continue
		}
		for _, m := range a.merges {
			for _, p := range a.log.parentsOf(m)[1:] {
				if a.log.commits[p].listed && a.forest.holds(c.commit, p) && !changedBetween(a.forest, t.changes[i+1:], c.commit, p) && (by == none || a.ranks[m] < a.ranks[by]) {
					by = m
				}
			}
		}
	}
	return by
}

// changedBetween reports whether one of the sorted changes below top holds c.
func changedBetween(f *forest, changes []change, top, c int32) bool {
	for _, x := range changes {
		if !f.holds(top, x.commit) {
			return false
		}
		if f.holds(x.commit, c) {
			return true
		}
	}
	return false
}

// beside is the place of a hit that is in no file of a commit: in a message, or
// in what stands at a ref.
func (a *attribution) beside(h *scanner.Hit) scanner.Place {
	o := *h.Origin
	span := h.Span
	p := scanner.Place{Origin: &o, State: scanner.Live, At: &span, Hit: h, Extract: "git cat-file -p " + o.Object}
	id, _ := parseOID(o.Object)
	if n, ok := a.log.commit.find(id); ok && strings.HasPrefix(o.Path, "commit:") {
		o.Commit = a.commit(n)
		if !a.live[n] {
			p.State, o.Exposed = scanner.Deleted, unreached
		}
		return p
	}
	switch kind := a.log.special[o.Path]; {
	case kind.dangling:
		p.State, o.Exposed = scanner.Deleted, unreached
	case kind.tag:
		if text, err := a.peel.read(a.ctx, id); err == nil && text != nil {
			t := parseTag(text)
			t.by.ID, t.by.Rank = o.Object, len(a.log.commits)+1
			o.Commit = &t.by
		}
		fallthrough
	default:
		p.Ref = kind.ref
	}
	return p
}

// commit returns what is known of who made a commit. That it cannot be read is
// an error of the whole attribution.
func (a *attribution) commit(n int32) *scanner.Commit {
	if c := a.who[n]; c != nil {
		return c
	}
	of := a.log.commit.at(n)
	id := a.log.hex(of)
	text, err := a.peel.read(a.ctx, of)
	if err != nil && a.err == nil {
		a.err = err
	}
	c := parseCommit(id, text)
	c.Rank = int(a.ranks[n])
	a.who[n] = c
	return c
}
