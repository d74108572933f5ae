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
	groups := map[string][]*Hit{}
	for _, h := range hits {
		key := h.key()
		groups[key] = append(groups[key], h)
	}
	sorted := make([]*Finding, 0, len(groups)) // a finding is large to be moved about
	for _, hs := range groups {
		sorted = append(sorted, finding(hs))
	}
	slices.SortFunc(sorted, compareFindings)
	findings := make([]Finding, len(sorted))
	for i, f := range sorted {
		findings[i] = *f
	}
	number(findings)
	return findings
}

func finding(hits []*Hit) *Finding {
	slices.SortFunc(hits, func(a, b *Hit) int { // sources run side by side; the report has one order
		return cmp.Or(compareOccurrences(a.origin(), b.origin()), cmp.Compare(a.Rule.ID, b.Rule.ID))
	})
	owner := slices.MaxFunc(hits, (*Hit).compare)
	f := &Finding{
		Rule: owner.Rule, Kind: owner.Kind, Severity: owner.Rule.Severity, Confidence: owner.Confidence, Secret: owner.secret,
		owner: owner,
	}
	for _, h := range hits {
		if h != owner {
			owner.absorb(h)
		}
		f.Identifiers = append(f.Identifiers, h.Identifiers...)
		for _, v := range append(h.pieces, h.secret.value) {
			if !slices.Contains(f.raw, v) {
				f.raw = append(f.raw, v)
			}
		}
		if f.Excerpt == nil {
			f.Excerpt = h.excerpt
		}
		for _, p := range h.places() {
			at := h.Span
			if p.At != nil {
				at = *p.At
			}
			by := cmp.Or(p.Hit, h)
			p.Hit = nil
			f.Occurrences = append(f.Occurrences, Occurrence{Place: p, Span: at, Encoded: h.Encoded, allowances: by.allowances})
		}
	}
	slices.Sort(f.Identifiers)
	f.Identifiers = slices.Compact(f.Identifiers)
	slices.SortFunc(f.Occurrences, compareOccurrences)
	f.Occurrences = slices.CompactFunc(f.Occurrences, func(a, b Occurrence) bool { return compareOccurrences(a, b) == 0 })
	f.Reason = reason(owner)
	return f
}

func (h *Hit) origin() Occurrence { return Occurrence{Place: Place{Origin: h.Origin}, Span: h.Span} }

// places returns where the hit stands; one that no source attributed stands at
// its origin.
func (h *Hit) places() []Place {
	if len(h.Places) > 0 {
		return h.Places
	}
	p := Place{Origin: h.Origin, State: Live}
	if h.Origin.Kind == Config || h.Origin.Kind == History {
		p.State = Stateless
	}
	return []Place{p}
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
	return pemNoise.Replace(value)
}

var pemNoise = strings.NewReplacer(`\r`, "", `\n`, "", "\r", "", "\n", "", " ", "", "\t", "", `\`, "", `"`, "", "+\n", "", ",", "")

func compareFindings(a, b *Finding) int {
	return cmp.Or(
		cmp.Compare(a.Kind, b.Kind),
		cmp.Compare(b.Severity, a.Severity),
		cmp.Compare(b.Confidence, a.Confidence),
		compareOccurrences(a.Occurrences[0], b.Occurrences[0]),
		cmp.Compare(a.Rule.ID, b.Rule.ID),
		cmp.Compare(a.Secret.Reveal(), b.Secret.Reveal()),
	)
}

// compareOccurrences orders a chain: target by target, what made the content
// before what holds it, lower layers and earlier commits first.
func compareOccurrences(a, b Occurrence) int {
	return cmp.Or(
		cmp.Compare(a.Origin.Target, b.Origin.Target),
		cmp.Compare(a.Origin.Platform, b.Origin.Platform),
		cmp.Compare(link(a.Origin.Kind), link(b.Origin.Kind)),
		cmp.Compare(layerIndex(a.Origin), layerIndex(b.Origin)),
		cmp.Compare(rank(a.Origin), rank(b.Origin)),
		natural(a.Origin.FullPath(), b.Origin.FullPath()),
		cmp.Compare(carried(a), carried(b)),
		cmp.Compare(a.Span.Offset, b.Span.Offset),
		cmp.Compare(a.Span.Length, b.Span.Length),
		cmp.Compare(a.State, b.State),
		compareSteps(a.Origin.Step, b.Origin.Step),
	)
}

// carried is 1 for content that an instruction took from elsewhere, and 0 for
// what stands in the instruction itself: it came in there.
func carried(o Occurrence) int {
	s := o.Origin.Step
	if s == nil || s.File == o.Origin.FullPath() && s.Line <= o.Span.Line && o.Span.Line <= s.EndLine {
		return 0
	}
	return 1
}

func compareSteps(a, b *Step) int {
	if a == nil || b == nil {
		return cmp.Compare(map[bool]int{true: 1}[a != nil], map[bool]int{true: 1}[b != nil])
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
	for n < len(s) && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return n
}

// Fails reports whether the finding fails a build that asks for at least this
// severity and confidence: secrets alone do.
func (f *Finding) Fails(s rules.Severity, c rules.Confidence) bool {
	return f.Kind == rules.Secret && f.Severity >= s && f.Confidence >= c
}
