package git

import (
	"bytes"
	"iter"
	"strconv"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/scanner"
)

// headers are the lines of a commit or tag before its message, name and value;
// what continues a line is left out.
func headers(text []byte) iter.Seq2[string, string] {
	head, _, _ := bytes.Cut(text, []byte("\n\n"))
	return func(yield func(string, string) bool) {
		for line := range bytes.Lines(head) {
			name, value, ok := strings.Cut(strings.TrimSuffix(string(line), "\n"), " ")
			if ok && name != "" && !yield(name, value) {
				return
			}
		}
	}
}

// subject is the first line of the message.
func subject(text []byte) string {
	_, message, _ := bytes.Cut(text, []byte("\n\n"))
	line, _, _ := bytes.Cut(bytes.TrimLeft(message, "\n"), []byte("\n"))
	return valid(string(line))
}

// parseCommit reads who made a commit and when: its author, as git log shows.
func parseCommit(id string, text []byte) *scanner.Commit {
	c := &scanner.Commit{ID: id, Subject: subject(text)}
	for name, value := range headers(text) {
		if name == "author" {
			c.Author, c.Email, c.Date = signature(value)
		}
	}
	return c
}

// signature parts "Name <email> seconds zone", as git writes who and when. What
// is damaged is empty.
func signature(text string) (name, email string, when time.Time) {
	open, end := strings.IndexByte(text, '<'), strings.LastIndexByte(text, '>')
	if open < 0 || end < open {
		return valid(text), "", when
	}
	name, email = valid(strings.TrimSpace(text[:open])), valid(text[open+1:end])
	fields := strings.Fields(text[end+1:])
	if len(fields) == 0 {
		return name, email, when
	}
	seconds, err := strconv.ParseInt(fields[0], 10, 64)
	if err != nil {
		return name, email, when
	}
	zone := time.UTC
	if len(fields) > 1 {
		if n, err := strconv.Atoi(fields[1]); err == nil && n > -10_000 && n < 10_000 {
			zone = time.FixedZone("", (n/100*60+n%100)*60)
		}
	}
	return name, email, time.Unix(seconds, 0).In(zone)
}
