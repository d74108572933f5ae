package hook

import (
	"bufio"
	"fmt"
	"io"
	"strings"
)

// A Push is one ref that is pushed.
type Push struct {
	Ref      string // at the receiver
	Old, New string // ids; empty where there is none: a ref that is made, or deleted
}

// ReadPushes reads the lines that git writes to a pre-push hook: "REF NEW
// REMOTE-REF OLD". https://git-scm.com/docs/githooks#_pre_push
func ReadPushes(r io.Reader) ([]Push, error) {
	return readLines(r, 4, func(f []string) Push { return Push{Ref: f[2], Old: id(f[3]), New: id(f[1])} })
}

// ReadReceived reads the lines that git writes to a pre-receive hook: "OLD NEW
// REF". https://git-scm.com/docs/githooks#pre-receive
func ReadReceived(r io.Reader) ([]Push, error) {
	return readLines(r, 3, func(f []string) Push { return Push{Ref: f[2], Old: id(f[0]), New: id(f[1])} })
}

func readLines(r io.Reader, fields int, push func([]string) Push) ([]Push, error) {
	var all []Push
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		f := strings.Fields(lines.Text())
		if len(f) == 0 {
			continue
		}
		if len(f) != fields {
			return nil, fmt.Errorf("%q is no line that git writes to this hook", lines.Text())
		}
		all = append(all, push(f))
	}
	return all, lines.Err()
}

// id is empty for the zeros that stand for no object.
func id(text string) string {
	if strings.Trim(text, "0") == "" {
		return ""
	}
	return text
}

// scissors is the line from which on git takes nothing of a message.
const scissors = "------------------------ >8 ------------------------"

// Message returns the part of the text in an editor that becomes the message:
// without comments, and without the changes that git commit -v shows below it.
// What it leaves out are empty lines, so that the others keep their numbers.
func Message(text string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasSuffix(strings.TrimRight(line, "\r\n"), scissors) {
			break
		}
		if strings.HasPrefix(line, "#") {
			line = "\n"
		}
		b.WriteString(line)
	}
	return b.String()
}
