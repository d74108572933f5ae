package reporters

import (
	"bufio"
	"fmt"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// azureReporter writes logging commands, which Azure Pipelines lists as issues
// of the run where they reach the log of a step, the worst first: an error for
// each secret of high or critical severity, a warning for the others. It never
// writes a secret.
// https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
type azureReporter struct{ Options }

var _ Reporter = azureReporter{}

// mostIssues bounds what is logged: every one of them stands in the summary.
const mostIssues = 100

func (a azureReporter) Write(w io.Writer, r *scanner.Report) error {
	out := bufio.NewWriter(w)
	if n := len(r.Problems); n > 0 || !r.Complete {
		text := "Not everything was read"
		if n > 0 {
			text += ": " + plural(int64(n), "problem") + ", first: " + harmless(r.Problems[0].Where+": "+oneLine(r.Problems[0].Err))
		}
		out.WriteString(logIssue("error", text))
	}
	secrets := worstFirst(r.Findings)
	for _, f := range secrets[:min(len(secrets), mostIssues)] {
		level := "warning"
		if f.Severity >= rules.High {
			level = "error"
		}
		at, file, where, ok := shownPlace(f)
		var properties []property
		if ok {
			properties = append(properties, property{"sourcepath", harmless(file)})
			if where.Line > 0 {
				properties = append(properties, property{"linenumber", fmt.Sprint(where.Line)})
			}
			if where.Column > 0 {
				properties = append(properties, property{"columnnumber", fmt.Sprint(where.Column)})
			}
		}
		properties = append(properties, property{"code", harmless(oneLine(f.Rule.ID))})
		lines := append([]string{harmless(oneLine(f.Rule.Title))}, annotationText(f, at)...)
		out.WriteString(logIssue(level, strings.Join(lines, " | "), properties...))
	}
	if left := len(secrets) - mostIssues; left > 0 {
		all, _ := count(r)
		out.WriteString(logIssue("warning", fmt.Sprintf("%s in all; %s not shown here, the least severe", all, grouped(int64(left)))))
	}
	return out.Flush()
}

// logIssue writes a logging command. What is escaped is what would end it, or
// start another one.
func logIssue(level, text string, properties ...property) string {
	var b strings.Builder
	b.WriteString("##vso[task.logissue type=" + level)
	for _, p := range properties {
		b.WriteString(";" + p.name + "=" + issueProperty.Replace(apart(p.value)))
	}
	b.WriteString("]" + issueData.Replace(apart(text)) + "\n")
	return b.String()
}

// apart parts number signs that stand together, for two of them start a command.
// After the first time no more than two do.
func apart(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "##", "# #"), "##", "# #")
}

var (
	issueData     = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A")
	issueProperty = strings.NewReplacer("%", "%AZP25", "\r", "%0D", "\n", "%0A", ";", "%3B", "]", "%5D")
)
