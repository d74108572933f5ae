package reporters

import (
	"fmt"
	"strings"
)

// Markdown is written for GitHub and GitLab, whose dialects make links of bare
// addresses and mentions of names. Text from outside stands in code spans,
// where both make nothing; our own prose and that of rules has its punctuation
// written as character references, which are text whatever stands round them.

// mostSpan bounds a code span: a path in a repository can have any length.
const mostSpan = 1000

// codeSpan is text as a code span, for a cell of a table too. What would end
// it or the cell is written out as harmless does it.
func codeSpan(text string) string {
	text = strings.TrimSpace(spanSyntax.Replace(fit(text, mostSpan)))
	if text == "" {
		return ""
	}
	return "`" + text + "`"
}

var spanSyntax = strings.NewReplacer("`", `\x60`, "|", `\x7c`)

// prose is text on one line that is no markup, of markdown or HTML.
func prose(text string) string {
	const plain = " ,;.:?=\"-'/()%"
	var b strings.Builder
	for _, r := range fit(oneLine(text), mostText) {
		if r >= 0x80 || r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || strings.ContainsRune(plain, r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "&#%d;", r)
		}
	}
	return b.String()
}

// remedy is what a rule says to do: a link where it is an address, a code span
// where it is a command or anything else.
func remedy(text string) string {
	text = oneLine(text)
	if isAddress(text) && !strings.ContainsAny(text, "<>|`") && harmless(text) == text {
		return "<" + text + ">"
	}
	return codeSpan(text)
}
