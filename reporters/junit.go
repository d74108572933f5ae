package reporters

import (
	"bufio"
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// junitReporter writes the XML that CI servers take from test runners, as the
// Jenkins plugin and GitLab read it: a suite for each target, a failure for each
// secret, an error for each thing that was not read. An identifier passes, what
// is suppressed is skipped, and where nothing was found one case passes, since
// servers take a suite without cases for a broken one. It never writes a secret.
type junitReporter struct{ Options }

var _ Reporter = junitReporter{}

// A junitSuite is what was found and not read in one target.
type junitSuite struct {
	name     string
	findings []*scanner.Finding
	problems []scanner.Problem
	junitSums
}

type junitSums struct{ tests, failures, errors, skipped int }

func (s junitSums) attributes(element, name string) xml.StartElement {
	start := xml.StartElement{Name: xml.Name{Local: element}, Attr: []xml.Attr{{Name: xml.Name{Local: "name"}, Value: name}}}
	for _, sum := range []struct {
		name string
		n    int
	}{{"tests", s.tests}, {"failures", s.failures}, {"errors", s.errors}, {"skipped", s.skipped}} {
		start.Attr = append(start.Attr, xml.Attr{Name: xml.Name{Local: sum.name}, Value: strconv.Itoa(sum.n)})
	}
	return start
}

type junitCase struct {
	XMLName xml.Name      `xml:"testcase"`
	Class   string        `xml:"classname,attr"`
	Name    string        `xml:"name,attr"`
	File    string        `xml:"file,attr,omitempty"` // of the working tree
	Failure *junitOutcome `xml:"failure"`
	Error   *junitOutcome `xml:"error"`
	Skipped *junitOutcome `xml:"skipped"`
	Output  *junitText    `xml:"system-out"`
}

type junitOutcome struct {
	Message string `xml:"message,attr"`
	Type    string `xml:"type,attr,omitempty"`
	Text    string `xml:",cdata"`
}

type junitText struct {
	Text string `xml:",cdata"`
}

func (j junitReporter) Write(w io.Writer, r *scanner.Report) error {
	suites := j.suites(r)
	var all junitSums
	for _, s := range suites {
		all.tests += s.tests
		all.failures += s.failures
		all.errors += s.errors
		all.skipped += s.skipped
	}
	root := all.attributes("testsuites", toolName)
	seconds := fmt.Sprintf("%.3f", float64(r.Stats.ElapsedMS)/1000)
	root.Attr = append(root.Attr, xml.Attr{Name: xml.Name{Local: "time"}, Value: seconds})

	out := bufio.NewWriter(w)
	out.WriteString(xml.Header)
	e := xml.NewEncoder(out)
	e.Indent("", indent)
	err := e.EncodeToken(root)
	for _, s := range suites {
		err = cmp.Or(err, j.suite(e, s))
	}
	if err = cmp.Or(err, e.EncodeToken(root.End()), e.Close()); err != nil {
		return err
	}
	out.WriteByte('\n')
	return out.Flush()
}

// suites parts a report by target, in its order.
func (j junitReporter) suites(r *scanner.Report) []*junitSuite {
	var suites []*junitSuite
	of := func(target string) *junitSuite {
		name := harmless(target)
		if i := slices.IndexFunc(suites, func(s *junitSuite) bool { return s.name == name }); i >= 0 {
			return suites[i]
		}
		suites = append(suites, &junitSuite{name: name})
		return suites[len(suites)-1]
	}
	for _, target := range r.Targets {
		of(target)
	}
	groups := [][]scanner.Finding{r.Findings}
	if j.ShowSuppressed {
		groups = append(groups, r.Hidden)
	}
	for _, findings := range groups {
		for i := range findings {
			s := of(findings[i].Occurrences[0].Origin.Target)
			s.findings = append(s.findings, &findings[i])
			switch f := &findings[i]; {
			case f.Suppression != nil:
				s.skipped++
			case f.Kind == rules.Secret:
				s.failures++
			}
		}
	}
	if len(suites) == 0 {
		of(toolName)
	}
	problems := r.Problems
	if !r.Complete && len(problems) == 0 {
		problems = []scanner.Problem{{Where: suites[0].name, Err: "the scan is not complete"}}
	}
	for _, p := range problems {
		s := suites[0]
		if target := targetOf(r.Targets, p.Where); target != "" {
			s = of(target)
		}
		s.problems = append(s.problems, p)
	}
	for _, s := range suites {
		s.errors = len(s.problems)
		s.tests = max(1, len(s.findings)+len(s.problems))
	}
	return suites
}

// targetOf is the target that a problem is in, the longest of those that its
// place begins with, empty for what is in none: of "ab" and "a", "ab/x" is in
// the former.
func targetOf(targets []string, where string) string {
	longest := ""
	for _, t := range targets {
		rest, ok := strings.CutPrefix(where, t)
		if ok && len(t) > len(longest) && (rest == "" || strings.HasSuffix(t, "/") || rest[0] == '/' || strings.HasPrefix(rest, ": ")) {
			longest = t
		}
	}
	return longest
}

// suite writes one suite, case by case.
func (j junitReporter) suite(e *xml.Encoder, s *junitSuite) error {
	start := s.attributes("testsuite", s.name)
	if err := e.EncodeToken(start); err != nil {
		return err
	}
	for _, f := range s.findings {
		if err := e.Encode(j.testCase(f)); err != nil {
			return err
		}
	}
	for _, p := range s.problems {
		text := harmless(p.Where + ": " + oneLine(p.Err))
		c := junitCase{Class: toolName, Name: "read " + harmless(p.Where), Error: &junitOutcome{Message: text, Type: "not read"}}
		if err := e.Encode(c); err != nil {
			return err
		}
	}
	if len(s.findings)+len(s.problems) == 0 {
		if err := e.Encode(junitCase{Class: toolName, Name: "no secrets"}); err != nil {
			return err
		}
	}
	return e.EncodeToken(start.End())
}

// testCase is a finding as the case of a test.
func (j junitReporter) testCase(f *scanner.Finding) junitCase {
	first := &f.Occurrences[0]
	c := junitCase{Class: toolName + "." + harmless(f.Rule.ID), Name: harmless(f.Rule.Title + " in " + position(first))}
	if file, _, ok := annotated(first); ok {
		c.File = harmless(file)
	}
	if f.Suppression != nil {
		c.Skipped = &junitOutcome{Message: harmless(decision(f.Suppression))}
		return c
	}
	if f.Kind == rules.Identifier {
		c.Output = &junitText{j.told(f)}
		return c
	}
	message := harmless(strings.TrimSpace(f.Secret.String() + " " + oneLine(f.Reason)))
	c.Failure = &junitOutcome{Message: message, Type: f.Severity.String(), Text: j.told(f)}
	return c
}

// told is a finding as the table tells it, without colours and without the
// secret.
func (o Options) told(f *scanner.Finding) string {
	o.Color, o.ShowSecrets = false, false
	var text strings.Builder
	p := newPrinter(&text, o)
	tableReporter{o}.secret(p, f)
	_ = p.out.Flush() // to memory
	return strings.TrimSuffix(text.String(), "\n")
}
