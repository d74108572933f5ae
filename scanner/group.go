package scanner

import (
	"cmp"
	"hash/maphash"
	"math/bits"
	"slices"
	"strings"

	"github.com/sourcegraph/conc"

	"github.com/sluice-sec/sluice/rules"
)

// group makes the findings of a report of its hits, and what masks their values in
// it.
func group(hits []*Hit) ([]Finding, *masker) {
	findings, keys := gather(hits)
	var m *masker
	var side conc.WaitGroup // what depends on nothing else here takes its time where there is much
	side.Go(func() {
		m = newMasker(findings)
		m.origins(findings)
	})
	side.Go(func() { hash(findings, keys) })
	order := orderOf(findings)
	side.Wait()
	arrange(findings, order) // a finding is large to be moved about
	number(findings)
	return findings, m
}

// gather makes one finding of all hits of one value, owned by the rule that
// says most about it. The keys are those of the findings.
func gather(hits []*Hit) (made []Finding, keys []string) {
	numbers := newNumbering(len(hits))
	of, sizes := make([]int, len(hits)), make([]int, len(hits))
	for i, h := range hits {
		n := numbers.of(h.key())
		of[i] = n
		sizes[n]++
	}
	keys = numbers.keys
	sizes = sizes[:len(keys)]
	groups, all := make([][]*Hit, len(sizes)), make([]*Hit, len(hits))
	for n, size := range sizes {
		groups[n], all = all[:0:size], all[size:]
	}
	for i, h := range hits {
		groups[of[i]] = append(groups[of[i]], h)
	}
	made = make([]Finding, len(groups))
	places, values := make([]Occurrence, len(hits)), make([]string, len(hits))
	half, cut := len(groups)/2, 0
	for _, size := range sizes[:half] {
		cut += size
	}
	var side conc.WaitGroup
	side.Go(func() { fill(made[half:], groups[half:], places[cut:], values[cut:]) })
	fill(made[:half], groups[:half], places[:cut], values[:cut])
	side.Wait()
	return made, keys
}

// A numbering numbers keys as they first come, from 0. There are many, and most come
// once.
type numbering struct {
	keys  []string
	slots []uint32 // by the low bits of a hash, or behind: the number and one more
	seed  maphash.Seed
}

// newNumbering returns one for so many keys at most.
func newNumbering(most int) *numbering {
	return &numbering{keys: make([]string, 0, most), slots: make([]uint32, 2<<bits.Len(uint(most))), seed: maphash.MakeSeed()}
}

func (n *numbering) of(key string) int {
	for at := maphash.String(n.seed, key); ; at++ {
		slot := &n.slots[at&uint64(len(n.slots)-1)]
		if *slot == 0 {
			n.keys = append(n.keys, key)
			*slot = uint32(len(n.keys))
		}
		if number := int(*slot - 1); n.keys[number] == key {
			return number
		}
	}
}

// fill makes findings those of groups of hits, in room for as many occurrences and
// values as there are hits, which is what most have.
func fill(findings []Finding, groups [][]*Hit, places []Occurrence, values []string) {
	for n, hs := range groups {
		f, size := &findings[n], len(hs)
		f.Occurrences, f.raw = places[:0:size], values[:0:size]
		f.of(hs)
		places, values = places[size:], values[size:]
	}
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
	owner := hits[0]
	if len(hits) > 1 {
		slices.SortFunc(hits, func(a, b *Hit) int { // sources run side by side; the report has one order
			if c := compareOrigins(a.Origin, b.Origin, &a.Span, &b.Span); c != 0 {
				return c
			}
			if c := compareSteps(a.Origin.Step, b.Origin.Step); c != 0 {
				return c
			}
			return cmp.Compare(a.Rule.ID, b.Rule.ID)
		})
		owner = slices.MaxFunc(hits, (*Hit).compare)
	}
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
		if beside := h.around; beside != nil {
			f.keepRaw(beside.pieces...)
			if f.Excerpt == nil {
				f.Excerpt = beside.excerpt
			}
		}
		f.keepRaw(h.secret.value)
		f.add(h)
	}
	if len(f.Identifiers) > 1 {
		slices.Sort(f.Identifiers)
		f.Identifiers = slices.Compact(f.Identifiers)
	}
	f.Occurrences = distinct(f.Occurrences)
	f.Reason = reason(owner)
}

// distinct puts occurrences in order and leaves one of those that are no different.
// Those of hits that are in order most often are, and to ask moves none.
func distinct(all []Occurrence) []Occurrence {
	for i := range all[:max(0, len(all)-1)] {
		if compareOccurrences(&all[i], &all[i+1]) >= 0 {
			slices.SortFunc(all, func(a, b Occurrence) int { return compareOccurrences(&a, &b) })
			return slices.CompactFunc(all, func(a, b Occurrence) bool { return compareOccurrences(&a, &b) == 0 })
		}
	}
	return all
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
		f.Occurrences = append(f.Occurrences, Occurrence{Span: h.Span, Encoded: h.Encoded})
		at := &f.Occurrences[len(f.Occurrences)-1]
		at.Origin, at.State = h.Origin, h.state()
		if h.around != nil {
			at.allowances = h.around.allowances
		}
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

// state is that of a hit which no source attributed, at its origin.
func (h *Hit) state() State {
	if h.Origin.Kind == Config || h.Origin.Kind == History {
		return Stateless
	}
	return Live
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
	var out strings.Builder
	out.Grow(len(value))
	all := breaksOf(value, breaksBlock)
	for start, i := 0, 0; ; start = i {
		i = all.next(i)
		if i == len(value) {
			out.WriteString(value[start:])
			return out.String()
		}
		line, next := value[start:i], byte(0)
		if value[i] == '\n' {
			line = strings.TrimSuffix(line, "+") // of a text that is put together line by line
		}
		out.WriteString(line)
		b := value[i]
		if i++; i < len(value) {
			next = value[i]
		}
		if b == '\\' && (next == 'n' || next == 'r') {
			i++
		}
	}
}

// breaksBlock are the bytes that the lines of a PEM block may be broken or escaped
// with.
const breaksBlock = "\n\\\r \t\","

// Fails reports whether the finding fails a build that asks for at least this
// severity and confidence: secrets alone do.
func (f *Finding) Fails(s rules.Severity, c rules.Confidence) bool {
	return f.Kind == rules.Secret && f.Severity >= s && f.Confidence >= c
}
