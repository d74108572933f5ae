package reporters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// readIssues reads logging commands as the agent does: the properties end at
// the first "]" and part at semicolons.
func readIssues(t testing.TB, text []byte) []readCommand {
	t.Helper()
	unescape := strings.NewReplacer("%AZP25", "%", "%0D", "\r", "%0A", "\n", "%3B", ";", "%5D", "]")
	var all []readCommand
	for line := range strings.Lines(string(text)) {
		line, ended := strings.CutSuffix(line, "\n")
		list, data, ok := strings.Cut(strings.TrimPrefix(line, "##vso[task.logissue "), "]")
		if !ended || !ok || !strings.HasPrefix(line, "##vso[task.logissue ") || strings.Count(line, "##") != 1 {
			t.Fatalf("%q is no command, or more than one", line)
		}
		c := readCommand{text: unescape.Replace(data), properties: map[string]string{}}
		for pair := range strings.SplitSeq(list, ";") {
			key, value, _ := strings.Cut(pair, "=")
			if !strings.Contains(" type sourcepath linenumber columnnumber code ", " "+key+" ") {
				t.Errorf("the property %q", pair)
			}
			c.properties[key] = unescape.Replace(value)
		}
		if c.name = c.properties["type"]; c.name != "error" && c.name != "warning" {
			t.Errorf("the type %q", c.name)
		}
		all = append(all, c)
	}
	return all
}

func TestAzureObeysNothingElse(t *testing.T) {
	origin := &scanner.Origin{Kind: scanner.File, Path: "a;b]##vso[task.setvariable variable=PATH]100%\n.env"}
	rule := &rules.Rule{ID: "x", Title: "##[error]T###[error]####"}
	r := &scanner.Report{Complete: true}
	for range mostIssues + 2 {
		r.Findings = append(r.Findings, scanner.Finding{
			Rule: rule, Secret: scanner.NewSecret(token(1), false), Severity: rules.Low,
			Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: origin}, Span: scanner.Span{Length: 9, Line: 3, Column: 7}}},
		})
	}
	got := readIssues(t, render(t, "azure", sampleOptions(), r))
	if len(got) != mostIssues+1 || !strings.Contains(got[mostIssues].text, "2 not shown here") {
		t.Fatalf("%d issues, the last %q", len(got), got[len(got)-1].text)
	}
	want := map[string]string{
		"type": "warning", "sourcepath": `a;b]# #vso[task.setvariable variable=PATH]100%\n.env`, "linenumber": "3", "columnnumber": "7", "code": "x",
	}
	if diff := cmp.Diff(want, got[0].properties); diff != "" {
		t.Error(diff)
	}
}
