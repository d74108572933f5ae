package reporters

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// csvReporter writes RFC 4180 for spreadsheets: a header, then a row for each
// place of each finding. It never writes a secret. What was not read it cannot
// say: that stands in the other formats and the exit status.
type csvReporter struct{ Options }

var _ Reporter = csvReporter{}

// csvHeader names the columns; new ones are added at the end.
var csvHeader = [...]string{
	"fingerprint", "rule", "title", "kind", "severity", "confidence", "redacted", "reason",
	"target", "image", "platform", "path", "line", "column", "end_line", "end_column", "encoded",
	"state", "ref", "exposure", "circle", "age_days",
	"commit", "author", "date", "removed_by", "layer", "step", "revoke", "suppressed",
}

func (c csvReporter) Write(w io.Writer, r *scanner.Report) error {
	out := csv.NewWriter(w)
	out.UseCRLF = true
	if err := out.Write(csvHeader[:]); err != nil {
		return err
	}
	groups := [][]scanner.Finding{r.Findings}
	if c.ShowSuppressed {
		groups = append(groups, r.Hidden)
	}
	for _, findings := range groups {
		for i := range findings {
			for j := range findings[i].Occurrences {
				if err := out.Write(c.row(&findings[i], &findings[i].Occurrences[j])); err != nil {
					return err
				}
			}
		}
	}
	out.Flush()
	return out.Error()
}

func (c csvReporter) row(f *scanner.Finding, at *scanner.Occurrence) []string {
	from, span := at.Origin, at.Span
	var image, age, commit, author, date, layer, step, decided string
	if inImage(from.Kind) {
		image = from.Target
	}
	if days := ageDays(c.Now, from); days != nil {
		age = strconv.Itoa(*days)
	}
	if made := commitOf(from.Commit); made != nil {
		commit, author, date = made.ID, made.Author, made.Date
	}
	if from.Layer != nil {
		layer = layerName(from.Layer)
	}
	if from.Step != nil {
		step = from.Step.File + ":" + strconv.Itoa(from.Step.Line)
	}
	if f.Suppression != nil {
		decided = decision(f.Suppression)
	}
	row := []string{
		f.Fingerprint, f.Rule.ID, f.Rule.Title, f.Kind.String(), f.Severity.String(), f.Confidence.String(), f.Secret.String(), f.Reason,
		from.Target, image, from.Platform, from.FullPath(),
		strconv.Itoa(span.Line), strconv.Itoa(span.Column), strconv.Itoa(span.EndLine), strconv.Itoa(span.EndColumn), at.Encoded,
		at.State.String(), at.Ref, from.Exposure(), from.Circle().String(), age,
		commit, author, date, removedBy(at.By), layer, step, oneLine(f.Rule.Remediation.Revoke), decided,
	}
	for i, cell := range row {
		row[i] = inert(cell)
	}
	return row
}

// removedBy names what overwrote or deleted content.
func removedBy(by *scanner.By) string {
	switch {
	case by == nil:
		return ""
	case by.Layer != nil:
		return layerName(by.Layer)
	case by.Commit != nil:
		return "commit " + short(by.Commit.ID) + authorship(by.Commit)
	}
	return ""
}

// inert makes a cell that a spreadsheet shows and does not compute. One that
// starts like a formula gets an apostrophe, before spaces too, since some
// programs drop them; what a terminal would obey is written out, line ends
// among it, so that a row is a line.
func inert(cell string) string {
	cell = harmless(cell)
	if start := strings.TrimLeft(cell, " \u00a0\u3000\"'"); start != "" && strings.ContainsRune("=+-@|%\uff1d\uff0b\uff0d\uff20", []rune(start)[0]) {
		return "'" + cell
	}
	return cell
}
