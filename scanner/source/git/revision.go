package git

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
)

// ErrNoCommit is what Commit returns for a revision that the repository does
// not have.
var ErrNoCommit = errors.New("no such commit here")

// Commit returns the id of the commit that a revision names: an id, which may
// be cut short, a ref by its full name such as refs/remotes/origin/main, HEAD,
// or one of these with ^1 and its kin. An id never names a ref, whatever refs
// there are: somebody else may choose what a branch is called.
func (r *Repo) Commit(ctx context.Context, revision string) (string, error) {
	name := strings.TrimRight(revision, "^0123456789")
	switch {
	case isShortID(revision):
		return r.ofPrefix(ctx, revision)
	case name != "HEAD" && !strings.HasPrefix(name, "refs/"), strings.ContainsFunc(name, noRefName), strings.Contains(name, ".."), strings.Contains(name, "@{"):
		return "", fmt.Errorf("%.80q: %w", revision, ErrNoCommit)
	}
	return r.peeled(ctx, revision)
}

const shortestID = 7

func isShortID(text string) bool {
	return len(text) >= shortestID && len(text) <= 64 && strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

// noRefName is what git allows in no ref, and what it reads revisions by.
func noRefName(c rune) bool { return c <= ' ' || c == 0x7f || strings.ContainsRune(`~^:?*[\`, c) }

// ofPrefix finds the one commit whose id begins so.
func (r *Repo) ofPrefix(ctx context.Context, prefix string) (string, error) {
	out, err := r.git.output(ctx, "rev-parse", "--disambiguate="+prefix)
	if err != nil {
		return "", err
	}
	var found []string
	for _, id := range strings.Fields(string(out)) {
		if commit, err := r.peeled(ctx, id); err == nil && commit == id {
			found = append(found, id)
		}
	}
	if len(found) != 1 {
		return "", fmt.Errorf("%s: %w", prefix, ErrNoCommit)
	}
	return found[0], nil
}

// peeled asks git for the commit that a revision names, or whose tag.
func (r *Repo) peeled(ctx context.Context, revision string) (string, error) {
	out, err := r.git.output(ctx, "rev-parse", "--verify", "--quiet", revision+"^{commit}")
	if ctx.Err() != nil {
		return "", ctx.Err()
	}
	id := strings.TrimSpace(string(out))
	if _, ok := parseOID(id); err != nil || !ok {
		return "", fmt.Errorf("%.80q: %w", revision, ErrNoCommit)
	}
	return id, nil
}

// Parents returns the ids of a commit's parents, the first first. The commit is
// an id that Commit returned.
func (r *Repo) Parents(ctx context.Context, commit string) ([]string, error) {
	if _, ok := parseOID(commit); !ok {
		return nil, fmt.Errorf("%.80q: %w", commit, ErrNoCommit)
	}
	out, err := r.git.output(ctx, "rev-list", "--parents", "--max-count=1", commit, "--")
	if err != nil {
		return nil, err
	}
	ids := strings.Fields(string(out))
	return ids[min(1, len(ids)):], nil
}

// Shallow reports whether a part of the history was left out of the clone.
func (r *Repo) Shallow() bool { return len(r.git.folder.shallow()) > 0 }

// Hidden reports whether a shallow clone left out a part of what head has and
// the others have not. All are ids that Commit returned.
func (r *Repo) Hidden(ctx context.Context, head string, others ...string) (hidden bool, err error) {
	edge := r.git.folder.shallow()
	if len(edge) == 0 {
		return false, nil
	}
	slices.Sort(edge)
	args := []string{"rev-list"}
	for i, id := range append([]string{head}, others...) {
		if _, ok := parseOID(id); !ok {
			return false, fmt.Errorf("%.80q: %w", id, ErrNoCommit)
		}
		if i > 0 {
			id = "^" + id
		}
		args = append(args, id)
	}
	p, err := r.git.start(ctx, append(args, "--")...)
	if err != nil {
		return false, err
	}
	for {
		line, err := p.out.ReadBytes('\n')
		if len(line) > 0 && !hidden {
			_, hidden = slices.BinarySearch(edge, string(bytes.TrimSpace(line)))
		}
		if err != nil {
			return hidden, p.end()
		}
	}
}

// File returns what a commit has at a path, which is relative to the root of
// the repository with slashes. A symbolic link is followed to another file of
// the commit, as a working tree follows it. The error of a path that the commit
// does not have, or not as a file, is fs.ErrNotExist; that of a link which leads
// to no file of it is another: somebody meant there to be one. The commit is an
// id that Commit returned.
func (r *Repo) File(ctx context.Context, commit, path string) ([]byte, error) {
	fail := func(err error) ([]byte, error) { return nil, &fs.PathError{Op: "read", Path: path, Err: err} }
	if _, ok := parseOID(commit); !ok || !fs.ValidPath(path) || strings.HasPrefix(path, ":") {
		return fail(fs.ErrInvalid)
	}
	out, err := r.git.output(ctx, "ls-tree", "-z", "--full-tree", commit, "--", path)
	if err != nil {
		return fail(err)
	}
	entry, _, _ := strings.Cut(string(out), "\t")
	fields := strings.Fields(entry)
	if len(fields) != 3 || fields[1] != "blob" {
		return fail(fs.ErrNotExist)
	}
	id := fields[2]
	if isLink(fields[0]) {
		if id, err = r.linked(ctx, commit, path); err != nil {
			return fail(err)
		}
	}
	text, err := r.git.output(ctx, "cat-file", "blob", id)
	if err != nil {
		return fail(err)
	}
	return text, nil
}

// isLink reports whether a mode of a tree is that of a symbolic link.
func isLink(mode string) bool { return strings.HasPrefix(mode, "12") }

// linked returns the id of the file of a commit that a symbolic link of it leads
// to. Git answers "ID TYPE SIZE", or what is wrong with the link and its target.
// https://git-scm.com/docs/git-cat-file#Documentation/git-cat-file.txt---follow-symlinks
func (r *Repo) linked(ctx context.Context, commit, path string) (string, error) {
	if strings.Contains(path, "\n") { // which would be two questions
		return "", fs.ErrInvalid
	}
	p, err := r.git.start(ctx, "cat-file", "--batch-check", "--follow-symlinks")
	if err != nil {
		return "", err
	}
	_, _ = io.WriteString(p.in, commit+":"+path+"\n") // whether it was read is in the answer
	_ = p.in.Close()
	answer, err := io.ReadAll(io.LimitReader(p.out, mostPointer))
	if err := errors.Join(err, p.end()); err != nil {
		return "", err
	}
	fields := strings.Fields(string(answer))
	if len(fields) != 3 || fields[1] != "blob" {
		return "", errors.New("a symbolic link that leads to no file of the commit")
	}
	return fields[0], nil
}
