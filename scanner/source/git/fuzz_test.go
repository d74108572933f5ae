package git

import (
	"bufio"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzHeader: whatever a commit or a tag says, what is told of it is text.
func FuzzHeader(f *testing.F) {
	f.Add("tree 0\nauthor A <a@b> 1700000000 +0130\n\nsubject\n\nbody")
	f.Add("object 0123\ntype commit\ntag v1\ntagger <> -1 -9999\n\n")
	f.Add("author > x < 99999999999999999999 +99999999\n")
	f.Fuzz(func(t *testing.T, text string) {
		c, tag := parseCommit("id", []byte(text)), parseTag([]byte(text))
		for _, s := range []string{c.Author, c.Email, c.Subject, tag.by.Author, tag.by.Email, tag.by.Subject, tag.name} {
			if !utf8.ValidString(s) || strings.Contains(s, "\n") {
				t.Errorf("%q", s)
			}
		}
	})
}

// FuzzAnswers: a git that says anything at all gives answers to the questions
// asked, or an error.
func FuzzAnswers(f *testing.F) {
	id := strings.Repeat("1", 40)
	f.Add(id + "\x00:100644 000000 " + id + " " + strings.Repeat("0", 40) + " D\x00path\x00" + endOfBatch)
	f.Add(id + "\x00" + id + "\x00" + endOfBatch)
	f.Add(":::\x00\x00")
	f.Fuzz(func(t *testing.T, said string) {
		h := newHistory()
		first, _ := parseOID(id)
		h.commitNumber(first)
		d := &differ{scan: &scan{log: h}, git: &process{name: "git", in: discard{}, out: bufio.NewReader(strings.NewReader(said))}}
		answers, err := d.answers([]question{{0, none}})
		if len(answers) > 1 || d.done > 1 || err == nil && !strings.Contains(said, endOfBatch) {
			t.Errorf("%d answers, %v", len(answers), err)
		}
	})
}

type discard struct{}

func (discard) Write(p []byte) (int, error) { return len(p), nil }
func (discard) Close() error                { return nil }
