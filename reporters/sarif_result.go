package reporters

import (
	"fmt"
	"strings"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// A result is a finding in one file: GitHub shows the first location of a
// result and no other.
type result struct {
	finding *scanner.Finding
	uri     string
	places  []*scanner.Occurrence // in the order of the finding
}

// resultsOf are the results of all findings, those that are suppressed last.
func resultsOf(r *scanner.Report) []result {
	var all []result
	for _, findings := range [][]scanner.Finding{r.Findings, r.Hidden} {
		for i := range findings {
			all = append(all, split(&findings[i])...)
		}
	}
	return all
}

// split parts a finding by file. The same path of two images is two files.
func split(f *scanner.Finding) []result {
	type file struct{ target, uri string }
	at := map[file]int{}
	var parts []result
	for i := range f.Occurrences {
		o := &f.Occurrences[i]
		key := file{uri: escape(primaryPath(o.Origin))}
		if inImage(o.Origin.Kind) {
			key.target = o.Origin.Target
		}
		n, known := at[key]
		if !known {
			n = len(parts)
			at[key] = n
			parts = append(parts, result{finding: f, uri: key.uri})
		}
		parts[n].places = append(parts[n].places, o)
	}
	return parts
}

// render makes SARIF of a result. Its kind stays unset, which is "fail": any
// other demands the level "none".
func (l *sarifLog) render(r result) any {
	f, first := r.finding, r.places[0]
	out := &sarif.Result{
		RuleID:          to(f.Rule.ID),
		RuleIndex:       to(uint(l.index[f.Rule.ID])),
		Level:           to(level(f.Kind, f.Severity)),
		CorrelationGuid: to(correlation(f.Fingerprint)),
		Locations:       []*sarif.Location{primary(first)},
		PartialFingerprints: map[string]any{
			"sluice/v1": f.Fingerprint,
		},
	}
	if hash := lineHash(f, r.uri, first); hash != "" {
		out.PartialFingerprints["primaryLocationLineHash"] = hash
	}
	if !l.bare {
		out.RelatedLocations = related(r)
		out.CodeFlows = flow(r)
	}
	out.Message = *l.message(r, len(out.RelatedLocations))
	out.Properties = l.resultProperties(r)
	if s := f.Suppression; s != nil {
		return suppressedResult{out, []sarifSuppression{suppressedBy(s)}}
	}
	return out
}

// A suppressedResult has its suppressions in the place of the library's, which
// writes null for what is absent.
type suppressedResult struct {
	*sarif.Result
	Suppressions []sarifSuppression `json:"suppressions"`
}

type sarifSuppression struct {
	Kind          string           `json:"kind"`
	Status        string           `json:"status"`
	Justification string           `json:"justification,omitempty"`
	Properties    sarif.Properties `json:"properties"`
}

// suppressedBy is a decision as SARIF knows it (3.35): in the source, or beside
// it.
func suppressedBy(s *scanner.Suppression) sarifSuppression {
	kind := "external"
	if s.Kind == scanner.Inline {
		kind = "inSource"
	}
	return sarifSuppression{kind, "accepted", harmless(s.Reason), sarif.Properties{"decision": suppressionOf(s)}}
}

// message says what was found and where, in words that make sense beside the
// location, and links to the related locations.
func (l *sarifLog) message(r result, links int) *sarif.Message {
	f, first := r.finding, r.places[0]
	text := f.Rule.Title
	if shown := f.Secret.String(); shown != "" {
		text += " " + shown
	}
	text += " in " + describe(first) + "."
	if f.Reason != "" {
		text += " Why: " + oneLine(f.Reason) + "."
	}
	if first.Fix != "" {
		text += " Write instead: " + oneLine(first.Fix) + "."
	}
	if f.Kind == rules.Identifier {
		text += " An identifier opens nothing by itself."
	}
	m := message(text)
	if links > 0 {
		var named []string
		for id := range min(links, mostLinks) {
			named = append(named, fmt.Sprintf("[here](%d)", id+1))
		}
		*m.Text += " Also " + strings.Join(named, ", ") + "."
	}
	return m
}

// mostLinks is how many related locations a message links to.
const mostLinks = 3

func (l *sarifLog) resultProperties(r result) sarif.Properties {
	f := r.finding
	p := sarif.Properties{
		"kind": f.Kind, "severity": f.Severity, "confidence": f.Confidence,
		"places":     len(f.Occurrences),
		"occurrence": l.occurrence(r.places[0]),
	}
	if len(f.Identifiers) > 0 {
		p["identifiers"] = f.Identifiers
	}
	return p
}

// describe says where a place is, and what became of it.
func describe(at *scanner.Occurrence) string {
	text := whence(at.Origin)
	if at.Encoded != "" {
		text += ", in " + at.Encoded
	}
	if at.State == scanner.Overwritten || at.State == scanner.Deleted || at.State == scanner.Live && at.Ref != "" {
		text += ", " + fate(&at.Place)
	}
	return text
}

// whence says what an origin is part of.
func whence(o *scanner.Origin) string {
	var text string
	switch {
	case o.Kind == scanner.InLayer && o.Layer != nil:
		text = layerName(o.Layer)
	case o.Kind == scanner.Blob:
		text = "an attestation or artifact"
	case o.Commit != nil:
		text = commitName(o) + authorship(o.Commit)
	default:
		text = "the " + o.Exposure()
	}
	if inImage(o.Kind) {
		text += " of " + o.Target
		if o.Platform != "" {
			text += " (" + o.Platform + ")"
		}
	}
	if o.Inherited != "" {
		text += ", inherited from " + o.Inherited
	}
	return text
}
