package reporters

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// markdownReporter writes the summary of a job, as GitHub Actions shows what is
// in GITHUB_STEP_SUMMARY: counts, a table of the findings, the worst first, and
// what to do about each to be folded out. What is longer than GitHub takes is
// counted. It never writes a secret.
type markdownReporter struct {
	Options
	limit int // bytes of the whole
}

var _ Reporter = markdownReporter{}

// summaryLimit leaves a part of the 1 MiB that GitHub takes of a step to what
// else the step has to say; past it GitHub shows nothing at all.
const summaryLimit = 960 << 10

// mostListed is how many problems, reasons and decisions are named.
const mostListed = 20

// A page is markdown that grows block by block up to a limit.
type page struct {
	strings.Builder
	limit int
}

// add adds a block if there is room for it.
func (p *page) add(block string) bool {
	if p.Len()+len(block) > p.limit {
		return false
	}
	p.WriteString(block)
	return true
}

func (m markdownReporter) Write(w io.Writer, r *scanner.Report) error {
	tail := m.tail(r)
	p := &page{limit: m.limit - len(tail) - lastWord}
	title, _ := count(r)
	if !r.Complete {
		title += ", incomplete"
	}
	p.add("## sluice: " + title + "\n\n" + unread(r) + counts(r))
	findings := append(worstFirst(r.Findings), identifiers(r.Findings)...)
	m.table(p, findings)
	m.details(p, findings)
	_, err := io.WriteString(w, p.String()+tail)
	return err
}

// unread says what should have been read and was not.
func unread(r *scanner.Report) string {
	if r.Complete && len(r.Problems) == 0 {
		return ""
	}
	text := "**Not everything was read:** nothing can be concluded from what is missing here.\n\n"
	for _, p := range r.Problems[:min(len(r.Problems), mostListed)] {
		text += "- " + codeSpan(p.Where+": "+oneLine(p.Err)) + "\n"
	}
	if more := len(r.Problems) - mostListed; more > 0 {
		text += "- and " + plural(int64(more), "more problem") + "\n"
	}
	return strings.TrimSuffix(text, "\n") + "\n\n"
}

// counts is a table of one row.
func counts(r *scanner.Report) string {
	sums := map[rules.Severity]int{}
	names := 0
	for i := range r.Findings {
		if r.Findings[i].Kind == rules.Identifier {
			names++
		} else {
			sums[r.Findings[i].Severity]++
		}
	}
	cells := make([]string, 0, 6)
	for _, n := range []int{sums[rules.Critical], sums[rules.High], sums[rules.Medium], sums[rules.Low], names, r.Suppressed} {
		cells = append(cells, grouped(int64(n)))
	}
	return "| critical | high | medium | low | identifiers | suppressed |\n| ---: | ---: | ---: | ---: | ---: | ---: |\n| " +
		strings.Join(cells, " | ") + " |\n\n"
}

func identifiers(all []scanner.Finding) []*scanner.Finding {
	var names []*scanner.Finding
	for i := range all {
		if all[i].Kind == rules.Identifier {
			names = append(names, &all[i])
		}
	}
	return names
}

func (m markdownReporter) table(p *page, findings []*scanner.Finding) {
	if len(findings) == 0 || !p.add("| severity | what | where | state | age | who can read it |\n| --- | --- | --- | --- | --- | --- |\n") {
		return
	}
	whole := p.limit
	p.limit = p.Len() + (whole-p.Len())/2 // the details want the other half
	left := 0
	for _, f := range findings {
		if left > 0 || !p.add(m.row(f)) {
			left++
		}
	}
	p.limit = whole
	p.add("\n")
	if left > 0 {
		p.add(plural(int64(left), "more finding") + ", the least severe, for which there is no room here. The JSON report has them all.\n\n")
	}
}

func (m markdownReporter) row(f *scanner.Finding) string {
	at, _, _, _ := shownPlace(f)
	severity := f.Severity.String()
	if f.Kind == rules.Identifier {
		severity = f.Kind.String()
	}
	where := codeSpan(position(at))
	if fromStep(at.Origin) {
		where = codeSpan(madeAt(at.Origin.Step))
	}
	if more := len(f.Occurrences) - 1; more > 0 {
		where += " and " + grouped(int64(more)) + " more"
	}
	age := ""
	if days := ageDays(m.Now, f.Occurrences[0].Origin); days != nil {
		age = plural(int64(*days), "day")
	}
	cells := []string{
		severity, strings.TrimSpace(prose(f.Rule.Title) + " " + codeSpan(f.Secret.String())), where, codeSpan(fate(&at.Place)), age, widest(f).String(),
	}
	return "| " + strings.Join(cells, " | ") + " |\n"
}

func madeAt(s *scanner.Step) string { return fmt.Sprintf("%s:%d", s.File, s.Line) }

// widest is the widest circle of a finding's places.
func widest(f *scanner.Finding) scanner.Circle {
	var c scanner.Circle
	for i := range f.Occurrences {
		c = max(c, f.Occurrences[i].Origin.Circle())
	}
	return c
}

func (m markdownReporter) details(p *page, findings []*scanner.Finding) {
	left := 0
	for _, f := range findings {
		if f.Kind == rules.Identifier {
			continue
		}
		if left > 0 || !p.add(m.detail(f)) {
			left++
		}
	}
	if left > 0 {
		p.limit += lastWord
		p.add("What to do about " + plural(int64(left), "more finding") + " stands in the JSON report.\n\n")
	}
}

// lastWord is the room kept for saying that there was none.
const lastWord = 100

// detail folds out what a finding is, everywhere it stands and what to do.
func (m markdownReporter) detail(f *scanner.Finding) string {
	var b strings.Builder
	fmt.Fprintf(&b, "<details><summary>%s: %s <code>%s</code></summary>\n\n",
		f.Severity, prose(f.Rule.Title), prose(f.Secret.String()))
	item := func(label, text string) {
		if text != "" {
			b.WriteString("- " + label + text + "\n")
		}
	}
	item("Why: ", prose(f.Reason)+" ("+codeSpan(f.Rule.ID)+", "+f.Confidence.String()+" confidence)")
	for i := range f.Occurrences[:min(len(f.Occurrences), mostPlaces)] {
		at := &f.Occurrences[i]
		item("In ", codeSpan(position(at))+", "+codeSpan(describe(at)))
		if fromStep(at.Origin) {
			item("Made by ", codeSpan(madeAt(at.Origin.Step)+" "+oneLine(at.Origin.Step.Instruction)))
		}
	}
	if more := len(f.Occurrences) - mostPlaces; more > 0 {
		item("and "+plural(int64(more), "more place"), ".")
	}
	for text := range strings.Lines(f.Occurrences[0].Fix) {
		item("Write instead: ", codeSpan(oneLine(text)))
	}
	item("**Revoke:** ", prose(cmp.Or(f.Rule.Remediation.Revoke, revokeFirst)))
	item("Where: ", remedy(f.Rule.Remediation.Where))
	item("Check: ", remedy(f.Rule.Remediation.Check))
	item("Fingerprint: ", codeSpan(f.Fingerprint))
	b.WriteString("\n</details>\n\n")
	return b.String()
}

// tail is what comes last whatever the findings take: decisions, what was left
// out, how much was looked at.
func (m markdownReporter) tail(r *scanner.Report) string {
	var b strings.Builder
	section := func(title string, total int, line func(i int) string) {
		if total == 0 {
			return
		}
		b.WriteString("**" + title + "**\n\n")
		for i := range min(total, mostListed) {
			b.WriteString("- " + line(i) + "\n")
		}
		if more := total - mostListed; more > 0 {
			fmt.Fprintf(&b, "- and %s more\n", grouped(int64(more)))
		}
		b.WriteString("\n")
	}
	if m.ShowSuppressed {
		section("Suppressed", len(r.Hidden), func(i int) string {
			f := &r.Hidden[i]
			text := prose(f.Rule.Title) + " " + codeSpan(f.Secret.String()) + " in " + codeSpan(position(&f.Occurrences[0]))
			if f.Suppression != nil {
				text += ": " + codeSpan(decision(f.Suppression))
			}
			return text
		})
	}
	section("Decisions that hide nothing", len(r.Stale), func(i int) string { return codeSpan(outlived(&r.Stale[i], m.Now)) })
	groups := byReason(r.Skipped)
	section("Left out", len(groups), func(i int) string {
		return grouped(int64(len(groups[i]))) + " " + codeSpan(string(groups[i][0].Reason))
	})
	fmt.Fprintf(&b, "%s in %s, %s.\n", size(r.Stats.Bytes), plural(r.Stats.Blobs, "piece"),
		(time.Duration(r.Stats.ElapsedMS) * time.Millisecond).Round(10*time.Millisecond))
	return b.String()
}
