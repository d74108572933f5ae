package main

import (
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// A refusal tells somebody who commits or pushes why that is not done, on one
// screen: what, where, why, and what to do now.
type refusal struct {
	what       string // commit, message, push
	server     bool   // whoever pushes cannot leave the check out
	prefix     string // the folder of the working tree that git was called in, "" for its root
	severity   rules.Severity
	confidence rules.Confidence
}

// Bounds of what one screen holds: findings, and code points of what may be long.
const (
	mostRefused = 3
	mostTelling = 160
)

// Write implements reporters.Reporter. What refuses nothing is silent.
func (r refusal) Write(w io.Writer, report *scanner.Report) error {
	var found []*scanner.Finding
	for i := range report.Findings {
		if f := &report.Findings[i]; f.Fails(r.severity, r.confidence) {
			found = append(found, f)
		}
	}
	if len(found) == 0 {
		return nil
	}
	var b strings.Builder
	noun := "a secret: it opens something, where an identifier only names it"
	if len(found) > 1 {
		noun = fmt.Sprintf("%d secrets: they open something, where identifiers only name it", len(found))
	}
	fmt.Fprintf(&b, "sluice: this %s holds %s\n\n", r.what, noun)
	for _, f := range found[:min(len(found), mostRefused)] {
		r.finding(&b, f)
	}
	if more := len(found) - mostRefused; more > 0 {
		fmt.Fprintf(&b, "  and %d more", more)
		if r.what == "commit" {
			b.WriteString("; `sluice git --staged` shows them all")
		}
		b.WriteString("\n\n")
	}
	r.fix(&b, found)
	r.allow(&b, found)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r refusal) finding(b *strings.Builder, f *scanner.Finding) {
	at := &f.Occurrences[0]
	where := telling(at.Origin.FullPath())
	if at.Span.Length > 0 {
		where = fmt.Sprintf("%s:%d:%d", where, at.Span.Line, at.Span.Column)
	}
	if c := at.Origin.Commit; c != nil {
		where += fmt.Sprintf("  in commit %.12s %s", c.ID, telling(c.Subject))
	}
	fmt.Fprintf(b, "  %s\n    %s  %s  (%s)\n    why: %s\n\n", where, f.Rule.Title, telling(f.Secret.String()), f.Rule.ID, telling(f.Reason))
}

// telling is a text that may be long, or hold what a terminal would obey.
func telling(text string) string {
	text = printable(text)
	if utf8.RuneCountInString(text) > mostTelling {
		text = string([]rune(text)[:mostTelling-1]) + "…"
	}
	return text
}

// fix says how to do without the secret.
func (r refusal) fix(b *strings.Builder, found []*scanner.Finding) {
	first := found[0].Occurrences[0].Origin
	switch r.what {
	case "push":
		b.WriteString("  fix:   rewrite the commits without it (git rebase -i), and revoke it if anybody may have\n")
		b.WriteString("         seen it; its place is a secret manager or the environment\n")
	case "message":
		b.WriteString("  fix:   write the message without it\n")
	default:
		b.WriteString("  fix:   take it out and `git add` the file again; its place is a secret manager or the\n")
		b.WriteString("         environment")
		if telling(first.Path) == first.Path {
			b.WriteString(". Or leave the file out of this commit: git reset -- " + word(r.pathspec(first.Path)))
		}
		b.WriteString("\n")
	}
	if slices.ContainsFunc(found, func(f *scanner.Finding) bool { return isDockerfile(f.Occurrences[0].Origin.Path) }) {
		b.WriteString("         In a Dockerfile: RUN --mount=type=secret,id=NAME; `sluice dockerfile` writes it out\n")
	}
}

// allow says how to live with what opens nothing, or is known.
func (r refusal) allow(b *strings.Builder, found []*scanner.Finding) {
	f := found[0]
	rule, print := f.Rule.ID, f.Fingerprint
	if len(found) > 1 {
		print = "FINGERPRINT"
		if slices.ContainsFunc(found, func(other *scanner.Finding) bool { return other.Rule != f.Rule }) {
			rule = "RULE"
		}
	}
	if r.server {
		fmt.Fprintf(b, "  allow: made up for a test? Ask who runs the server to ignore  %s\n", f.Fingerprint)
		return
	}
	if r.what == "message" {
		fmt.Fprintf(b, "  allow: made up for a test? Say so in %s:  %s  # WHY\n", ignoreName, print)
	} else {
		b.WriteString("  allow: made up for a test? Say so in a comment on its line, or in " + ignoreName + ":\n")
		fmt.Fprintf(b, "           sluice:allow[%s] WHY\n           %s  # WHY\n", rule, print)
	}
	scan := map[string]string{"commit": "git --staged", "push": "git"}[r.what]
	if scan != "" {
		fmt.Fprintf(b, "         Known and dealt with? sluice baseline %s --reason WHY %s\n", baselineVerb(), scan)
	}
	fmt.Fprintf(b, "  once:  git %s --no-verify\n", verb(r.what))
}

// isDockerfile reports whether a file has the name of one.
func isDockerfile(name string) bool {
	name = strings.ToLower(path.Base(name))
	return strings.Contains(name, "dockerfile") || strings.Contains(name, "containerfile")
}

// pathspec names one file to git, wherever it is called: what git reads a path by
// would else name others, or none, of which git reset says nothing.
func (r refusal) pathspec(path string) string {
	switch {
	case strings.ContainsAny(path, `*?[\`), strings.HasPrefix(path, ":"):
		return ":(top,literal)" + path
	case r.prefix != "":
		return ":/" + path
	}
	return path
}

// word makes a path one word of a shell, where it is not.
func word(text string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("/._-+@%,:=", c)
	}
	if text != "" && !strings.ContainsFunc(text, func(c rune) bool { return !plain(c) }) {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// baselineVerb is the command that adds to the baseline: the one that makes it
// where there is none.
func baselineVerb() string {
	root, err := treeRoot()
	if err != nil {
		return "update"
	}
	if _, err := os.Lstat(filepath.Join(root, baselineName)); err != nil {
		return "create"
	}
	return "update"
}
