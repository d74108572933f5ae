package reporters

import (
	"fmt"
	"io/fs"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// These types are the JSON of the reports, and report.schema.json is their
// contract: fields may be added, never renamed. What is absent is left out.

const schemaVersion = 1

type document struct {
	opening
	Findings []finding `json:"findings"`
	closing
}

type opening struct {
	SchemaVersion int             `json:"schema_version"`
	Tool          tool            `json:"tool"`
	Target        string          `json:"target"`
	Targets       []string        `json:"targets"`
	Images        []scanner.Image `json:"images,omitempty"`
	Complete      bool            `json:"complete"`
}

type closing struct {
	Suppressed int           `json:"suppressed"`
	Hidden     []finding     `json:"suppressed_findings,omitzero"` // nil: nobody asked
	Stale      []suppression `json:"stale,omitempty"`
	Skipped    []skipped     `json:"skipped"`
	Problems   []problem     `json:"problems"`
	Stats      stats         `json:"stats"`
}

type tool struct {
	Name    string `json:"name"`
	Version string `json:"version"`
}

type skipped struct {
	Path   string         `json:"path"`
	Reason scanner.Reason `json:"reason"`
}

type problem struct {
	Where string `json:"where"`
	Error string `json:"error"`
}

type stats struct {
	Bytes     int64 `json:"bytes"`
	Blobs     int64 `json:"blobs"`
	ElapsedMS int64 `json:"elapsed_ms"`
}

type finding struct {
	Fingerprint string           `json:"fingerprint"`
	Rule        string           `json:"rule"`
	Title       string           `json:"title"`
	Kind        rules.Kind       `json:"kind"`
	Severity    rules.Severity   `json:"severity"`
	Confidence  rules.Confidence `json:"confidence"`
	Redacted    string           `json:"redacted"`
	Secret      string           `json:"secret,omitempty"`
	Reason      string           `json:"reason"`
	Identifiers []string         `json:"identifiers,omitempty"`
	Remediation remediation      `json:"remediation,omitzero"`
	Suppression *suppression     `json:"suppression,omitempty"`
	Occurrences []occurrence     `json:"occurrences"`
}

// A suppression is a decision; its times are empty where RFC 3339 cannot write
// them.
type suppression struct {
	Kind    string `json:"kind"`
	Reason  string `json:"reason,omitempty"`
	By      string `json:"by,omitempty"`
	When    string `json:"when,omitempty"`
	Expires string `json:"expires,omitempty"`
	Where   string `json:"where,omitempty"`
}

type remediation struct {
	Revoke string `json:"revoke,omitempty"`
	Where  string `json:"where,omitempty"`
	Check  string `json:"check,omitempty"`
}

type occurrence struct {
	Image         string   `json:"image,omitempty"`
	Platform      string   `json:"platform,omitempty"`
	Path          string   `json:"path,omitempty"`
	Member        string   `json:"member,omitempty"`
	Line          int      `json:"line"`
	Column        int      `json:"column"`
	EndLine       int      `json:"end_line"`
	EndColumn     int      `json:"end_column"`
	Offset        int64    `json:"offset"`
	Length        int64    `json:"length"`
	Encoded       string   `json:"encoded,omitempty"`
	State         string   `json:"state,omitempty"`
	Ref           string   `json:"ref,omitempty"`
	RemovedBy     *removal `json:"removed_by,omitempty"`
	Exposure      string   `json:"exposure"`
	Circle        string   `json:"circle"`
	Mode          string   `json:"mode,omitempty"`
	Owner         string   `json:"owner,omitempty"`
	InheritedFrom string   `json:"inherited_from,omitempty"`
	Layer         *layer   `json:"layer,omitempty"`
	Step          *step    `json:"step,omitempty"`
	Commit        *commit  `json:"commit,omitempty"`
	Object        string   `json:"object,omitempty"`
	AgeDays       *int     `json:"age_days,omitempty"`
	Extract       string   `json:"extract,omitempty"`
	Fix           string   `json:"fix,omitempty"`
	LineHash      string   `json:"line_hash,omitempty"`
}

type removal struct {
	Layer  *layer  `json:"layer,omitempty"`
	Commit *commit `json:"commit,omitempty"`
}

type layer struct {
	Index     int    `json:"index"`
	Digest    string `json:"digest,omitempty"`
	DiffID    string `json:"diff_id,omitempty"`
	CreatedBy string `json:"created_by,omitempty"`
}

type step struct {
	File        string `json:"file"`
	Line        int    `json:"line"`
	EndLine     int    `json:"end_line"`
	Instruction string `json:"instruction"`
	Stage       string `json:"stage,omitempty"`
}

type commit struct {
	ID      string `json:"id"`
	Author  string `json:"author,omitempty"`
	Email   string `json:"email,omitempty"`
	Date    string `json:"date,omitempty"`
	Subject string `json:"subject,omitempty"`
}

func (o Options) opening(r *scanner.Report) opening {
	head := opening{
		SchemaVersion: schemaVersion, Tool: tool{toolName, o.Version},
		Targets: append([]string{}, r.Targets...), Images: r.Images, Complete: r.Complete,
	}
	if len(r.Targets) > 0 {
		head.Target = r.Targets[0]
	}
	return head
}

func (o Options) closing(r *scanner.Report) closing {
	tail := closing{
		Suppressed: r.Suppressed, Skipped: make([]skipped, len(r.Skipped)), Problems: make([]problem, len(r.Problems)),
		Stats: stats(r.Stats),
	}
	if o.ShowSuppressed {
		tail.Hidden = []finding{}
	}
	for i := range r.Stale {
		tail.Stale = append(tail.Stale, *suppressionOf(&r.Stale[i]))
	}
	for i, s := range r.Skipped {
		tail.Skipped[i] = skipped(s)
	}
	for i, p := range r.Problems {
		tail.Problems[i] = problem{p.Where, p.Err}
	}
	return tail
}

func (o Options) finding(f *scanner.Finding) finding {
	out := finding{
		Fingerprint: f.Fingerprint, Rule: f.Rule.ID, Title: f.Rule.Title,
		Kind: f.Kind, Severity: f.Severity, Confidence: f.Confidence,
		Redacted: f.Secret.String(), Reason: f.Reason, Identifiers: f.Identifiers,
		Remediation: remediation(f.Rule.Remediation), Suppression: suppressionOf(f.Suppression), Occurrences: make([]occurrence, len(f.Occurrences)),
	}
	if o.ShowSecrets {
		out.Secret = f.Secret.Reveal()
	}
	for i := range f.Occurrences {
		out.Occurrences[i] = o.occurrence(&f.Occurrences[i])
	}
	return out
}

func (o Options) occurrence(at *scanner.Occurrence) occurrence {
	from, span := at.Origin, at.Span
	out := occurrence{
		Platform: from.Platform, Path: from.Path, Member: from.Member,
		Line: span.Line, Column: span.Column, EndLine: span.EndLine, EndColumn: span.EndColumn,
		Offset: span.Offset, Length: span.Length, Encoded: at.Encoded,
		State: at.State.String(), Ref: at.Ref, Exposure: from.Exposure(), Circle: from.Circle().String(), Owner: from.Owner, InheritedFrom: from.Inherited,
		Layer: layerOf(from.Layer), Commit: commitOf(from.Commit), Object: from.Object, AgeDays: ageDays(o.Now, from),
		Extract: at.Extract, Fix: at.Fix, LineHash: at.LineHash,
	}
	if inImage(from.Kind) {
		out.Image = from.Target
	}
	if from.Mode != 0 || from.Kind == scanner.InLayer {
		out.Mode = octal(from.Mode)
	}
	if s := from.Step; s != nil {
		out.Step = &step{s.File, s.Line, s.EndLine, s.Instruction, s.Stage}
	}
	if at.By != nil {
		out.RemovedBy = &removal{layerOf(at.By.Layer), commitOf(at.By.Commit)}
	}
	return out
}

func layerOf(l *scanner.Layer) *layer {
	if l == nil {
		return nil
	}
	return &layer{l.Index, l.Digest, l.DiffID, l.CreatedBy}
}

func commitOf(c *scanner.Commit) *commit {
	if c == nil {
		return nil
	}
	return &commit{ID: c.ID, Author: c.Author, Email: c.Email, Date: written(c.Date, time.RFC3339), Subject: c.Subject}
}

func suppressionOf(s *scanner.Suppression) *suppression {
	if s == nil {
		return nil
	}
	return &suppression{
		Kind: s.Kind.String(), Reason: s.Reason, By: s.By,
		When: written(s.When, time.RFC3339), Expires: written(s.Expires, time.RFC3339), Where: s.Where,
	}
}

// written is a time in a layout, empty for none and for one that people cannot
// mean: a commit can claim a year that RFC 3339 cannot write.
func written(t time.Time, layout string) string {
	if y := t.Year(); t.IsZero() || y <= 0 || y >= 10_000 {
		return ""
	}
	return t.Format(layout)
}

// octal writes a mode as chmod takes it.
func octal(m fs.FileMode) string {
	bits := uint32(m.Perm())
	for i, special := range []fs.FileMode{fs.ModeSticky, fs.ModeSetgid, fs.ModeSetuid} {
		if m&special != 0 {
			bits |= 0o1000 << i
		}
	}
	return fmt.Sprintf("%04o", bits)
}

// lastFakeYear is the last that reproducible builds stamp on what they make:
// 1970 and 1980 are where their clocks and archive formats start.
const lastFakeYear = 1980

// ageDays is how long ago the content came in, nil where nobody knows.
func ageDays(now time.Time, from *scanner.Origin) *int {
	var since time.Time
	switch {
	case from.Commit != nil:
		since = from.Commit.Date
	case from.Layer != nil:
		since = from.Layer.Created
	}
	days := int(now.Sub(since).Hours() / 24)
	if since.UTC().Year() <= lastFakeYear || days < 0 {
		return nil
	}
	return &days
}
