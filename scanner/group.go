package scanner

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/rules"
)

// group makes one finding of all hits of one value, owned by the rule that
// says most about it.
func group(hits []*Hit) []Finding {
	numbers := make(map[string]int, len(hits))
	of, sizes := make([]int, len(hits)), []int(nil)
	for i, h := range hits {
		key := h.key()
		n, known := numbers[key]
		if !known {
			n = len(sizes)
			numbers[key] = n
			sizes = append(sizes, 0)
		}
		of[i] = n
		sizes[n]++
	}
	groups, all := make([][]*Hit, len(sizes)), make([]*Hit, len(hits))
	for n, size := range sizes {
		groups[n], all = all[:0:size], all[size:]
	}
	for i, h := range hits {
		groups[of[i]] = append(groups[of[i]], h)
	}
	made := make([]Finding, len(groups))
	order := make([]int, len(groups)) // a finding is large to be moved about
	places, values := make([]Occurrence, len(hits)), make([]string, len(hits))
	for n, hs := range groups {
		f, size := &made[n], len(hs)
		f.Occurrences, f.raw = places[:0:size], values[:0:size] // most have as many
		f.of(hs)
		places, values, order[n] = places[size:], values[size:], n
	}
	slices.SortFunc(order, func(a, b int) int { return compareFindings(&made[a], &made[b]) })
	arrange(made, order)
	number(made)
	return made
}

// arrange puts findings into an order, each of them once, and ends with the order
// that they are in.
func arrange(findings []Finding, order []int) {
	for i, from := range order {
		if from == i {
			continue
		}
		first, at := findings[i], i
		for order[at] != i { // round the circle of those that take one another's place
			from := order[at]
			findings[at], order[at] = findings[from], at
			at = from
		}
		findings[at], order[at] = first, at
	}
}

// of makes the finding that of its hits.
func (f *Finding) of(hits []*Hit) {
	slices.SortFunc(hits, func(a, b *Hit) int { // sources run side by side; the report has one order
		if c := compareOrigins(a.Origin, b.Origin, &a.Span, &b.Span); c != 0 {
			return c
		}
		if c := compareSteps(a.Origin.Step, b.Origin.Step); c != 0 {
			return c
		}
		return cmp.Compare(a.Rule.ID, b.Rule.ID)
	})
	owner := slices.MaxFunc(hits, (*Hit).compare)
	f.Rule, f.Kind, f.Severity, f.Confidence = owner.Rule, owner.Kind, owner.Rule.Severity, owner.Confidence
	f.Secret, f.owner = owner.secret, owner
	for _, h := range hits {
		if h != owner {
			owner.absorb(h)
		}
		if len(f.Identifiers) == 0 {
			f.Identifiers = slices.Clip(h.Identifiers)
		} else {
			f.Identifiers = append(f.Identifiers, h.Identifiers...)
		}
		beside := h.seen()
		f.keepRaw(beside.pieces...)
		f.keepRaw(h.secret.value)
		if f.Excerpt == nil {
			f.Excerpt = beside.excerpt
		}
		f.add(h)
	}
	if len(f.Identifiers) > 1 {
		slices.Sort(f.Identifiers)
		f.Identifiers = slices.Compact(f.Identifiers)
	}
	if len(f.Occurrences) > 1 {
		slices.SortFunc(f.Occurrences, func(a, b Occurrence) int { return compareOccurrences(&a, &b) })
		f.Occurrences = slices.CompactFunc(f.Occurrences, func(a, b Occurrence) bool { return compareOccurrences(&a, &b) == 0 })
	}
	f.Reason = reason(owner)
}

// keepRaw notes forms in which the value was found.
func (f *Finding) keepRaw(values ...string) {
	for _, v := range values {
		if !slices.Contains(f.raw, v) {
			f.raw = append(f.raw, v)
		}
	}
}

// add adds the places of a hit.
func (f *Finding) add(h *Hit) {
	if len(h.Places) == 0 {
		f.Occurrences = append(f.Occurrences, Occurrence{Place: h.place(), Span: h.Span, Encoded: h.Encoded, allowances: h.seen().allowances})
		return
	}
	for _, p := range h.Places {
		at := h.Span
		if p.At != nil {
			at = *p.At
		}
		by := cmp.Or(p.Hit, h)
		p.Hit = nil
		f.Occurrences = append(f.Occurrences, Occurrence{Place: p, Span: at, Encoded: h.Encoded, allowances: by.seen().allowances})
	}
}

// place is where a hit stands that no source attributed: at its origin.
func (h *Hit) place() Place {
	p := Place{Origin: h.Origin, State: Live}
	if h.Origin.Kind == Config || h.Origin.Kind == History {
		p.State = Stateless
	}
	return p
}

func reason(owner *Hit) string {
	text := owner.Reason
	if text == "" {
		text = [...]string{"looks like it", "shape and context agree", "the documented format"}[owner.Rule.Confidence]
		if owner.Rule.Checksum != "" {
			text += ", and the checksum holds"
		}
	}
	if len(owner.also) > 0 {
		slices.Sort(owner.also)
		text += "; also matched by " + strings.Join(owner.also, ", ")
	}
	return text
}

// canonical is the form of a value by which it is the same one elsewhere: of a
// PEM block what it holds, however its lines are broken or escaped.
func canonical(value string) string {
	if !strings.Contains(value, "-----BEGIN ") {
		return value
	}
	out := make([]byte, 0, len(value))
	for i := 0; i < len(value); i++ {
		switch b := value[i]; b {
		case '\\':
			if i+1 < len(value) && (value[i+1] == 'n' || value[i+1] == 'r') {
				i++
			}
		case '+': // of a text that is put together line by line
			if i+1 < len(value) && value[i+1] == '\n' {
				i++
				continue
			}
			out = append(out, b)
		case '\r', '\n', ' ', '\t', '"', ',':
		default:
			out = append(out, b)
		}
	}
	return string(out)
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
	if a != b {
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
		if c := comparePaths(a, b); c != 0 {
			return c
		}
	}
	return cmp.Or(
		cmp.Compare(carried(a, at), carried(b, bt)),
		cmp.Compare(at.Offset, bt.Offset),
		cmp.Compare(at.Length, bt.Length),
	)
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

// Fails reports whether the finding fails a build that asks for at least this
// severity and confidence: secrets alone do.
func (f *Finding) Fails(s rules.Severity, c rules.Confidence) bool {
	return f.Kind == rules.Secret && f.Severity >= s && f.Confidence >= c
}
