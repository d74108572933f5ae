package reporters

import (
	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/sluice-sec/sluice/scanner"
)

// mostSteps bounds the links of a code flow and the related locations of one
// result; what is past it stands in results of its own or in JSON.
const mostSteps = 24

// primary is the one location that GitHub shows. Where the instruction is
// known that put a file into an image, that is the line that somebody can
// change, and the only one a pull request can show.
func primary(at *scanner.Occurrence) *sarif.Location {
	if fromStep(at.Origin) {
		return stepLocation(at.Origin.Step)
	}
	return location(at)
}

// fromStep reports whether the instruction that made it stands elsewhere.
func fromStep(o *scanner.Origin) bool { return o.Step != nil && inImage(o.Kind) }

func primaryPath(o *scanner.Origin) string {
	if fromStep(o) {
		return treePath(o.Step.File)
	}
	return artifactPath(o)
}

func location(at *scanner.Occurrence) *sarif.Location {
	file := &sarif.ArtifactLocation{URI: to(artifactURI(at.Origin))}
	if at.Origin.Kind == scanner.File || inHead(&at.Place) {
		file.URIBaseId = to(srcRoot)
	}
	return &sarif.Location{PhysicalLocation: &sarif.PhysicalLocation{ArtifactLocation: file, Region: region(at.Span)}}
}

// region is a span; both end their columns before the one they name.
func region(s scanner.Span) *sarif.Region {
	r := &sarif.Region{StartLine: to(max(s.Line, 1)), StartColumn: to(max(s.Column, 1))}
	if s.EndLine >= s.Line && s.EndColumn > 0 {
		r.EndLine, r.EndColumn = to(max(s.EndLine, 1)), to(s.EndColumn)
	}
	return r
}

func stepLocation(s *scanner.Step) *sarif.Location {
	return &sarif.Location{PhysicalLocation: &sarif.PhysicalLocation{
		ArtifactLocation: &sarif.ArtifactLocation{URI: to(escape(treePath(s.File))), URIBaseId: to(srcRoot)},
		Region:           &sarif.Region{StartLine: to(max(s.Line, 1)), StartColumn: to(1), EndLine: to(max(s.Line, s.EndLine, 1))},
	}}
}

// related are the places of a result other than its primary location, with
// the ids from 1 that its message links to.
func related(r result) []*sarif.Location {
	places := r.places
	if !fromStep(places[0].Origin) {
		places = places[1:]
	}
	var all []*sarif.Location
	for i, at := range places[:min(len(places), mostSteps)] {
		l := location(at)
		l.Id = to(uint(i + 1))
		l.Message = message(describe(at))
		all = append(all, l)
	}
	return all
}

// flow is the way of the finding, link by link: the instruction or the commit
// that brought it in, the places in that order, and what removed each. Nothing is drawn
// for a finding that has one link.
func flow(r result) []*sarif.CodeFlow {
	var links []*sarif.ThreadFlowLocation
	add := func(l *sarif.Location, text string) {
		l.Message = message(text)
		links = append(links, &sarif.ThreadFlowLocation{Location: l})
	}
	var last *scanner.Commit
	for _, at := range way(r) {
		if fromStep(at.Origin) {
			add(stepLocation(at.Origin.Step), oneLine(at.Origin.Step.Instruction))
		}
		if at.Origin.Kind == scanner.InCommit {
			if c := at.Origin.Commit; c != nil && (last == nil || last.ID != c.ID) {
				add(location(at), "brought in by "+brought(at.Origin))
				last = c
			}
			add(location(at), stands(at))
			if at.State == scanner.Deleted {
				add(location(at), end(&at.Place))
			}
			continue
		}
		text := whence(at.Origin)
		if l := at.Origin.Layer; l != nil && l.CreatedBy != "" {
			text += ": " + inHistory(at.Origin)
		}
		add(location(at), text)
		if at.State == scanner.Overwritten || at.State == scanner.Deleted {
			add(location(at), end(&at.Place))
		}
	}
	if len(links) < 2 {
		return nil
	}
	return []*sarif.CodeFlow{{ThreadFlows: []*sarif.ThreadFlow{{Locations: links}}}}
}

// brought names a commit with who made it and what it says.
func brought(o *scanner.Origin) string {
	text := commitName(o) + authorship(o.Commit)
	if subject := oneLine(o.Commit.Subject); subject != "" {
		text += ": " + subject
	}
	return text
}

// stands says where in a repository a place is: "the git history, live at HEAD".
func stands(at *scanner.Occurrence) string {
	text := "the " + at.Origin.Exposure()
	if at.Origin.Object != "" {
		text += ", object " + short(at.Origin.Object)
	}
	if at.State == scanner.Live {
		text += ", " + fate(&at.Place)
	}
	return text
}

// end says what removed content, and by which instruction.
func end(p *scanner.Place) string {
	text := fate(p)
	if by := p.By; by != nil && by.Layer != nil && by.Layer.CreatedBy != "" {
		text += ": " + madeBy(by.Layer)
	}
	return text
}

// way is the chain of a finding as one of its results tells it: all of it, or
// of a long one where it came in and the places in this file.
func way(r result) []*scanner.Occurrence {
	all := r.finding.Occurrences
	if len(all) > mostSteps {
		first := &all[0]
		if r.places[0] == first {
			return r.places[:min(len(r.places), mostSteps)]
		}
		return append([]*scanner.Occurrence{first}, r.places[:min(len(r.places), mostSteps-1)]...)
	}
	chain := make([]*scanner.Occurrence, len(all))
	for i := range all {
		chain[i] = &all[i]
	}
	return chain
}
