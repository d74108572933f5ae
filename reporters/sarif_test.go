package reporters

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/owenrumney/go-sarif/v2/sarif"
	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

func officialSchema(t testing.TB) *jsonschema.Schema {
	t.Helper()
	text, err := os.ReadFile("../testdata/sarif-schema-2.1.0.json")
	if err != nil {
		t.Fatal(err)
	}
	return compile(t, string(text), "", false)
}

func sarifOf(t testing.TB, s sarifReporter, r *scanner.Report) ([]byte, *sarif.Run) {
	t.Helper()
	var b bytes.Buffer
	if err := s.Write(&b, r); err != nil {
		t.Fatal(err)
	}
	log, err := sarif.FromBytes(b.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return b.Bytes(), log.Runs[0]
}

func sampleSARIF(t *testing.T) *sarif.Run {
	_, run := sarifOf(t, sarifReporter{sampleOptions(), githubLimits}, sampleReport())
	return run
}

func TestSARIFKeepsToTheOfficialSchema(t *testing.T) {
	s := officialSchema(t)
	incomplete := &scanner.Report{Problems: []scanner.Problem{{Where: "a", Err: "b"}}}
	for _, r := range []*scanner.Report{sampleReport(), {}, {Complete: true}, incomplete} {
		for _, l := range []limits{githubLimits, {2, 1 << 20}, {100, 3000}} {
			text, _ := sarifOf(t, sarifReporter{sampleOptions(), l}, r)
			validate(t, s, text)
			if bytes.Contains(text, []byte("null")) {
				t.Errorf("a member is null in\n%s", text)
			}
		}
	}
}

// Of the result as GitHub reads it: everything that it requires, and nothing
// that it trips over.
func TestSARIFResults(t *testing.T) {
	run := sampleSARIF(t)
	guid := regexp.MustCompile(`^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$`)
	guids := map[string]any{}
	for i, r := range run.Results {
		if int(*r.RuleIndex) >= len(run.Tool.Driver.Rules) || run.Tool.Driver.Rules[*r.RuleIndex].ID != *r.RuleID {
			t.Errorf("result %d: rule index %d is not that of %s", i, *r.RuleIndex, *r.RuleID)
		}
		if len(r.Locations) != 1 || r.Kind != nil {
			t.Errorf("result %d has %d locations, kind %v", i, len(r.Locations), r.Kind)
		}
		for _, l := range append(r.Locations, r.RelatedLocations...) {
			if at := l.PhysicalLocation.Region; at.StartLine == nil || at.StartColumn == nil || at.EndLine == nil {
				t.Errorf("result %d: the region %+v lacks an end", i, at)
			}
		}
		fingerprint := r.PartialFingerprints["sluice/v1"]
		if !guid.MatchString(*r.CorrelationGuid) {
			t.Errorf("result %d: %q is no UUID of version 5", i, *r.CorrelationGuid)
		}
		if known, ok := guids[*r.CorrelationGuid]; ok && known != fingerprint {
			t.Errorf("result %d shares its correlation with another finding", i)
		}
		guids[*r.CorrelationGuid] = fingerprint
	}
	if want := len(sampleReport().Findings) + len(sampleReport().Hidden); len(guids) != want {
		t.Errorf("%d correlations for %d findings", len(guids), want)
	}
}

func TestSARIFSplitsByFile(t *testing.T) {
	var got []string
	for _, r := range sampleSARIF(t).Results {
		l := r.Locations[0].PhysicalLocation
		base := ""
		if l.ArtifactLocation.URIBaseId != nil {
			base = "root:"
		}
		got = append(got, fmt.Sprintf("%s %s %s%s:%d +%d", *r.Level, *r.RuleID, base, *l.ArtifactLocation.URI, *l.Region.StartLine, len(r.RelatedLocations)))
	}
	want := []string{
		"error example-token image/team/app/app/.env:3 +1",
		"error example-token image/team/app/config.Env%5BEXAMPLE_TOKEN%5D:1 +0",
		"error private-key image/team/app/app/lib/app%20jar.jar!/BOOT-INF/key.pem:1 +0",
		"error example-token root:deploy/token.yml:4 +0", // what stands at HEAD is in the tree
		"error example-token deploy/old%20token.yml:4 +0",
		"error example-token commit%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:4 +0",
		"error example-token tag%3Av1:4 +0",
		"error example-token root:deploy/new.yml:4 +0",
		"warning assigned-password root:docker/Dockerfile:7 +1", // the image place is related
		"warning assigned-password root:deploy/settings.py:12 +0",
		"warning assigned-password old/settings.py:12 +0",
		"note example-key-id root:deploy/settings.py:11 +0",
		"warning assigned-password root:deploy/settings.py:30 +0",
		"warning assigned-password old/settings.py:30 +0",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
}

func TestSARIFSuppressions(t *testing.T) {
	run := sampleSARIF(t)
	var got []string
	for _, r := range run.Results {
		for _, s := range r.Suppressions {
			got = append(got, fmt.Sprintf("%s %s %s", s.Kind, *s.Status, *s.Justification))
		}
	}
	if diff := cmp.Diff([]string{"inSource accepted made up for the tests", "external accepted revoked"}, got); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	var notes []string
	for _, n := range run.Invocations[0].ToolExecutionNotifications {
		if n.Level == "note" {
			notes = append(notes, *n.Message.Text)
		}
	}
	want := []string{".sluiceignore:7: ended on 2026-01-01 (the old demo)", ".sluice-baseline.json:11: matches nothing any more (known)"}
	if len(notes) < 2 || !cmp.Equal(notes[:2], want) {
		t.Errorf("notes %q, want first %q", notes, want)
	}
}

// Of too many results those that are suppressed go first, whatever their
// severity.
func TestSARIFKeepsWhatIsNotSuppressed(t *testing.T) {
	r := many(2)
	r.Hidden = r.Findings[3:]
	r.Hidden[0].Suppression = &scanner.Suppression{Kind: scanner.Baselined}
	r.Findings = r.Findings[:3]
	_, run := sarifOf(t, sarifReporter{sampleOptions(), limits{6, 1 << 20}}, r)
	for _, result := range run.Results {
		if len(result.Suppressions) > 0 {
			t.Errorf("%s was kept", *result.RuleID)
		}
	}
}

func TestSARIFTellsImagesApart(t *testing.T) {
	r := sampleReport()
	f := &r.Findings[0]
	r.Findings, r.Hidden = r.Findings[:1], nil
	other := *f.Occurrences[0].Origin
	other.Target = "127.0.0.1:5000/team/app:v2"
	twin := f.Occurrences[0]
	twin.Origin = &other
	f.Occurrences = []scanner.Occurrence{f.Occurrences[0], twin}
	_, run := sarifOf(t, sarifReporter{sampleOptions(), githubLimits}, r)
	if len(run.Results) != 2 {
		t.Fatalf("%d results, want one for each image", len(run.Results))
	}
	if a, b := run.Results[0].PartialFingerprints, run.Results[1].PartialFingerprints; !cmp.Equal(a, b) {
		t.Errorf("two tags of one repository have fingerprints %v and %v", a, b)
	}
}

func TestSARIFFlow(t *testing.T) {
	tests := []struct {
		name   string
		result int
		want   []string
	}{
		{"a file that was deleted", 0, []string{
			"image/team/app/app/.env:3 layer 2 sha256:222222222222 of " + sampleImage + " (linux/amd64): history[3] COPY . /app",
			"image/team/app/app/.env:3 deleted in layer 5, still extractable: RUN rm /app/.env && echo ${{DONE}}",
			"image/team/app/app/.env:9 layer 2 sha256:222222222222 of " + sampleImage + " (linux/amd64): history[3] COPY . /app",
			"image/team/app/app/.env:9 deleted in layer 5, still extractable: RUN rm /app/.env && echo ${{DONE}}",
			"image/team/app/config.Env%5BEXAMPLE_TOKEN%5D:1 the image config of " + sampleImage + " (linux/amd64)",
		}},
		{"a repository", 3, []string{
			"deploy/token.yml:4 brought in by commit aaaaaaaaaaaa by A. Author on 2025-06-01: deploy",
			"deploy/token.yml:4 the git history, object 0b0b0b0b0b0b, live at HEAD",
			"deploy/old%20token.yml:4 the git history, object 0b0b0b0b0b0b, live at refs/heads/main",
			"commit%3Aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa:4 the git history, object 0b0b0b0b0b0b, live",
			"tag%3Av1:4 brought in by tag eeeeeeeeeeee by A. Author on 2025-06-01: version 1",
			"tag%3Av1:4 the git history, object eeeeeeeeeeee, live at refs/tags/v1",
			"deploy/new.yml:4 the index",
		}},
		{"an instruction, a layer, a tree, a commit", 8, []string{
			"docker/Dockerfile:7 COPY passwords /etc/",
			"image/team/app/etc/passwords:2 layer 0 sha256:000000000000 of " + sampleImage + " (linux/amd64): history[0] ADD file:1 in /",
			"deploy/settings.py:12 the working tree",
			"old/settings.py:12 brought in by commit bbbbbbbbbbbb by A. Author on 2024-06-01: add settings",
			"old/settings.py:12 the git history, object 0b0b0b0b0b0b",
			"old/settings.py:12 deleted in commit dddddddddddd by A. Author on 2025-06-01, still in the history",
		}},
		{"one link", 11, nil},
	}
	run := sampleSARIF(t)
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var got []string
			for _, flow := range run.Results[test.result].CodeFlows {
				for _, l := range flow.ThreadFlows[0].Locations {
					at := l.Location.PhysicalLocation
					got = append(got, fmt.Sprintf("%s:%d %s", *at.ArtifactLocation.URI, *at.Region.StartLine, *l.Location.Message.Text))
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("-want +got\n%s", diff)
			}
		})
	}
}

// many is a report of one finding of each severity in n files.
func many(n int) *scanner.Report {
	r := &scanner.Report{Complete: true}
	for i, rule := range []*rules.Rule{sampleRules.id, sampleRules.password, sampleRules.key, sampleRules.token} {
		f := scanner.Finding{Fingerprint: fmt.Sprint("v1:", i), Rule: rule, Kind: rule.Kind, Severity: rule.Severity, Confidence: rule.Confidence}
		for j := range n {
			o := &scanner.Origin{Kind: scanner.Stdin, Path: fmt.Sprintf("some/folder/file-%d", j)}
			f.Occurrences = append(f.Occurrences, scanner.Occurrence{Place: scanner.Place{Origin: o, State: scanner.Live}, Span: span(1, 1, 9)})
		}
		r.Findings = append(r.Findings, f)
	}
	return r
}

func TestSARIFKeepsToTheLimits(t *testing.T) {
	tests := []struct {
		name          string
		limits        limits
		results       int
		rules         []string
		flows         bool
		notifications []string
	}{
		{"within", limits{80, 1 << 20}, 80, []string{"example-key-id", "assigned-password", "private-key", "example-token"}, true, nil},
		{"too many results: the worst stay", limits{30, 1 << 20}, 30, []string{"example-token", "private-key"}, true,
			[]string{"50 results, the least severe, are left out"}},
		{"too long: flows go first", limits{80, 6000}, 80, []string{"example-key-id", "assigned-password", "private-key", "example-token"}, false,
			[]string{"code flows and related locations are left out"}},
		{"far too long: then results", limits{80, 2600}, 20, []string{"example-token"}, false,
			[]string{"60 results, the least severe, are left out", "code flows and related locations are left out"}},
		{"hopeless", limits{80, 1}, 0, nil, false,
			[]string{"80 results, the least severe, are left out", "code flows and related locations are left out"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, run := sarifOf(t, sarifReporter{sampleOptions(), test.limits}, many(20))
			var ids []string
			for _, r := range run.Tool.Driver.Rules {
				ids = append(ids, r.ID)
			}
			if len(run.Results) != test.results || !cmp.Equal(ids, test.rules) {
				t.Errorf("%d results of the rules %v, want %d of %v", len(run.Results), ids, test.results, test.rules)
			}
			for _, r := range run.Results {
				if ids[*r.RuleIndex] != *r.RuleID || (r.CodeFlows != nil) != test.flows {
					t.Fatalf("result of %s: rule index %d, flow %v", *r.RuleID, *r.RuleIndex, r.CodeFlows != nil)
				}
			}
			said := run.Invocations[0].ToolExecutionNotifications
			if len(said) != len(test.notifications) {
				t.Fatalf("%d notifications, want %d", len(said), len(test.notifications))
			}
			for i, want := range test.notifications {
				if said[i].Level != "warning" || !strings.HasPrefix(*said[i].Message.Text, want) {
					t.Errorf("notification %d is %s %q, want %q", i, said[i].Level, *said[i].Message.Text, want)
				}
			}
		})
	}
}

// A finding in very many files is as many results: what each tells of the
// others must not grow with them.
func TestSARIFTellsLongChainsInPart(t *testing.T) {
	r := many(3 * mostSteps)
	again := r.Findings[3].Occurrences[1]
	for range 3 * mostSteps {
		r.Findings[3].Occurrences = append(r.Findings[3].Occurrences, again)
	}
	_, run := sarifOf(t, sarifReporter{sampleOptions(), githubLimits}, r)
	for _, result := range run.Results {
		if n := len(result.RelatedLocations); n > mostSteps {
			t.Fatalf("%d related locations", n)
		}
		for _, flow := range result.CodeFlows {
			links := flow.ThreadFlows[0].Locations
			if len(links) > mostSteps {
				t.Fatalf("%d links", len(links))
			}
			first, last := *links[0].Location.PhysicalLocation.ArtifactLocation.URI, *links[len(links)-1].Location.PhysicalLocation.ArtifactLocation.URI
			if here := *result.Locations[0].PhysicalLocation.ArtifactLocation.URI; first != "some/folder/file-0" || last != here {
				t.Fatalf("the flow of %s goes from %s to %s", here, first, last)
			}
		}
	}
}

func TestSARIFSemanticVersion(t *testing.T) {
	tests := map[string]string{"v1.2.3": "1.2.3", "1.2.3-rc.1+g0": "1.2.3-rc.1+g0", "dev": "", "(devel)": "", "v1.2": ""}
	for version, want := range tests {
		log := &sarifLog{Options: Options{Version: version}, report: &scanner.Report{}}
		driver, err := json.Marshal(log.driver())
		if err != nil {
			t.Fatal(err)
		}
		if got := strings.Contains(string(driver), `"semanticVersion":"`+want+`"`); got != (want != "") {
			t.Errorf("version %s gives %s", version, driver)
		}
	}
}

func TestSARIFCategory(t *testing.T) {
	image := []scanner.Image{{Name: sampleImage}}
	tests := []struct {
		given  string
		images []scanner.Image
		want   string
	}{
		{"", nil, ""},
		{"", image, "image/team/app"},
		{"nightly", image, "nightly"},
		{"nightly/", nil, "nightly"},
	}
	for _, test := range tests {
		log := &sarifLog{Options: Options{Category: test.given}, report: &scanner.Report{Images: test.images}}
		if got := log.category(); got != test.want {
			t.Errorf("category %q of %v is %q, want %q", test.given, test.images, got, test.want)
		}
	}
}

func TestSARIFMessagesMakeNoLinks(t *testing.T) {
	tests := map[string]string{
		"config.Env[NAME]":         "config.Env[NAME]",
		"[click](https://example)": `\[click\](https://example)`,
		`\[a](1)`:                  `\\\[a\](1)`,
		"${HOME} {0}":              "${{HOME}} {{0}}",
		"a\x1b[31mb\u202ec":        `a\x1b[31mb\u202ec`,
	}
	for text, want := range tests {
		if got := *message(text).Text; got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
