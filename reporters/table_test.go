package reporters

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/sluice-sec/sluice/scanner"
)

// hostile is what somebody could call a file to make a terminal lie: it turns
// colours off, clears the line, moves up, turns text round, ends the line.
const hostile = "a\x1b[2K\x1b[1A\x9b0m\u009b0m\u202egpj.exe\u2066\r\nno secrets\x00\x7f\u2028\xff\U000e0041"

// hostileReport says it wherever a report takes text from outside.
func hostileReport() *scanner.Report {
	r := sampleReport()
	for _, findings := range [][]scanner.Finding{r.Findings, r.Hidden} {
		for i := range findings {
			makeHostile(&findings[i])
		}
	}
	r.Stale = []scanner.Suppression{{Reason: hostile, By: hostile, Where: hostile}}
	r.Targets = []string{hostile}
	r.Images = []scanner.Image{{Name: hostile, Digest: hostile, Platform: hostile}}
	r.Skipped = []scanner.Skipped{{Path: hostile, Reason: hostile}}
	r.Problems = []scanner.Problem{{Where: hostile, Err: hostile}}
	return r
}

func makeHostile(f *scanner.Finding) {
	f.Reason += hostile
	if f.Suppression != nil {
		f.Suppression = &scanner.Suppression{Reason: hostile, By: hostile, Where: hostile}
	}
	for j := range f.Occurrences {
		at := &f.Occurrences[j]
		o := *at.Origin
		o.Target, o.Path, o.Member, o.Inherited, o.Platform, o.Object = hostile, hostile, hostile, hostile, hostile, hostile
		o.Layer = &scanner.Layer{Digest: hostile, CreatedBy: hostile}
		o.Commit = &scanner.Commit{ID: hostile, Author: hostile, Email: hostile, Subject: hostile, Date: time.Unix(1<<40, 0)}
		o.Step = &scanner.Step{File: hostile, Instruction: hostile, Stage: hostile}
		at.Origin, at.Extract = &o, hostile
		at.By = &scanner.By{Layer: o.Layer, Commit: o.Commit}
		if at.Ref != "" && at.Ref != "HEAD" {
			at.Ref = hostile
		}
	}
}

// obeyed returns the first thing in text that a terminal does not show but
// obeys. A line may end as RFC 4180 wants it.
func obeyed(text string) string {
	text = strings.ReplaceAll(text, "\r\n", "\n")
	for i, r := range text {
		if r != '\n' && unprintable(r) || strings.HasPrefix(text[i:], "\xff") {
			return fmt.Sprintf("%q at %d: %q", r, i, text[max(i-30, 0):i])
		}
	}
	return ""
}

func TestNoFormatMovesTheTerminal(t *testing.T) {
	o := sampleOptions()
	o.ShowSuppressed = true
	for _, format := range Formats() {
		if bad := obeyed(string(render(t, format, o, hostileReport()))); bad != "" {
			t.Errorf("%s: %s", format, bad)
		}
	}
}

func TestColorsAreOurs(t *testing.T) {
	o := sampleOptions()
	o.Color = true
	text := string(render(t, "table", o, hostileReport()))
	for _, s := range []style{bold, dim, alarm, red, green, yellow, cyan, "0"} {
		text = strings.ReplaceAll(text, "\x1b["+string(s)+"m", "")
	}
	if bad := obeyed(text); bad != "" {
		t.Error(bad)
	}
}

func TestTableHasTheLinesItWrote(t *testing.T) {
	lines := strings.Split(string(render(t, "table", sampleOptions(), hostileReport())), "\n")
	for _, line := range lines {
		if strings.HasPrefix(line, "no secrets") {
			t.Errorf("a name made the line %q", line)
		}
	}
}

// A job prints the table into its log, where the runner looks for commands.
func TestTableGivesNoCommands(t *testing.T) {
	for _, name := range []string{"::stop-commands::x", "  ::error::x", "##[error]x", "a ##vso[task.setvariable variable=PATH]x", "####[x]"} {
		r := sampleReport()
		for i := range r.Findings {
			for j := range r.Findings[i].Occurrences {
				at := &r.Findings[i].Occurrences[j]
				o := *at.Origin
				o.Path, o.Target = name, name
				at.Origin, at.Extract, at.Fix = &o, name, name
			}
		}
		r.Problems = []scanner.Problem{{Where: name, Err: name}}
		for _, format := range []string{"table", "junit"} {
			text := string(render(t, format, sampleOptions(), r))
			for line := range strings.Lines(text) {
				if strings.HasPrefix(strings.TrimSpace(line), "::") || format == "table" && strings.Contains(line, "##") {
					t.Errorf("%s: %q is a command", format, line)
				}
			}
		}
	}
}

func TestTableBoundsThePlaces(t *testing.T) {
	text := string(render(t, "table", sampleOptions(), many(2000)))
	if got := strings.Count(text, "some/folder/file-"); got != 3*mostPlaces+1 {
		t.Errorf("%d places are listed", got)
	}
	if !strings.Contains(text, "and 1,988 more places") {
		t.Error("the rest is not counted")
	}
}

// What a place shares with the one before it is said once, but the layer of
// another image is another layer.
func TestChainSaysALinkOnce(t *testing.T) {
	at := func(image string, layer int, path string) scanner.Occurrence {
		o := &scanner.Origin{Kind: scanner.InLayer, Target: image, Path: path, Layer: &scanner.Layer{Index: layer}}
		return scanner.Occurrence{Place: scanner.Place{Origin: o, State: scanner.Live}}
	}
	var b strings.Builder
	p := newPrinter(&b, Options{Width: defaultWidth})
	chain(p, []scanner.Occurrence{at("a", 1, "x"), at("a", 1, "y"), at("a", 2, "x"), at("b", 2, "x")})
	if err := p.out.Flush(); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(strings.ReplaceAll(b.String(), "  live", "")), " ")
	if want := "a layer 1 x y layer 2 x b layer 2 x"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestMadeBy(t *testing.T) {
	tests := map[string]string{
		"/bin/sh -c #(nop) ADD file:1 in / ":                    "ADD file:1 in /",
		"/bin/sh -c apt-get update &&     apt-get install -y x": "RUN apt-get update && apt-get install -y x",
		"RUN /bin/sh -c make # buildkit":                        "RUN make",
		"RUN |1 K=V /bin/sh -c make # buildkit":                 "RUN |1 K=V /bin/sh -c make",
		"COPY . /app # buildkit":                                "COPY . /app",
		"":                                                      "",
	}
	for text, want := range tests {
		if got := madeBy(&scanner.Layer{CreatedBy: text}); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

func TestNumbers(t *testing.T) {
	tests := []struct{ got, want string }{
		{grouped(0), "0"}, {grouped(999), "999"}, {grouped(1000), "1,000"}, {grouped(1234567), "1,234,567"},
		{plural(1, "problem"), "1 problem"}, {plural(0, "problem"), "0 problems"},
		{size(1), "1 byte"}, {size(1023), "1,023 bytes"}, {size(1024), "1.0 KiB"}, {size(3 << 30), "3.0 GiB"}, {size(5 << 50), "5120.0 TiB"},
		{fit("abcdef", 6), "abcdef"}, {fit("abcdefg", 6), "abc..."}, {fit("abc", 1), "..."},
	}
	for _, test := range tests {
		if test.got != test.want {
			t.Errorf("got %q, want %q", test.got, test.want)
		}
	}
}

func TestWrap(t *testing.T) {
	got := strings.Join(wrap("  one two   averyverylongword ééé ü ", 7), "|")
	if want := "one two|averyverylongword|ééé ü"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
