package reporters

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// tableReporter writes what a person wants to know, the worst first: each
// secret with the way it came in, then what was left out and what went wrong.
// Its layout may change; programs read JSON.
type tableReporter struct{ Options }

var _ Reporter = tableReporter{}

const (
	// mostPlaces is how many places of one finding are worth a person's time.
	mostPlaces = 12
	// column is where the text of a finding starts, right of its severity.
	column = 10
)

func (t tableReporter) Write(w io.Writer, r *scanner.Report) error {
	p := newPrinter(w, t.Options)
	var names []*scanner.Finding
	for i := range r.Findings {
		if f := &r.Findings[i]; f.Kind == rules.Identifier {
			names = append(names, f)
		} else {
			t.secret(p, f)
		}
	}
	t.identifiers(p, names)
	if t.ShowSuppressed {
		t.suppressed(p, r.Hidden)
		stale(p, r.Stale)
	}
	skips(p, r.Skipped)
	problems(p, r.Problems)
	summary(p, r)
	return p.out.Flush()
}

func (t tableReporter) value(f *scanner.Finding) string {
	if t.ShowSecrets {
		return f.Secret.Reveal()
	}
	return f.Secret.String()
}

func severityStyle(s rules.Severity) style {
	return map[rules.Severity]style{rules.Critical: alarm, rules.High: red, rules.Medium: yellow}[s]
}

func (t tableReporter) secret(p *printer, f *scanner.Finding) {
	p.put(severityStyle(f.Severity), fmt.Sprintf("%-*s", column, strings.ToUpper(f.Severity.String())))
	p.put(bold, f.Rule.Title)
	if v := t.value(f); v != "" {
		p.put(normal, "  "+v)
	}
	p.end()
	p.paragraph(column, normal, "", fmt.Sprintf("%s (%s, %s confidence)", f.Reason, f.Rule.ID, f.Confidence))
	if len(f.Identifiers) > 0 {
		p.paragraph(column, normal, "with ", strings.Join(f.Identifiers, ", "))
	}
	chain(p, f.Occurrences)
	remedy := f.Rule.Remediation
	p.paragraph(column, normal, "revoke: ", oneLine(remedy.Revoke))
	p.paragraph(column, normal, "where:  ", oneLine(remedy.Where))
	p.paragraph(column, normal, "check:  ", oneLine(remedy.Check))
	p.end()
}

// chain prints the places of a finding in order, link by link: what a place
// shares with the one before it is not said again.
func chain(p *printer, places []scanner.Occurrence) {
	var above []string
	var extract, fix string
	for i := range places[:min(len(places), mostPlaces)] {
		at := &places[i]
		links := p.links(at.Origin)
		for depth, link := range links {
			if depth >= len(above) || above[depth] != link {
				above = nil
				margin := column + len(indent)*depth
				p.line(margin, dim, fit(link, p.width-margin))
			}
		}
		above = links
		margin := column + len(indent)*len(links)
		place(p, margin, at)
		if at.Extract != extract && at.Extract != "" {
			extract = at.Extract
			p.line(margin, dim, "$ "+extract)
		}
		if at.Fix != fix && at.Fix != "" {
			fix = at.Fix
			for text := range strings.Lines(fix) {
				p.line(margin, dim, "instead: "+strings.TrimRight(text, "\n"))
			}
		}
	}
	if more := len(places) - mostPlaces; more > 0 {
		p.line(column, normal, fmt.Sprintf("and %s more places; json has them all", grouped(int64(more))))
	}
}

// links are the things that a place is part of, the outermost first.
func (p *printer) links(o *scanner.Origin) []string {
	var up []string
	if inImage(o.Kind) {
		image := o.Target
		if o.Platform != "" {
			image += " (" + o.Platform + ")"
		}
		up = append(up, image)
	}
	if c := o.Commit; c != nil {
		parts := []string{commitName(o), written(c.Date, time.DateOnly), "", c.Author, c.Subject}
		if days := ageDays(p.now, o); days != nil {
			parts[2] = ago(*days)
		}
		parts = slices.DeleteFunc(parts, func(part string) bool { return part == "" })
		up = append(up, strings.Join(parts, "  "))
	}
	if s := o.Step; s != nil {
		up = append(up, fmt.Sprintf("%s:%d  %s", s.File, s.Line, oneLine(s.Instruction)))
	}
	if o.Layer != nil {
		up = append(up, strings.TrimSpace(layerName(o.Layer)+"  "+inHistory(o)))
	}
	return up
}

func place(p *printer, margin int, at *scanner.Occurrence) {
	p.indent(margin)
	p.put(cyan, position(at))
	if at.Encoded != "" {
		p.put(normal, "  in "+at.Encoded)
	}
	switch at.State {
	case scanner.Overwritten, scanner.Deleted:
		p.put(yellow, "  "+fate(&at.Place))
	case scanner.Live:
		if inImage(at.Origin.Kind) || at.Origin.Commit != nil || at.Ref != "" {
			p.put(normal, "  "+fate(&at.Place))
		}
	}
	if at.Origin.Kind == scanner.Staged {
		p.put(normal, "  staged")
	}
	if at.Origin.Exposed != "" {
		p.put(normal, "  visible in the "+at.Origin.Exposed)
	}
	if at.Origin.Inherited != "" {
		p.put(dim, "  from base "+at.Origin.Inherited)
	}
	p.end()
}

// where says in a line where a finding came in, and in how many places it
// stands.
func (p *printer) where(f *scanner.Finding) string {
	first := &f.Occurrences[0]
	where := strings.Join(append(p.links(first.Origin), position(first)), ", ")
	if more := len(f.Occurrences) - 1; more > 0 {
		where += fmt.Sprintf(" and %s more", grouped(int64(more)))
	}
	return where
}

// ago says how many days ago something was.
func ago(days int) string {
	if days == 0 {
		return "today"
	}
	return plural(int64(days), "day") + " ago"
}

func (t tableReporter) identifiers(p *printer, names []*scanner.Finding) {
	if len(names) == 0 {
		return
	}
	p.line(0, bold, "Identifiers, which open nothing by themselves")
	for _, f := range names {
		where := p.where(f)
		p.indent(len(indent))
		p.put(normal, f.Rule.Title+"  "+t.value(f))
		p.end()
		p.paragraph(2*len(indent), dim, "", where)
	}
	p.end()
}
