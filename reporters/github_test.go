package reporters

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

type readCommand struct {
	name, text string
	properties map[string]string
}

// readCommands reads workflow commands as the runner does: the name and the
// properties end at the next "::", properties part at commas.
func readCommands(t testing.TB, text []byte) []readCommand {
	t.Helper()
	unescape := strings.NewReplacer("%25", "%", "%0D", "\r", "%0A", "\n", "%3A", ":", "%2C", ",")
	var all []readCommand
	for line := range strings.Lines(string(text)) {
		line, ended := strings.CutSuffix(line, "\n")
		head, data, ok := strings.Cut(strings.TrimPrefix(line, "::"), "::")
		if !ended || !ok || !strings.HasPrefix(line, "::") {
			t.Fatalf("%q is no command", line)
		}
		name, list, _ := strings.Cut(head, " ")
		if name != "error" && name != "warning" && name != "notice" {
			t.Errorf("the command %q", name)
		}
		c := readCommand{name: name, text: unescape.Replace(data), properties: map[string]string{}}
		for pair := range strings.SplitSeq(list, ",") {
			key, value, _ := strings.Cut(pair, "=")
			if !strings.Contains(" title file line col endLine endColumn ", " "+key+" ") {
				t.Errorf("the property %q", pair)
			}
			c.properties[key] = unescape.Replace(value)
		}
		all = append(all, c)
	}
	return all
}

func TestGitHubAnnotatesWhatTheTreeHas(t *testing.T) {
	var got []string
	for _, c := range readCommands(t, render(t, "github", sampleOptions(), sampleReport())) {
		p := c.properties
		got = append(got, fmt.Sprintf("%s %s %s:%s:%s-%s:%s", c.name, p["title"], p["file"], p["line"], p["col"], p["endLine"], p["endColumn"]))
	}
	want := []string{
		"error Not everything was read ::-:",
		"error Example API token ::-:", // a layer without an instruction
		"error Example API token deploy/token.yml:4:7-4:43",
		"error Private key ::-:",
		"warning Password in an assignment docker/Dockerfile:7:-8:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

// GitHub shows the first ten of a level: those are the worst, and the rest is
// counted.
func TestGitHubKeepsToTheLimits(t *testing.T) {
	tests := []struct {
		name                      string
		critical, high, medium    int
		problems                  int
		errors, warnings, notices int
		worst                     int // errors that are critical
		left                      string
	}{
		{"clean", 0, 0, 0, 0, 0, 0, 0, 0, ""},
		{"within", 4, 6, 10, 0, 10, 10, 0, 4, ""},
		{"too many", 7, 30, 12, 0, 10, 10, 1, 7, "29 not shown"},
		{"a problem takes a place", 12, 0, 0, 3, 10, 0, 1, 9, "3 not shown"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := &scanner.Report{Complete: test.problems == 0}
			for i, n := range []int{test.medium, test.high, test.critical} { // the worst last
				for j := range n {
					r.Findings = append(r.Findings, scanner.Finding{
						Rule: &rules.Rule{Title: (rules.Medium + rules.Severity(i)).String()}, Severity: rules.Medium + rules.Severity(i),
						Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: &scanner.Origin{Path: fmt.Sprint(j)}}}},
					})
				}
			}
			for range test.problems {
				r.Problems = append(r.Problems, scanner.Problem{Where: "a", Err: "b"})
			}
			r.Findings = append(r.Findings, sampleReport().Findings[4]) // an identifier is no annotation
			count, worst := map[string]int{}, 0
			for _, c := range readCommands(t, render(t, "github", sampleOptions(), r)) {
				count[c.name]++
				if c.name == "error" && c.properties["title"] == "critical" {
					worst++
				}
				if c.name == "notice" && !strings.Contains(c.text, test.left) {
					t.Errorf("the notice says %q", c.text)
				}
			}
			if count["error"] != test.errors || count["warning"] != test.warnings || count["notice"] != test.notices || worst != test.worst {
				t.Errorf("%v with %d of the worst, want %+v", count, worst, test)
			}
		})
	}
}

func TestGitHubEscapes(t *testing.T) {
	got := command("error", "50% ::error::\r\nx", property{"file", "a,b:c%0A\n.go"}, property{"title", "x"})
	want := "::error file=a%2Cb%3Ac%250A%0A.go,title=x::50%25 ::error::%0D%0Ax\n"
	if got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestGitHubNamesNoLineInAnArchive(t *testing.T) {
	at := &scanner.Occurrence{Place: scanner.Place{Origin: &scanner.Origin{Path: "lib.jar", Member: "a.txt"}}, Span: span(7, 1, 4)}
	file, where, ok := annotated(at)
	if !ok || file != "lib.jar" || where.Line != 0 {
		t.Errorf("%s at %+v, %v", file, where, ok)
	}
}
