package reporters

import (
	"fmt"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/scanner"
)

// suppressed lists what somebody decided to live with, and who decided it.
func (t tableReporter) suppressed(p *printer, hidden []scanner.Finding) {
	if len(hidden) == 0 {
		return
	}
	p.line(0, bold, "Suppressed, which fail nothing")
	for i := range hidden {
		f := &hidden[i]
		p.indent(len(indent))
		p.put(normal, f.Severity.String()+"  "+f.Rule.Title+"  "+t.value(f))
		p.end()
		p.paragraph(2*len(indent), dim, "", p.where(f))
		if f.Suppression != nil {
			p.paragraph(2*len(indent), normal, "", decision(f.Suppression))
		}
	}
	p.end()
}

// decision says in a line what hides a finding: "ignore file .sluiceignore:3:
// made up (A. Author, 2025-01-31, until 2026-01-31)".
func decision(s *scanner.Suppression) string {
	text := s.Kind.String()
	if s.Where != "" {
		text += " " + s.Where
	}
	if s.Reason != "" {
		text += ": " + oneLine(s.Reason)
	}
	var by []string
	for _, part := range []struct{ label, text string }{
		{"", oneLine(s.By)}, {"", written(s.When, time.DateOnly)}, {"until ", written(s.Expires, time.DateOnly)},
	} {
		if part.text != "" {
			by = append(by, part.label+part.text)
		}
	}
	if by != nil {
		text += " (" + strings.Join(by, ", ") + ")"
	}
	return text
}

// outlived says why a decision hides nothing.
func outlived(s *scanner.Suppression, now time.Time) string {
	what := "matches nothing any more"
	if !s.Expires.IsZero() && s.Expires.Before(now) {
		what = strings.TrimSpace("ended on " + written(s.Expires, time.DateOnly))
	}
	if s.Where != "" {
		what = s.Where + ": " + what
	}
	if s.Reason != "" {
		what += " (" + oneLine(s.Reason) + ")"
	}
	return what
}

// mostStale is how many decisions that hide nothing a person is told of.
const mostStale = 5

func stale(p *printer, all []scanner.Suppression) {
	if len(all) == 0 {
		return
	}
	p.line(0, bold, "Decisions that hide nothing")
	for i := range all[:min(len(all), mostStale)] {
		p.paragraph(len(indent), normal, "", outlived(&all[i], p.now))
	}
	if more := len(all) - mostStale; more > 0 {
		p.line(len(indent), normal, fmt.Sprintf("and %s more; json has them all", grouped(int64(more))))
	}
	p.end()
}
