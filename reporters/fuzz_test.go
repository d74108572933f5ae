package reporters

import (
	"bytes"
	"encoding/json"
	"net/url"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// FuzzReporters writes reports made of hostile names in every format: the
// JSON keeps to its schemas, nothing moves a terminal, and every address in SARIF is one
// that GitHub takes.
func FuzzReporters(f *testing.F) {
	f.Add("ghcr.io/team/app:v1", "app/.env", "", "COPY . /app", int64(1_700_000_000), uint8(2), uint16(3))
	f.Add(hostile, hostile, hostile, hostile, int64(1)<<55, uint8(0), uint16(0))
	f.Add("oci:..", "//x:y", "../..", `"findings": [] "results": []`, int64(-1)<<55, uint8(1), uint16(1))
	f.Add("@", "https://example.com/%zz", "\xed\xa0\x80", "{0} [a](1) \\", int64(0), uint8(3), uint16(65535))
	f.Add("app", "a", "", "http://a b", int64(5), uint8(4), uint16(2))
	f.Add(".", "tag:../v1", "", "|<b>`]]>,\"@all %0A::error::\r\n=1+1", int64(5), uint8(6), uint16(2))
	f.Add(".", "+a,b:c%\r\n::stop-commands::x", "", "</details>\n# x", int64(5), uint8(7), uint16(4))
	schemas := map[string]*jsonschema.Schema{"json": compile(f, Schema(), "", true), "sarif": officialSchema(f), "gitlab": gitlabSchema(f)}
	f.Fuzz(func(t *testing.T, target, path, member, text string, date int64, kind uint8, number uint16) {
		line := int(number) + 1
		origin := &scanner.Origin{
			Kind: scanner.OriginKind(kind % 8), Target: target, Path: path, Member: member, Platform: text, Owner: text, Inherited: text, Object: text,
			Layer:  &scanner.Layer{Index: line, Digest: text, DiffID: path, CreatedBy: text, Created: time.Unix(date, 0)},
			Commit: &scanner.Commit{ID: text, Author: text, Email: text, Subject: text, Date: time.Unix(date, 0)},
		}
		stepped := *origin
		stepped.Step = &scanner.Step{File: path, Line: line, EndLine: line, Instruction: text, Stage: text}
		span := scanner.Span{Offset: int64(line), Length: 4, Line: line, Column: line, EndLine: line, EndColumn: line}
		removed := &scanner.By{Layer: origin.Layer}
		rule := &rules.Rule{ID: text, Title: text, Description: text, Provider: text, References: []string{text}, Tags: []string{path, member}}
		r := &scanner.Report{
			Targets: []string{target}, Images: []scanner.Image{{Name: target, Digest: text}},
			Findings: []scanner.Finding{{
				Fingerprint: "v1:" + text, Rule: rule, Secret: scanner.NewSecret(text, true), Reason: text, Identifiers: []string{text},
				Occurrences: []scanner.Occurrence{
					{Place: scanner.Place{Origin: origin, State: scanner.Deleted, By: removed, Extract: text}, Span: span},
					{Place: scanner.Place{Origin: &stepped, State: scanner.Live, LineHash: text}, Span: span},
				},
			}},
			Skipped:  []scanner.Skipped{{Path: path, Reason: scanner.Reason(text)}},
			Problems: []scanner.Problem{{Where: path, Err: text}},
			Stale:    []scanner.Suppression{{Reason: text, By: text, Where: path}},
		}
		r.Hidden = []scanner.Finding{r.Findings[0]}
		r.Hidden[0].Suppression = &scanner.Suppression{Kind: scanner.Ignored, Reason: text, By: text, When: time.Unix(date, 0), Where: path}
		r.Findings[0].Occurrences = append(r.Findings[0].Occurrences, scanner.Occurrence{Span: span, Place: scanner.Place{
			Origin: &scanner.Origin{Kind: scanner.InCommit, Target: target, Path: path, Member: member, Commit: origin.Commit},
			State:  scanner.Live, Ref: [...]string{"HEAD", text}[number%2],
		}})
		options := sampleOptions()
		options.ShowSuppressed = true
		for _, format := range Formats() {
			out := render(t, format, options, r)
			if bad := obeyed(string(out)); bad != "" {
				t.Errorf("%s: %s", format, bad)
			}
			switch format {
			case "json", "sarif", "gitlab":
				validate(t, schemas[format], out)
			case "csv":
				if rows := readCSV(t, out); len(rows) != 6 {
					t.Errorf("%d rows for five places and a header", len(rows))
				}
			case "markdown":
				checkMarkdown(t, string(out))
			case "github":
				if got := readCommands(t, out); len(got) != 2 {
					t.Errorf("%d commands for a finding and a problem:\n%s", len(got), out)
				}
			case "azure":
				if got := readIssues(t, out); len(got) != 2 {
					t.Errorf("%d commands for a finding and a problem:\n%s", len(got), out)
				}
			case "junit":
				readJUnit(t, out)
			case "jsonl":
				lines := bytes.Split(bytes.TrimSuffix(out, []byte("\n")), []byte("\n"))
				if len(lines) != 3 || !json.Valid(lines[0]) || !json.Valid(lines[1]) || !json.Valid(lines[2]) {
					t.Errorf("jsonl is no three lines of JSON:\n%s", out)
				}
			}
		}
		checkURIs(t, sarifReporter{sampleOptions(), githubLimits}, r)
	})
}

func checkURIs(t *testing.T, s sarifReporter, r *scanner.Report) {
	t.Helper()
	_, run := sarifOf(t, s, r)
	if len(run.Results) == 0 {
		t.Error("no results")
	}
	for _, result := range run.Results {
		for _, l := range append(result.Locations, result.RelatedLocations...) {
			checkURI(t, *l.PhysicalLocation.ArtifactLocation.URI)
		}
		for _, flow := range result.CodeFlows {
			for _, step := range flow.ThreadFlows[0].Locations {
				checkURI(t, *step.Location.PhysicalLocation.ArtifactLocation.URI)
			}
		}
	}
}

func checkURI(t *testing.T, uri string) {
	t.Helper()
	u, err := url.Parse(uri)
	if err != nil {
		t.Errorf("%q: %v", uri, err)
		return
	}
	first, _, _ := strings.Cut(uri, "/")
	if u.IsAbs() || u.Host != "" || u.Opaque != "" || u.RawQuery != "" || u.Fragment != "" || strings.HasPrefix(uri, "/") || strings.Contains(first, ":") {
		t.Errorf("%q is more than a relative path", uri)
	}
	if !utf8.ValidString(u.Path) {
		t.Errorf("%q decodes to what is no UTF-8", uri)
	}
	if strings.HasPrefix(uri, "image/") && strings.Contains("/"+u.Path+"/", "/../") {
		t.Errorf("%q leaves the image", uri)
	}
}
