package reporters

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// githubReporter writes workflow commands, which GitHub Actions makes
// annotations of where they reach the log of a step: an error for each secret
// of high or critical severity, a warning for the others, at the line of the
// working tree that somebody can change. It shows ten of each for a step, the
// first it meets, so the worst come first and a notice sums up the rest. An
// identifier is only counted. It never writes a secret.
type githubReporter struct{ Options }

var _ Reporter = githubReporter{}

// mostAnnotations is how many of one level GitHub shows for a step.
const mostAnnotations = 10

func (g githubReporter) Write(w io.Writer, r *scanner.Report) error {
	out := bufio.NewWriter(w)
	var errors, warnings int
	if n := len(r.Problems); n > 0 || !r.Complete {
		text := "the scan is not complete"
		if n > 0 {
			text = plural(int64(n), "problem") + ", first: " + harmless(r.Problems[0].Where+": "+oneLine(r.Problems[0].Err))
		}
		out.WriteString(command("error", text, property{"title", "Not everything was read"}))
		errors++
	}
	left := 0
	for _, f := range worstFirst(r.Findings) {
		level, count := "warning", &warnings
		if f.Severity >= rules.High {
			level, count = "error", &errors
		}
		if *count == mostAnnotations {
			left++
			continue
		}
		*count++
		out.WriteString(g.annotation(level, f))
	}
	if left > 0 {
		all, _ := count(r)
		text := fmt.Sprintf("%s in all; %s not shown here, the least severe", all, grouped(int64(left)))
		out.WriteString(command("notice", text, property{"title", "More was found"}))
	}
	return out.Flush()
}

// worstFirst are the secrets, of equal ones those in the tree first.
func worstFirst(findings []scanner.Finding) []*scanner.Finding {
	var inTree, others []*scanner.Finding
	for i := range findings {
		f := &findings[i]
		if f.Kind != rules.Secret {
			continue
		}
		if _, _, _, ok := shownPlace(f); ok {
			inTree = append(inTree, f)
		} else {
			others = append(others, f)
		}
	}
	secrets := append(inTree, others...)
	slices.SortStableFunc(secrets, func(a, b *scanner.Finding) int {
		return cmp.Or(cmp.Compare(b.Severity, a.Severity), cmp.Compare(b.Confidence, a.Confidence))
	})
	return secrets
}

// shownPlace is the first place of a finding that stands in a tree, else where
// it came in.
func shownPlace(f *scanner.Finding) (at *scanner.Occurrence, file string, where scanner.Span, ok bool) {
	for i := range f.Occurrences {
		if file, where, ok := annotated(&f.Occurrences[i]); ok {
			return &f.Occurrences[i], file, where, true
		}
	}
	return &f.Occurrences[0], "", scanner.Span{}, false
}

func (g githubReporter) annotation(level string, f *scanner.Finding) string {
	at, file, where, ok := shownPlace(f)
	properties := []property{{"title", harmless(oneLine(f.Rule.Title))}}
	if ok {
		properties = append(stretch(file, where), properties...)
	}
	return command(level, strings.Join(annotationText(f, at), "\n"), properties...)
}

// annotationText are the lines that say of a finding what was found, why and
// what to do about it.
func annotationText(f *scanner.Finding, at *scanner.Occurrence) []string {
	lines := []string{strings.TrimSpace(f.Secret.String() + " in " + position(at) + ", " + describe(at))}
	if f.Reason != "" {
		lines = append(lines, "Why: "+f.Reason+" ("+f.Rule.ID+")")
	}
	if more := len(f.Occurrences) - 1; more > 0 {
		lines = append(lines, "Also in "+plural(int64(more), "more place"))
	}
	for text := range strings.Lines(at.Fix) {
		lines = append(lines, "Write instead: "+text)
	}
	revoke := cmp.Or(f.Rule.Remediation.Revoke, revokeFirst)
	lines = append(lines, strings.TrimSpace("Revoke: "+revoke+" "+f.Rule.Remediation.Where), "Fingerprint: "+f.Fingerprint)
	for i, line := range lines {
		lines[i] = harmless(oneLine(line))
	}
	return lines
}

// stretch says where in a file an annotation stands. Columns are for one line
// alone; what stands in an archive has no line in it.
func stretch(file string, where scanner.Span) []property {
	all := []property{{"file", harmless(file)}}
	if where.Line == 0 {
		return all
	}
	all = append(all, property{"line", fmt.Sprint(where.Line)})
	end := max(where.Line, where.EndLine)
	if where.Column > 0 && end == where.Line {
		all = append(all, property{"col", fmt.Sprint(where.Column)})
	}
	all = append(all, property{"endLine", fmt.Sprint(end)})
	if where.Column > 0 && where.EndColumn > where.Column && end == where.Line {
		all = append(all, property{"endColumn", fmt.Sprint(where.EndColumn)})
	}
	return all
}

type property struct{ name, value string }

// command writes a workflow command. What is escaped is what would end it, or
// start another one.
func command(name, text string, properties ...property) string {
	var b strings.Builder
	b.WriteString("::" + name)
	separator := " "
	for _, p := range properties {
		b.WriteString(separator + p.name + "=" + propertySyntax.Replace(p.value))
		separator = ","
	}
	b.WriteString("::" + dataSyntax.Replace(text) + "\n")
	return b.String()
}

var (
	dataSyntax     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	propertySyntax = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)
