package git

import (
	"cmp"
	"slices"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A reading is all that a path says of how a file there is read and judged. One
// content may stand at many: a test's in one folder, and in another what opens a
// door.
type reading struct {
	judged      scanner.Reading
	manifest    bool
	interpreted bool
}

// A readings works out how paths are read, each once. It is for one goroutine.
type readings struct {
	judge       scanner.Judge // nil where the sink is none
	interpreter source.Interpreter
	of          map[string]reading // by the path as reports show it
	several     map[int32]bool     // blobs that are read as more than one thing
}

func newReadings(sink scanner.Sink, i source.Interpreter) *readings {
	judge, _ := sink.(scanner.Judge)
	return &readings{judge: judge, interpreter: i, of: map[string]reading{}, several: map[int32]bool{}}
}

func (r *readings) at(path string) reading {
	known, ok := r.of[path]
	if !ok {
		known.manifest = source.MayBeManifest(path)
		known.interpreted = r.interpreter != nil && r.interpreter.Reads(path)
		if r.judge != nil {
			known.judged = r.judge.Reading(path)
		}
		r.of[path] = known
	}
	return known
}

// A claim is a blob to read, and the path that it is read under.
type claim struct{ blob, path int32 }

// claimed returns what is to be read, path by path, and the versions of one in
// the order in which they were met, the newest first. Paths are ordered from their
// ends, as git looks for what a file could be a delta of: files of one name come
// together.
func (h *history) claimed() []claim {
	var all []claim
	for i := range h.blobs {
		if b := &h.blobs[i]; b.claimed {
			all = append(all, claim{int32(i), b.path})
		}
	}
	all = append(all, h.elsewhere()...)
	rank := h.byEnds()
	slices.SortFunc(all, func(a, b claim) int {
		return cmp.Or(cmp.Compare(rank[a.path], rank[b.path]), cmp.Compare(a.blob, b.blob))
	})
	return all
}

// byEnds ranks the paths from their last bytes on.
func (h *history) byEnds() []int32 {
	order, rank := make([]int32, len(h.paths)), make([]int32, len(h.paths))
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortFunc(order, func(a, b int32) int { return compareEnds(h.paths[a], h.paths[b]) })
	for i, path := range order {
		rank[path] = int32(i)
	}
	return rank
}

// compareEnds compares two texts from their last byte on.
func compareEnds(a, b string) int {
	n := min(len(a), len(b))
	for i := 1; i <= n; i++ {
		if x, y := a[len(a)-i], b[len(b)-i]; x != y {
			return int(x) - int(y)
		}
	}
	return len(a) - len(b)
}

// elsewhere returns the blobs that are something else at another path than where
// they were first met, once for each thing.
func (h *history) elsewhere() []claim {
	type meaning struct {
		blob int32
		reading
	}
	var more []claim
	known := map[meaning]bool{}
	for c := range h.changes.all() {
		if c.new == none || h.blobs[c.new].path == c.path || !h.blobs[c.new].claimed || h.blobs[c.new].note {
			continue
		}
		m := meaning{c.new, h.readings.at(valid(h.paths[c.path]))}
		if known[m] || m.reading == h.readings.at(valid(h.paths[h.blobs[c.new].path])) {
			continue
		}
		known[m], h.readings.several[c.new] = true, true
		more = append(more, claim{c.new, c.path})
	}
	return more
}

// read returns those of the hits that are ones at a path: a blob that is read as
// more than one thing has others elsewhere.
func (a *attribution) read(path int32, blobs map[int32][]*scanner.Hit) map[int32][]*scanner.Hit {
	r := a.log.readings
	if len(r.several) == 0 {
		return blobs
	}
	here := r.at(valid(a.log.paths[path]))
	there := make(map[int32][]*scanner.Hit, len(blobs))
	for b, hits := range blobs {
		if r.several[b] {
			hits = slices.DeleteFunc(slices.Clone(hits), func(h *scanner.Hit) bool { return r.at(h.Origin.Path) != here })
		}
		if len(hits) > 0 {
			there[b] = hits
		}
	}
	return there
}
