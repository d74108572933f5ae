package reporters

import (
	"encoding/csv"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

func readCSV(t testing.TB, text []byte) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(string(text))).ReadAll() // all rows of one length
	if err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return rows
}

// A row is a place; programs find its parts by the header.
func TestCSVHasARowForEachPlace(t *testing.T) {
	r := sampleReport()
	places := 0
	for _, f := range r.Findings {
		places += len(f.Occurrences)
	}
	text := render(t, "csv", sampleOptions(), r)
	rows := readCSV(t, text)
	if len(rows) != places+1 {
		t.Fatalf("%d rows for %d places and a header", len(rows), places)
	}
	if lines := strings.Count(string(text), "\r\n"); lines != len(rows) || strings.Count(string(text), "\n") != lines {
		t.Errorf("%d line ends for %d rows", lines, len(rows))
	}
	cell := func(row int, column string) string { return rows[row][slices.Index(rows[0], column)] }
	for column, want := range map[string]string{
		"severity": "critical", "image": sampleImage, "path": "app/.env", "line": "3", "state": "deleted", "circle": "image", "age_days": "40",
		"removed_by": "layer 5 sha256:555555555555", "redacted": "tok_****",
	} {
		if got := cell(1, column); got != want {
			t.Errorf("%s is %q, want %q", column, got, want)
		}
	}
	for column, want := range map[string]string{"ref": "HEAD", "circle": "git history", "author": "A. Author", "age_days": "228"} {
		if got := cell(5, column); got != want {
			t.Errorf("of the repository, %s is %q, want %q", column, got, want)
		}
	}
}

func TestCSVListsWhatIsSuppressedWhereAsked(t *testing.T) {
	o := sampleOptions()
	few := len(readCSV(t, render(t, "csv", o, sampleReport())))
	o.ShowSuppressed = true
	rows := readCSV(t, render(t, "csv", o, sampleReport()))
	if len(rows) != few+2 {
		t.Fatalf("%d rows, without the suppressed %d", len(rows), few)
	}
	if got := rows[len(rows)-2][len(csvHeader)-1]; got != "inline comment deploy/settings.py:30: made up for the tests" {
		t.Errorf("the decision is %q", got)
	}
}

func TestCSVIsNoFormula(t *testing.T) {
	tests := map[string]string{
		"=1+1": "'=1+1", "+1": "'+1", "-1": "'-1", "@SUM(A1)": "'@SUM(A1)", "|cmd": "'|cmd", " =1": "' =1", "\t=1": `\t=1`, "\r=1": `\x0d=1`,
		"'=1": "''=1", `"=1`: `'"=1`, "\uff1d1": "'\uff1d1", "a=1": "a=1", "": "", "a\nb": `a\nb`,
		"-----BEGIN KEY-----": "'-----BEGIN KEY-----",
	}
	for cell, want := range tests {
		if got := inert(cell); got != want {
			t.Errorf("%q becomes %q, want %q", cell, got, want)
		}
	}
	r := sampleReport()
	for i := range r.Findings {
		f := &r.Findings[i]
		f.Reason = "=HYPERLINK(1)"
		for j := range f.Occurrences {
			o := *f.Occurrences[j].Origin
			o.Path, o.Target, o.Member = "=cmd|' /C calc'!A0,\"", "@a", ""
			f.Occurrences[j].Origin = &o
			f.Occurrences[j].By = &scanner.By{Commit: &scanner.Commit{ID: "-1", Author: "+1"}}
		}
	}
	for _, row := range readCSV(t, render(t, "csv", sampleOptions(), r))[1:] {
		for _, cell := range row {
			if cell != "" && strings.ContainsAny(cell[:1], "=+-@\t\r") {
				t.Errorf("%q is a formula", cell)
			}
		}
	}
}
