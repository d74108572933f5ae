package hook

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"slices"
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

// Tracked returns patterns of the refs that say what a remote has, as far as this
// repository was told: those that it fetches into. The remote is known by its
// name or its address, which git passes to a pre-push hook.
func Tracked(ctx context.Context, name, address string) ([]string, error) {
	out, err := exec.CommandContext(ctx, "git", "config", "-z", "--get-regexp", `^remote\..*\.(url|pushurl|fetch)$`).Output()
	var failed *exec.ExitError
	if errors.As(err, &failed) && failed.ExitCode() == 1 { // there is none
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("remotes: git config: %w", err)
	}
	meant := map[string]bool{name: true}
	fetched := map[string][]string{}
	for entry := range strings.SplitSeq(string(out), "\x00") {
		key, value, _ := strings.Cut(entry, "\n")
		remote, found := strings.CutPrefix(key, "remote.")
		dot := strings.LastIndexByte(remote, '.')
		switch {
		case !found || dot < 0:
		case remote[dot:] == ".fetch":
			_, into, _ := strings.Cut(value, ":")
			if strings.HasPrefix(into, "refs/remotes/") { // in a mirror it is what is pushed, too
				fetched[remote[:dot]] = append(fetched[remote[:dot]], exactly(into))
			}
		case value == name || value == address:
			meant[remote[:dot]] = true
		}
	}
	var patterns []string
	for remote := range meant {
		patterns = append(patterns, fetched[remote]...)
	}
	slices.Sort(patterns)
	return patterns, nil
}

// exactly makes a ref a pattern of itself; without a sign of one git takes it to
// mean all below it.
func exactly(ref string) string {
	if strings.ContainsAny(ref, "*?[") {
		return ref
	}
	last := len(ref) - 1
	return ref[:last] + "[" + ref[last:] + "]"
}

// scissors is the line from which on git takes nothing of a message, behind the
// sign of a comment; the next explains it, in a comment.
const scissors = " ------------------------ >8 ------------------------"

// Message returns the part of the text in an editor that can become the message:
// without the changes that git commit -v shows below it. Comments stay, since
// git keeps them in a message that nobody edits.
func Message(text string) string {
	end := 0
	for line := range strings.Lines(text) {
		sign, cut := strings.CutSuffix(strings.TrimRight(line, "\r\n"), scissors)
		if rest := text[end+len(line):]; cut && sign != "" && strings.HasPrefix(rest, sign+" ") {
			return text[:end]
		}
		end += len(line)
	}
	return text
}
