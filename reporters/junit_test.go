package reporters

import (
	"encoding/xml"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

type readSuite struct {
	Name                             string `xml:"name,attr"`
	Tests, Failures, Errors, Skipped int
	Cases                            []struct {
		Class   string    `xml:"classname,attr"`
		Name    string    `xml:"name,attr"`
		File    string    `xml:"file,attr"`
		Failure *struct{} `xml:"failure"`
		Error   *struct{} `xml:"error"`
		Skipped *struct{} `xml:"skipped"`
	} `xml:"testcase"`
}

// readJUnit reads a report and holds its sums against its cases.
func readJUnit(t testing.TB, text []byte) []readSuite {
	t.Helper()
	var root struct {
		XMLName xml.Name    `xml:"testsuites"`
		Attrs   []xml.Attr  `xml:",any,attr"`
		Suites  []readSuite `xml:"testsuite"`
	}
	if err := xml.Unmarshal(text, &root); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	for i := range root.Suites {
		s := &root.Suites[i]
		for _, c := range s.Cases {
			s.Tests++
			if c.Class == "" || c.Name == "" {
				t.Errorf("suite %s: the case %+v has no name", s.Name, c)
			}
			s.Failures += count1(c.Failure)
			s.Errors += count1(c.Error)
			s.Skipped += count1(c.Skipped)
		}
		sums := fmt.Sprintf(`tests="%d" failures="%d" errors="%d" skipped="%d"`, s.Tests, s.Failures, s.Errors, s.Skipped)
		if s.Tests == 0 || !strings.Contains(string(text), sums) {
			t.Errorf("suite %s does not say %s", s.Name, sums)
		}
	}
	if !slices.ContainsFunc(root.Attrs, func(a xml.Attr) bool { return a.Name.Local == "time" }) {
		t.Error("the report has no time")
	}
	return root.Suites
}

func count1(p *struct{}) int {
	if p == nil {
		return 0
	}
	return 1
}

func TestJUnitHasASuiteForEachTarget(t *testing.T) {
	tests := []struct {
		name   string
		list   bool
		report *scanner.Report
		want   []string
	}{
		{"the sample", false, sampleReport(), []string{sampleImage + " 4 3 1 0", ". 2 1 0 0"}},
		{"with what is suppressed", true, sampleReport(), []string{sampleImage + " 4 3 1 0", ". 4 1 0 2"}},
		{"a clean target", false, &scanner.Report{Targets: []string{"a", "b"}, Complete: true}, []string{"a 1 0 0 0", "b 1 0 0 0"}},
		{"nothing", false, &scanner.Report{Complete: true}, []string{"sluice 1 0 0 0"}},
		{"broken off", false, &scanner.Report{Targets: []string{"a"}}, []string{"a 1 0 1 0"}},
		{"a problem of the second", false, &scanner.Report{Targets: []string{"a", "b"}, Problems: []scanner.Problem{{Where: "b/x", Err: "no"}}},
			[]string{"a 1 0 0 0", "b 1 0 1 0"}},
		{"a problem of one whose name begins like another's", false,
			&scanner.Report{Targets: []string{"a/b", "ab", "a"}, Problems: []scanner.Problem{{Where: "ab/x", Err: "no"}, {Where: "ab: layer 3", Err: "no"}, {Where: "a/b/x", Err: "no"}, {Where: "a", Err: "no"}}},
			[]string{"a/b 1 0 1 0", "ab 2 0 2 0", "a 1 0 1 0"}},
		{"a problem of none of them", false, &scanner.Report{Targets: []string{"a", "b"}, Problems: []scanner.Problem{{Where: "findings", Err: "too many"}}},
			[]string{"a 1 0 1 0", "b 1 0 0 0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := sampleOptions()
			o.ShowSuppressed = test.list
			var got []string
			for _, s := range readJUnit(t, render(t, "junit", o, test.report)) {
				got = append(got, fmt.Sprint(s.Name, " ", s.Tests, " ", s.Failures, " ", s.Errors, " ", s.Skipped))
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// GitLab links a case to its file, so only one that a tree has is named.
func TestJUnitNamesFilesOfTheTree(t *testing.T) {
	var got []string
	for _, s := range readJUnit(t, render(t, "junit", sampleOptions(), sampleReport())) {
		for _, c := range s.Cases {
			got = append(got, c.File)
		}
	}
	want := []string{"", "", "docker/Dockerfile", "", "deploy/token.yml", "deploy/settings.py"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}
