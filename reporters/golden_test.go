package reporters

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

var update = flag.Bool("update", false, "write the golden files anew")

func TestGolden(t *testing.T) {
	colored, narrow := sampleOptions(), sampleOptions()
	colored.Color = true
	narrow.Width = 60
	listed := sampleOptions()
	listed.ShowSuppressed = true
	tests := []struct {
		file, format string
		options      Options
		report       *scanner.Report
	}{
		{"report.txt", "table", sampleOptions(), sampleReport()},
		{"color.txt", "table", colored, sampleReport()},
		{"narrow.txt", "table", narrow, sampleReport()},
		{"report.json", "json", sampleOptions(), sampleReport()},
		{"report.jsonl", "jsonl", sampleOptions(), sampleReport()},
		{"report.sarif", "sarif", sampleOptions(), sampleReport()},
		{"report.csv", "csv", sampleOptions(), sampleReport()},
		{"report.junit.xml", "junit", listed, sampleReport()},
		{"report.github.txt", "github", sampleOptions(), sampleReport()},
		{"report.azure.txt", "azure", sampleOptions(), sampleReport()},
		{"report.gitlab.json", "gitlab", sampleOptions(), sampleReport()},
		{"report.md", "markdown", sampleOptions(), sampleReport()},
		{"suppressed.md", "markdown", listed, sampleReport()},
		{"template.txt", "template", listed, sampleReport()},
		{"suppressed.txt", "table", listed, sampleReport()},
		{"suppressed.json", "json", listed, sampleReport()},
		{"suppressed.jsonl", "jsonl", listed, sampleReport()},
		{"clean.txt", "table", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.json", "json", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.jsonl", "jsonl", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.csv", "csv", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.junit.xml", "junit", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.github.txt", "github", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.azure.txt", "azure", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.gitlab.json", "gitlab", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.md", "markdown", sampleOptions(), &scanner.Report{Complete: true}},
		{"clean.sarif", "sarif", sampleOptions(), &scanner.Report{Complete: true}},
	}
	for _, test := range tests {
		t.Run(test.file, func(t *testing.T) {
			file := filepath.Join("..", "testdata", "golden", test.file)
			got := render(t, test.format, test.options, test.report)
			if *update {
				if err := os.WriteFile(file, got, 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(string(want), string(got)); diff != "" {
				t.Errorf("-want +got (go test ./reporters -update writes it anew)\n%s", diff)
			}
		})
	}
}

func TestNoSecretUnlessAsked(t *testing.T) {
	shown := sampleOptions()
	shown.ShowSecrets = true
	value := token(1)
	forms := []string{value, strings.TrimPrefix(value, "tok_"), base64.RawStdEncoding.EncodeToString([]byte(value)), hex.EncodeToString([]byte(value))}
	for _, format := range Formats() {
		for _, form := range forms {
			if strings.Contains(string(render(t, format, sampleOptions(), sampleReport())), form) {
				t.Errorf("%s shows a secret", format)
			}
		}
		got := strings.Contains(string(render(t, format, shown, sampleReport())), value)
		if want := canShow(format); got != want {
			t.Errorf("%s with ShowSecrets: shown = %v, want %v", format, got, want)
		}
	}
}

// canShow reports whether a format has the values where they are asked for.
func canShow(format string) bool {
	switch format {
	case "table", "json", "jsonl", "template":
		return true
	}
	return false // made to be uploaded, or to stand in a log
}

// What is suppressed is a secret still.
func TestNoSuppressedSecretUnlessAsked(t *testing.T) {
	listed := sampleOptions()
	listed.ShowSuppressed = true
	shown := listed
	shown.ShowSecrets = true
	for _, format := range Formats() {
		if strings.Contains(string(render(t, format, listed, sampleReport())), token(6)) {
			t.Errorf("%s shows a suppressed secret", format)
		}
		got := strings.Contains(string(render(t, format, shown, sampleReport())), token(6))
		if want := canShow(format); got != want {
			t.Errorf("%s with ShowSecrets: shown = %v, want %v", format, got, want)
		}
	}
}

func TestSameBytes(t *testing.T) {
	for _, format := range Formats() {
		reporter, err := New(format, sampleOptions())
		if err != nil {
			t.Fatal(err)
		}
		var a, b strings.Builder
		for _, w := range []*strings.Builder{&a, &b} {
			if err := reporter.Write(w, sampleReport()); err != nil {
				t.Fatal(err)
			}
		}
		if a.String() != b.String() {
			t.Errorf("%s: two writes differ", format)
		}
	}
}

// full is a disk with room for a few bytes.
type full struct{ room int }

var errFull = errors.New("no space left")

func (f *full) Write(p []byte) (int, error) {
	if f.room -= len(p); f.room < 0 {
		return 0, errFull
	}
	return len(p), nil
}

func TestWriteErrorIsReturned(t *testing.T) {
	for _, format := range Formats() {
		whole := len(render(t, format, sampleOptions(), sampleReport()))
		for _, room := range []int{0, 500, whole - 1} {
			reporter, err := New(format, sampleOptions())
			if err != nil {
				t.Fatal(err)
			}
			if err := reporter.Write(&full{room}, sampleReport()); !errors.Is(err, errFull) {
				t.Errorf("%s with room for %d bytes: error %v", format, room, err)
			}
		}
	}
}

func TestUnknownFormat(t *testing.T) {
	_, err := New("xml", Options{})
	if err == nil || !strings.Contains(err.Error(), `"xml"`) || !strings.Contains(err.Error(), "table, json, jsonl, sarif, csv, junit, github, gitlab, azure, markdown, template") {
		t.Errorf("error %v does not name the format and those there are", err)
	}
}
