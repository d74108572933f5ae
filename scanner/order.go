package scanner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/rules"
)

// A standing is what decides first where a finding comes among those of its class:
// there are many, and to fetch one costs more than to compare it.
type standing struct {
	head   uint64
	offset int64
	at     int // its index
}

func (a standing) compare(b standing) int {
	switch {
	case a.head != b.head:
		return cmp.Compare(a.head, b.head)
	case a.offset != b.offset:
		return cmp.Compare(a.offset, b.offset)
	}
	return 0
}

// orderOf returns the order that findings come in, by their indexes.
func orderOf(findings []Finding) []int {
	ranks := ranksOf(findings)
	var from [classCount + 1]int // where each class begins
	for i := range findings {
		from[findings[i].class()+1]++
	}
	for class := range classCount {
		from[class+1] += from[class]
	}
	all, next := make([]standing, len(findings)), from
	var origin *Origin
	var rank uint64
	for i := range findings {
		f := &findings[i]
		first := &f.Occurrences[0]
		if first.Origin != origin { // one of many in it
			origin, rank = first.Origin, uint64(ranks[first.Origin])
		}
		at := &next[f.class()]
		all[*at] = standing{head: rank<<1 | uint64(carried(origin, &first.Span)), offset: first.Span.Offset, at: i}
		*at++
	}
	for class := range classCount { // in most of which all are in their order
		slices.SortFunc(all[from[class]:from[class+1]], func(a, b standing) int {
			if c := a.compare(b); c != 0 {
				return c
			}
			return compareFindings(&findings[a.at], &findings[b.at])
		})
	}
	order := make([]int, len(all))
	for i := range all {
		order[i] = all[i].at
	}
	return order
}

const (
	severities  = int(rules.Critical) + 1
	confidences = int(rules.Certain) + 1
	classCount  = (int(rules.Identifier) + 1) * severities * confidences
)

// class is what parts findings before their places do, the first of a report first.
func (f *Finding) class() int {
	return (int(f.Kind)*severities+int(rules.Critical-f.Severity))*confidences + int(rules.Certain-f.Confidence)
}

// ranksOf numbers the origins that findings came in at in their order; those that
// are no different have one number.
func ranksOf(findings []Finding) map[*Origin]int {
	ranks := map[*Origin]int{}
	var all []*Origin
	for i := range findings {
		o := findings[i].Occurrences[0].Origin
		if len(all) > 0 && all[len(all)-1] == o {
			continue
		}
		if _, known := ranks[o]; !known {
			ranks[o] = 0
			all = append(all, o)
		}
	}
	slices.SortFunc(all, compareStreams)
	for i, o := range all {
		if i > 0 {
			if ranks[o] = ranks[all[i-1]]; compareStreams(all[i-1], o) != 0 {
				ranks[o]++
			}
		}
	}
	return ranks
}

// The comparisons stop at the first difference, since most of what follows it is
// dear: a report sorts as many as there are secrets.
func compareFindings(a, b *Finding) int {
	if c := cmp.Or(cmp.Compare(a.Kind, b.Kind), cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Confidence, a.Confidence)); c != 0 {
		return c
	}
	if c := compareOccurrences(&a.Occurrences[0], &b.Occurrences[0]); c != 0 {
		return c
	}
	return cmp.Or(cmp.Compare(a.Rule.ID, b.Rule.ID), cmp.Compare(a.Secret.Reveal(), b.Secret.Reveal()))
}

func compareOccurrences(a, b *Occurrence) int {
	if c := compareOrigins(a.Origin, b.Origin, &a.Span, &b.Span); c != 0 {
		return c
	}
	if c := cmp.Compare(a.State, b.State); c != 0 {
		return c
	}
	return compareSteps(a.Origin.Step, b.Origin.Step)
}

// compareOrigins orders a chain: target by target, what made the content before
// what holds it, lower layers and earlier commits first, then by the place.
func compareOrigins(a, b *Origin, at, bt *Span) int {
	if c := compareStreams(a, b); c != 0 {
		return c
	}
	return cmp.Or(
		cmp.Compare(carried(a, at), carried(b, bt)),
		cmp.Compare(at.Offset, bt.Offset),
		cmp.Compare(at.Length, bt.Length),
	)
}

// compareStreams is compareOrigins without the place.
func compareStreams(a, b *Origin) int {
	if a == b {
		return 0
	}
	if c := cmp.Compare(a.Target, b.Target); c != 0 {
		return c
	}
	if c := cmp.Compare(a.Platform, b.Platform); c != 0 {
		return c
	}
	c := cmp.Or(cmp.Compare(link(a.Kind), link(b.Kind)), cmp.Compare(layerIndex(a), layerIndex(b)), cmp.Compare(rank(a), rank(b)))
	if c != 0 {
		return c
	}
	return comparePaths(a, b)
}

// comparePaths compares full paths, of most of which it makes none.
func comparePaths(a, b *Origin) int {
	switch {
	case a.Member == "" && b.Member == "":
		return natural(a.Path, b.Path)
	case a.Path == b.Path && a.Member != "" && b.Member != "":
		return natural(a.Member, b.Member)
	}
	return natural(a.FullPath(), b.FullPath())
}

// carried is 1 for content that an instruction took from elsewhere, and 0 for
// what stands in the instruction itself: it came in there.
func carried(o *Origin, at *Span) int {
	s := o.Step
	if s == nil || s.File == o.FullPath() && s.Line <= at.Line && at.Line <= s.EndLine {
		return 0
	}
	return 1
}

func compareSteps(a, b *Step) int {
	switch {
	case a == b:
		return 0
	case a == nil || b == nil:
		return compareBool(a != nil, b != nil)
	}
	return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line))
}

func link(k OriginKind) int {
	switch k {
	case InLayer:
		return 1
	case Config:
		return 2
	case Blob:
		return 3
	}
	return 0
}

func layerIndex(o *Origin) int {
	if o.Layer == nil || o.Kind != InLayer {
		return -1
	}
	return o.Layer.Index
}

// rank is 0 for what no commit holds yet: it would stand in the next one.
func rank(o *Origin) int {
	if o.Commit == nil {
		return 0
	}
	return o.Commit.Rank
}

// natural compares paths so that history[4] goes before history[10].
func natural(a, b string) int {
	same, n := 0, min(len(a), len(b))
	for same < n && a[same] == b[same] {
		same++
	}
	for same > 0 && digit(a[same-1]) { // a number counts as a whole
		same--
	}
	a, b = a[same:], b[same:]
	for a != "" && b != "" {
		x, y := digits(a), digits(b)
		if x > 0 && y > 0 {
			m, n := strings.TrimLeft(a[:x], "0"), strings.TrimLeft(b[:y], "0")
			if c := cmp.Or(cmp.Compare(len(m), len(n)), cmp.Compare(m, n), cmp.Compare(x, y)); c != 0 {
				return c
			}
			a, b = a[x:], b[y:]
			continue
		}
		if a[0] != b[0] {
			return cmp.Compare(a[0], b[0])
		}
		a, b = a[1:], b[1:]
	}
	return cmp.Compare(len(a), len(b))
}

func digits(s string) int {
	n := 0
	for n < len(s) && digit(s[n]) {
		n++
	}
	return n
}

func digit(b byte) bool { return b >= '0' && b <= '9' }
