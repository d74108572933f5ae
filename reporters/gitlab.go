package reporters

import (
	"cmp"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// gitlabReporter writes the report that GitLab takes as
// artifacts:reports:secret_detection. Each of its vulnerabilities has one
// place, so a finding is one for each file that it stands in. What is
// suppressed is left out: GitLab has no word for it. It never writes a secret,
// though the format has a field for it.
type gitlabReporter struct{ Options }

var _ Reporter = gitlabReporter{}

// gitlabVersion is that of the schema; GitLab knows it since 16.4, and within
// 15.0 an older one takes it as the newest that it knows.
const gitlabVersion = "15.0.7"

const (
	mostMessages   = 50
	mostSolution   = 7000 // characters, says the schema
	gitlabTime     = "2006-01-02T15:04:05"
	gitlabNoCommit = "0000000" // what GitLab's own analyzer writes where there is no repository
)

type gitlabDocument struct {
	Version         string       `json:"version"`
	Schema          string       `json:"schema"`
	Scan            gitlabScan   `json:"scan"`
	Vulnerabilities []gitlabVuln `json:"vulnerabilities"`
}

type gitlabScan struct {
	Analyzer gitlabTool      `json:"analyzer"`
	Scanner  gitlabTool      `json:"scanner"`
	Type     string          `json:"type"`
	Start    string          `json:"start_time"`
	End      string          `json:"end_time"`
	Status   string          `json:"status"`
	Messages []gitlabMessage `json:"messages,omitempty"`
}

type gitlabTool struct {
	ID      string       `json:"id"`
	Name    string       `json:"name"`
	URL     string       `json:"url"`
	Version string       `json:"version"`
	Vendor  gitlabVendor `json:"vendor"`
}

type gitlabVendor struct {
	Name string `json:"name"`
}

type gitlabMessage struct {
	Level string `json:"level"`
	Value string `json:"value"`
}

type gitlabVuln struct {
	ID          string             `json:"id"`
	Name        string             `json:"name"`
	Description string             `json:"description"`
	Severity    string             `json:"severity"`
	Solution    string             `json:"solution,omitempty"`
	Identifiers []gitlabIdentifier `json:"identifiers"`
	Links       []gitlabLink       `json:"links,omitempty"`
	Location    gitlabLocation     `json:"location"`
}

type gitlabIdentifier struct {
	Type  string `json:"type"`
	Name  string `json:"name"`
	Value string `json:"value"`
	URL   string `json:"url,omitempty"`
}

type gitlabLink struct {
	URL string `json:"url"`
}

type gitlabLocation struct {
	File      string       `json:"file"`
	StartLine int          `json:"start_line"`
	EndLine   int          `json:"end_line"`
	Commit    gitlabCommit `json:"commit"`
}

type gitlabCommit struct {
	SHA     string `json:"sha"`
	Author  string `json:"author,omitempty"`
	Date    string `json:"date,omitempty"`
	Message string `json:"message,omitempty"`
}

func (g gitlabReporter) Write(w io.Writer, r *scanner.Report) error {
	return writeFilled(w, gitlabDocument{
		Version: gitlabVersion,
		Schema: "https://gitlab.com/gitlab-org/security-products/security-report-schemas/-/raw/v" + gitlabVersion +
			"/dist/secret-detection-report-format.json",
		Scan: g.scan(r), Vulnerabilities: []gitlabVuln{},
	}, list{"vulnerabilities", g.vulnerabilities(r)})
}

func (g gitlabReporter) scan(r *scanner.Report) gitlabScan {
	us := gitlabTool{toolName, toolName, toolURL, g.Version, gitlabVendor{toolName}}
	end := g.Now.Add(time.Duration(r.Stats.ElapsedMS) * time.Millisecond)
	s := gitlabScan{
		Analyzer: us, Scanner: us, Type: "secret_detection", Status: "success",
		Start: g.Now.UTC().Format(gitlabTime), End: end.UTC().Format(gitlabTime),
	}
	if !r.Complete {
		s.Status = "failure"
	}
	say := func(level, text string) { s.Messages = append(s.Messages, gitlabMessage{level, harmless(text)}) }
	for _, p := range r.Problems[:min(len(r.Problems), mostMessages)] {
		say("warn", p.Where+": "+oneLine(p.Err))
	}
	if more := len(r.Problems) - mostMessages; more > 0 {
		say("warn", plural(int64(more), "more problem"))
	}
	if r.Suppressed > 0 {
		say("info", plural(int64(r.Suppressed), "finding")+" suppressed")
	}
	return s
}

func (g gitlabReporter) vulnerabilities(r *scanner.Report) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range r.Findings {
			for _, part := range split(&r.Findings[i]) {
				if !yield(g.vulnerability(part)) {
					return
				}
			}
		}
	}
}

func (g gitlabReporter) vulnerability(r result) gitlabVuln {
	f, first := r.finding, r.places[0]
	id := f.Fingerprint + "\x00" + r.uri
	if inImage(first.Origin.Kind) {
		id += "\x00" + first.Origin.Target
	}
	out := gitlabVuln{
		ID:          correlation(id),
		Name:        fit(oneLine(f.Rule.Title), mostName),
		Description: g.description(r),
		Severity:    gitlabSeverity(f),
		Solution:    fit(solution(f.Rule), mostSolution),
		// The first is what GitLab knows a finding by, together with its place.
		Identifiers: []gitlabIdentifier{{
			Type: "sluice_rule_id", Name: "sluice rule " + harmless(f.Rule.ID), Value: cmp.Or(harmless(f.Rule.ID), "none"),
		}},
		Location: gitlabPlace(first),
	}
	if f.Kind == rules.Secret {
		out.Identifiers = append(out.Identifiers, gitlabIdentifier{
			Type: "cwe", Name: "CWE-798", Value: "798", URL: "https://cwe.mitre.org/data/definitions/798.html",
		})
	}
	for _, reference := range f.Rule.References {
		if isAddress(reference) {
			out.Links = append(out.Links, gitlabLink{reference})
		}
	}
	return out
}

func gitlabSeverity(f *scanner.Finding) string {
	if f.Kind == rules.Identifier {
		return "Info"
	}
	return map[rules.Severity]string{rules.Critical: "Critical", rules.High: "High", rules.Medium: "Medium", rules.Low: "Low"}[f.Severity]
}

// gitlabPlace is where somebody can change it: the instruction that made a
// place in an image, else the place itself.
func gitlabPlace(at *scanner.Occurrence) gitlabLocation {
	out := gitlabLocation{
		File: primaryPath(at.Origin), StartLine: max(at.Span.Line, 1), EndLine: max(at.Span.EndLine, at.Span.Line, 1),
		Commit: gitlabCommit{SHA: gitlabNoCommit},
	}
	if fromStep(at.Origin) {
		out.StartLine, out.EndLine = max(at.Origin.Step.Line, 1), max(at.Origin.Step.EndLine, at.Origin.Step.Line, 1)
	}
	if c := commitOf(at.Origin.Commit); c != nil {
		out.Commit = gitlabCommit{SHA: cmp.Or(c.ID, gitlabNoCommit), Author: c.Author, Date: c.Date, Message: c.Subject}
	}
	return out
}

// description tells a finding in GitLab's markdown.
func (g gitlabReporter) description(r result) string {
	f := r.finding
	text := prose(description(f.Rule)) + "\n\n" + codeSpan(f.Secret.String()) + " in " + codeSpan(position(r.places[0])+", "+describe(r.places[0]))
	if f.Reason != "" {
		text += "\n\nWhy: " + prose(f.Reason) + "."
	}
	if days := ageDays(g.Now, r.places[0].Origin); days != nil {
		text += "\n\nIt came in " + ago(*days) + "."
	}
	for i, at := range r.places[1:min(len(r.places), mostPlaces)] {
		if i == 0 {
			text += "\n\nAlso in:\n"
		}
		text += "\n- " + codeSpan(position(at)+", "+describe(at))
	}
	if more := len(r.places) - mostPlaces; more > 0 {
		text += fmt.Sprintf("\n- and %s more", plural(int64(more), "place"))
	}
	return text
}

// solution is what to do, in sentences.
func solution(r *rules.Rule) string {
	if r.Kind == rules.Identifier {
		return oneLine(r.Remediation.Revoke)
	}
	parts := []string{cmp.Or(oneLine(r.Remediation.Revoke), revokeFirst), oneLine(r.Remediation.Where), oneLine(r.Remediation.Check), removeThen}
	return strings.Join(strings.Fields(strings.Join(parts, " ")), " ")
}
