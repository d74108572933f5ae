package scanner

import (
	"bytes"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// An allowance is a comment beside a value that says it may stay there:
//
//	token = "..."  # sluice:allow[gitlab-access-token] made up for the tests
//	key = "..."    // gitleaks:allow
//
// It stands on the line of the value, or, where the language has no comments
// at the end of a line, on a line of its own right above. Ours names the rules
// and why, or it allows nothing.
type allowance struct {
	rules  []string // none: any
	reason string
	line   int
	flaw   string // why it allows nothing
}

var (
	ourMark      = regexp.MustCompile(`sluice:allow\b(?:\[([^\]\r\n]*)\])?([^\r\n]*)`)
	allowSign    = []byte(":allow")
	gitleaksMark = []byte("gitleaks:allow")
	// aloneBefore is what may stand before the mark on a line that is nothing
	// but a comment, commentEnds what ends one.
	aloneBefore = regexp.MustCompile(`^[\s#/*;%!<>({\-'"=.@]*(?:(?i:rem|dnl)\s+)?$`)
	commentEnds = []string{"*/", "-->", "--%>", "%>", "#}", "}}", "*)", "#>", "|#", "=#", "-}", "]]", "}", `"`, "'", ","}
)

// Bounds of what is kept of a comment: bytes of its reason and of the id of a
// rule, and ids.
const (
	maxReason = 300
	longestID = 100
	mostNamed = 20
)

// allowancesIn returns what the comments beside text[start:end] allow. The line
// number is that of text[start].
func allowancesIn(text []byte, start, end, line int) []allowance {
	lo, hi := start, end
	if nl := bytes.LastIndexByte(text[:start], '\n'); nl >= 0 {
		lo = nl + 1
	} else {
		lo = 0
	}
	if nl := bytes.IndexByte(text[end:], '\n'); nl >= 0 {
		hi = end + nl
	} else {
		hi = len(text)
	}
	found := readAllowances(nil, text[lo:hi], line, false)
	if lo > 0 {
		above := text[:lo-1]
		above = above[bytes.LastIndexByte(above, '\n')+1:]
		found = readAllowances(found, above, line-1, true)
	}
	return found
}

// readAllowances appends those that a text holds, which starts at that line: if
// alone, only those before which there is nothing.
func readAllowances(found []allowance, text []byte, line int, alone bool) []allowance {
	if !bytes.Contains(text, allowSign) {
		return found
	}
	for i, row := range bytes.Split(text, []byte{'\n'}) {
		if at := bytes.Index(row, gitleaksMark); at >= 0 && !alone {
			found = append(found, allowance{line: line + i, reason: string(gitleaksMark)})
		}
		m := ourMark.FindSubmatchIndex(row)
		if m == nil || alone && !aloneBefore.Match(row[:m[0]]) {
			continue
		}
		a := allowance{line: line + i, reason: reasonIn(string(row[m[4]:m[5]]))}
		if m[2] >= 0 {
			for id := range strings.SplitSeq(string(row[m[2]:m[3]]), ",") {
				if id = strings.TrimSpace(id); id != "" && len(id) <= longestID && len(a.rules) < mostNamed {
					a.rules = append(a.rules, id)
				}
			}
		}
		switch {
		case len(a.rules) == 0:
			a.flaw = "names no rule"
		case a.reason == "":
			a.flaw = "gives no reason"
		}
		found = append(found, a)
	}
	return found
}

// reasonIn takes what ends a comment off a reason.
func reasonIn(text string) string {
	for {
		text = strings.TrimSpace(strings.TrimLeft(text, ": \t"))
		short := text
		for _, end := range commentEnds {
			short = strings.TrimSuffix(short, end)
		}
		if short == text {
			break
		}
		text = short
	}
	if len(text) > maxReason {
		text = strings.ToValidUTF8(text[:maxReason], "")
	}
	return text
}

// allows reports whether the comment allows what these rules found.
func (a *allowance) allows(ids []string) bool {
	return a.flaw == "" && (len(a.rules) == 0 || slices.ContainsFunc(a.rules, func(id string) bool { return slices.Contains(ids, id) }))
}

// refusal says why a comment allows nothing here, to whoever wrote it; it is
// empty if it does.
func (a *allowance) refusal(ids []string, believed bool) string {
	switch {
	case a.flaw != "":
		return fmt.Sprintf("sluice:allow in line %d %s: write sluice:allow[%s] and why", a.line, a.flaw, ids[0])
	case !a.allows(ids):
		return fmt.Sprintf("sluice:allow in line %d is for %s", a.line, strings.Join(a.rules, ", "))
	case !believed:
		return fmt.Sprintf("the comment in line %d counts in the working tree alone", a.line)
	}
	return ""
}

// believes reports whether comments are believed there: in what the user has
// under their hands, and not in what is brought from elsewhere.
func (p *Policy) believes(o *Origin) bool {
	return (o.Kind == File || o.Kind == Staged || o.Kind == Stdin || o.Kind == InCommit && p.OwnHistory) && o.Member == ""
}
