package reporters

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

var (
	codeSpans = regexp.MustCompile("`[^`\n]*`")
	ourTags   = regexp.MustCompile(`</?details>|</?summary>|</?code>|<https?://[^<>|` + "`" + ` ]+>`)
)

// outside is markdown without its code spans, in which nothing is markup.
func outside(text string) string { return codeSpans.ReplaceAllString(text, "") }

// checkMarkdown looks for markup that is not ours.
func checkMarkdown(t testing.TB, text string) {
	t.Helper()
	rest := outside(text)
	if i := strings.IndexByte(rest, '`'); i >= 0 {
		t.Errorf("a code span does not end: %.80q", rest[max(0, i-40):])
	}
	if bare := ourTags.ReplaceAllString(rest, ""); strings.ContainsAny(bare, "<>[]@~\\_") {
		t.Errorf("markup of somebody else in %.200q", bare[max(0, strings.IndexAny(bare, "<>[]@~\\_")-60):])
	}
	columns := 0
	for line := range strings.Lines(rest) {
		line = strings.TrimSuffix(line, "\n")
		switch got := strings.Count(line, "|"); {
		case got > 0 && columns > 0 && got != columns:
			t.Errorf("a row of %d columns in a table of %d: %q", got-1, columns-1, line)
		case got > 0 && !strings.HasPrefix(line, "| "):
			t.Errorf("a cell outside of a table: %q", line)
		case got == 0 && line != "" && !strings.HasPrefix(line, "- ") && !strings.HasPrefix(line, "**") && !strings.HasPrefix(line, "<"):
			if strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "## sluice: ") {
				t.Errorf("a heading of somebody else: %q", line)
			}
			columns = 0
		default:
			columns = got
		}
	}
	if strings.Count(rest, "<details>") != strings.Count(rest, "</details>") {
		t.Error("a part that is folded out does not end")
	}
}

func TestMarkdownMakesNoMarkup(t *testing.T) {
	const evil = "x`|</details><img src=EVIL>**EVIL**[EVIL](http://EVIL)@EVIL #1 www.EVIL.example\n# EVIL\n|EVIL|"
	r := hostileReport()
	for _, findings := range [][]scanner.Finding{r.Findings, r.Hidden} {
		for i := range findings {
			f := &findings[i]
			if f.Suppression != nil {
				f.Suppression = &scanner.Suppression{Reason: evil, By: evil, Where: evil}
			}
			for j := range f.Occurrences {
				at := &f.Occurrences[j]
				o := *at.Origin
				o.Path, o.Target, o.Member, o.Inherited = evil, evil, evil, evil
				o.Step = &scanner.Step{File: evil, Instruction: evil}
				o.Commit = &scanner.Commit{ID: evil, Author: evil, Subject: evil}
				at.Origin, at.Encoded, at.Fix, at.By = &o, evil, evil, &scanner.By{Commit: o.Commit}
			}
		}
	}
	r.Problems = []scanner.Problem{{Where: evil, Err: evil}}
	r.Skipped = []scanner.Skipped{{Path: evil, Reason: evil}}
	r.Stale = []scanner.Suppression{{Reason: evil, By: evil, Where: evil}}
	o := sampleOptions()
	o.ShowSuppressed = true
	text := string(render(t, "markdown", o, r))
	checkMarkdown(t, text)
	if rest := outside(text); strings.Contains(rest, "EVIL") {
		t.Errorf("text from outside stands outside of a code span:\n%s", rest)
	}
	if !strings.Contains(text, "EVIL") {
		t.Error("the paths are not shown")
	}
}

// GitHub shows nothing of a summary that is too long.
func TestMarkdownKeepsToTheLimit(t *testing.T) {
	r := &scanner.Report{Complete: true}
	for range 4000 {
		r.Findings = append(r.Findings, sampleReport().Findings...)
	}
	for _, limit := range []int{summaryLimit, 20_000, 4000} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			var b strings.Builder
			if err := (markdownReporter{sampleOptions(), limit}).Write(&b, r); err != nil {
				t.Fatal(err)
			}
			text := b.String()
			if len(text) > limit || len(text) < limit/2 {
				t.Errorf("%d bytes", len(text))
			}
			checkMarkdown(t, text)
			for _, want := range []string{"## sluice: 16,000 secrets", "for which there is no room here", "stands in the JSON report", "0 bytes in 0 pieces"} {
				if !strings.Contains(text, want) {
					t.Errorf("%q is not said", want)
				}
			}
			if strings.Contains(text, "| medium | Pass") {
				t.Error("the worst are not the ones that stay")
			}
		})
	}
}

func TestCodeSpan(t *testing.T) {
	tests := map[string]string{
		"a.go:1:2": "`a.go:1:2`", "": "", "  ": "", "a`b|c": "`a\\x60b\\x7cc`", "a\nb": "`a\\nb`", `a\`: "`a\\`", " a ": "`a`",
	}
	for text, want := range tests {
		if got := codeSpan(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
	if got := codeSpan(strings.Repeat("x", 5000)); len(got) != mostSpan+2 {
		t.Errorf("a long one has %d bytes", len(got))
	}
}

func TestProse(t *testing.T) {
	tests := map[string]string{
		"It's a key, 100% (sure).": "It's a key, 100% (sure).",
		"*a* _b_ <c> [d](e) @f #g": "&#42;a&#42; &#95;b&#95; &#60;c&#62; &#91;d&#93;(e) &#64;f &#35;g",
		"a\n| b":                   "a &#124; b",
	}
	for text, want := range tests {
		if got := prose(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}

func TestRemedy(t *testing.T) {
	tests := map[string]string{
		"https://example.com/a?b=c": "<https://example.com/a?b=c>", "curl -s $X | sh": "`curl -s $X \\x7c sh`", "": "",
		"https://example.com/?a|b": "`https://example.com/?a\\x7cb`", "javascript:alert(1)": "`javascript:alert(1)`",
	}
	for text, want := range tests {
		if got := remedy(text); got != want {
			t.Errorf("%q becomes %q, want %q", text, got, want)
		}
	}
}
