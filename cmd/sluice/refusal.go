package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// A refusal tells somebody who commits or pushes why that is not done, on one
// screen: what, where, why, and what to do now.
type refusal struct {
	what       string // commit, message, push
	server     bool   // whoever pushes cannot leave the check out
	severity   rules.Severity
	confidence rules.Confidence
}

// mostRefused is how many findings one screen holds.
const mostRefused = 5

// Write implements reporters.Reporter. What refuses nothing is silent.
func (r refusal) Write(w io.Writer, report *scanner.Report) error {
	var found []*scanner.Finding
	docker := false
	for i := range report.Findings {
		if f := &report.Findings[i]; f.Fails(r.severity, r.confidence) {
			found = append(found, f)
			docker = docker || strings.Contains(strings.ToLower(f.Occurrences[0].Origin.Path), "dockerfile")
		}
	}
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	noun := "a secret"
	if len(found) > 1 {
		noun = fmt.Sprintf("%d secrets", len(found))
	}
	fmt.Fprintf(&b, "sluice: this %s holds %s\n\n", r.what, noun)
	for _, f := range found[:min(len(found), mostRefused)] {
		r.finding(&b, f)
	}
	if more := len(found) - mostRefused; more > 0 {
		fmt.Fprintf(&b, "  and %d more\n\n", more)
	}
	r.advice(&b, found[0], docker)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r refusal) finding(b *strings.Builder, f *scanner.Finding) {
	at := f.Occurrences[0]
	where := plainly(at.Origin.FullPath())
	if at.Span.Length > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, at.Span.Line, at.Span.Column)
	}
	fmt.Fprintf(b, "  %s  %s  %s\n", where, f.Rule.Title, f.Secret)
	if c := at.Origin.Commit; c != nil && r.what == "push" {
		fmt.Fprintf(b, "    in commit %.12s %s\n", c.ID, plainly(c.Subject))
	}
	fmt.Fprintf(b, "    whoever reads it can use it, so it is a secret and no identifier: %s\n\n", f.Reason)
}

// plainly leaves out what would move the cursor.
func plainly(text string) string {
	return strings.Map(func(c rune) rune {
		if c < ' ' || c == 0x7f || c >= 0x80 && c < 0xa0 {
			return '?'
		}
		return c
	}, text)
}

func (r refusal) advice(b *strings.Builder, f *scanner.Finding, docker bool) {
	switch r.what {
	case "push":
		fmt.Fprintf(b, "  mend:  rewrite the commits without it (git rebase -i), and revoke it if anybody may have seen it\n")
	case "message":
		fmt.Fprintf(b, "  mend:  write the message without it\n")
	default:
		fmt.Fprintf(b, "  mend:  take it out, git add the file again, and keep it in a secret manager or the environment\n")
	}
	if docker {
		fmt.Fprintf(b, "         in a Dockerfile: RUN --mount=type=secret,id=NAME ...\n")
	}
	if r.server {
		fmt.Fprintf(b, "  allow: if it opens nothing, ask who runs the server for an entry %s  # WHY  in its %s\n", f.Fingerprint, ignoreName)
		return
	}
	fmt.Fprintf(b, "  allow: if it opens nothing, write  sluice:allow[%s] WHY  in a comment on its line,\n", f.Rule.ID)
	fmt.Fprintf(b, "         or  %s  # WHY  into %s\n", f.Fingerprint, ignoreName)
	fmt.Fprintf(b, "  once:  git %s --no-verify\n", verb(r.what))
}
