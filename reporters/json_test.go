package reporters

import (
	"bytes"
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"time"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"github.com/sluice-sec/sluice/scanner"
)

// compile makes a schema ready; strict refuses every key that it does not
// describe.
func compile(t testing.TB, text, fragment string, strict bool) *jsonschema.Schema {
	t.Helper()
	doc, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	if strict {
		closeObjects(doc)
	}
	c := jsonschema.NewCompiler()
	c.AssertFormat()
	if err := c.AddResource("schema.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("schema.json" + fragment)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func closeObjects(v any) {
	switch v := v.(type) {
	case map[string]any:
		if _, object := v["properties"].(map[string]any); object {
			v["additionalProperties"] = false
		}
		for _, inner := range v {
			closeObjects(inner)
		}
	case []any:
		for _, inner := range v {
			closeObjects(inner)
		}
	}
}

func validate(t testing.TB, s *jsonschema.Schema, text []byte) {
	t.Helper()
	v, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	if err := s.Validate(v); err != nil {
		t.Errorf("%v\n%.4000s", err, text)
	}
}

func TestJSONKeepsToItsSchema(t *testing.T) {
	s := compile(t, Schema(), "", true)
	shown := sampleOptions()
	shown.ShowSecrets, shown.ShowSuppressed = true, true
	validate(t, s, render(t, "json", shown, sampleReport()))
	validate(t, s, render(t, "json", sampleOptions(), &scanner.Report{}))
}

func TestJSONLinesKeepToTheirSchema(t *testing.T) {
	s := compile(t, Schema(), "#/$defs/line", false)
	listed := sampleOptions()
	listed.ShowSuppressed = true
	lines := bytes.Split(bytes.TrimSuffix(render(t, "jsonl", listed, sampleReport()), []byte("\n")), []byte("\n"))
	if want := len(sampleReport().Findings) + len(sampleReport().Hidden) + 1; len(lines) != want {
		t.Fatalf("%d lines, want %d", len(lines), want)
	}
	for _, line := range lines {
		validate(t, s, line)
	}
}

// A line of jsonl is the object of json and a type.
func TestJSONLinesHoldTheSameObjects(t *testing.T) {
	var whole struct{ Findings []json.RawMessage }
	if err := json.Unmarshal(render(t, "json", sampleOptions(), sampleReport()), &whole); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(string(render(t, "jsonl", sampleOptions(), sampleReport())), "\n")
	for i, f := range whole.Findings {
		var compact bytes.Buffer
		if err := json.Compact(&compact, f); err != nil {
			t.Fatal(err)
		}
		if want := `{"type":"finding",` + compact.String()[1:]; lines[i] != want {
			t.Errorf("line %d is\n%s\nwant\n%s", i+1, lines[i], want)
		}
	}
}

func TestJSONListsWhatIsSuppressedWhereAsked(t *testing.T) {
	type report struct {
		Suppressed int
		Listed     *[]struct {
			Suppression struct{ Kind, Reason, By, When, Expires, Where string }
		} `json:"suppressed_findings"`
		Stale []struct{ Kind, Where string }
	}
	read := func(o Options, r *scanner.Report) (out report) {
		if err := json.Unmarshal(render(t, "json", o, r), &out); err != nil {
			t.Fatal(err)
		}
		return out
	}
	asked := sampleOptions()
	asked.ShowSuppressed = true
	if got := read(sampleOptions(), sampleReport()); got.Listed != nil || got.Suppressed != 4 || len(got.Stale) != 2 {
		t.Errorf("unasked: %+v", got)
	}
	if got := read(asked, &scanner.Report{}); got.Listed == nil || len(*got.Listed) != 0 {
		t.Errorf("asked for, and nothing is: %+v", got)
	}
	got := read(asked, sampleReport())
	if got.Listed == nil || len(*got.Listed) != 2 {
		t.Fatalf("asked: %+v", got)
	}
	inline, known := (*got.Listed)[0].Suppression, (*got.Listed)[1].Suppression
	if inline.Kind != "inline comment" || inline.Where != "deploy/settings.py:30" || inline.When != "" || inline.Expires != "" {
		t.Errorf("the comment is %+v", inline)
	}
	if known.Kind != "baseline" || known.By != "B. Author" || known.When != "2025-03-01T00:00:00Z" || known.Expires != "2027-03-01T00:00:00Z" {
		t.Errorf("the entry is %+v", known)
	}
}

func TestAgeDays(t *testing.T) {
	now := sampleNow
	day := 24 * time.Hour
	tests := []struct {
		name string
		at   time.Time
		want int // -1: none
	}{
		{"forty days", now.Add(-40 * day), 40},
		{"not yet a day", now.Add(-23 * time.Hour), 0},
		{"a clock an hour ahead", now.Add(time.Hour), 0},
		{"the future", now.Add(3 * day), -1},
		{"no date", time.Time{}, -1},
		{"the epoch", time.Unix(0, 0), -1},
		{"the epoch of jib", time.Unix(1, 0), -1},
		{"the first date of zip", time.Date(1980, 1, 1, 0, 0, 1, 0, time.UTC), -1},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			o := sampleOptions()
			for _, from := range []*scanner.Origin{{Layer: &scanner.Layer{Created: test.at}}, {Commit: &scanner.Commit{Date: test.at}}} {
				got := ageDays(o.Now, from)
				if (got == nil) != (test.want < 0) || got != nil && *got != test.want {
					t.Errorf("age is %v, want %d", got, test.want)
				}
			}
		})
	}
}

func TestCommitDateOutOfRange(t *testing.T) {
	for _, year := range []int{-5, 0, 12345} {
		c := commitOf(&scanner.Commit{ID: "x", Date: time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)})
		if c.Date != "" {
			t.Errorf("year %d gives %q", year, c.Date)
		}
	}
}

func TestMode(t *testing.T) {
	tests := []struct {
		origin scanner.Origin
		want   string
	}{
		{scanner.Origin{Kind: scanner.File}, ""},
		{scanner.Origin{Kind: scanner.InLayer}, "0000"}, // /etc/shadow of Fedora
		{scanner.Origin{Kind: scanner.InLayer, Mode: 0o755}, "0755"},
		{scanner.Origin{Kind: scanner.InLayer, Mode: 0o755 | fs.ModeSetuid}, "4755"},
		{scanner.Origin{Kind: scanner.InLayer, Mode: 0o777 | fs.ModeSticky}, "1777"},
	}
	for _, test := range tests {
		got := Options{}.occurrence(&scanner.Occurrence{Place: scanner.Place{Origin: &test.origin}}).Mode
		if got != test.want {
			t.Errorf("%v of kind %d is %q, want %q", test.origin.Mode, test.origin.Kind, got, test.want)
		}
	}
}
