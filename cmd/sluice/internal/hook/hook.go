// Package hook puts sluice into the hooks of a git repository, and takes it out
// again. What was there before is kept, runs first, and comes back. Folder is
// its principal type.
package hook

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
)

// The hooks that can be installed.
const (
	PreCommit = "pre-commit"
	PrePush   = "pre-push"
	CommitMsg = "commit-msg"
)

// Names returns the hooks that can be installed, in the order in which git runs
// them.
func Names() []string { return []string{PreCommit, CommitMsg, PrePush} }

const (
	// kept ends the name of the hook that was there before.
	kept = ".before-sluice"
	// legacy ends the name that the pre-commit framework gives to a hook that it
	// finds, and runs: ours may be that.
	legacy = ".legacy"
)

// A TakenError says that a hook cannot be put where another is.
type TakenError struct {
	Name string // of the hook
	Path string // of the file in the way
	Why  string
}

func (e *TakenError) Error() string { return e.Path + " " + e.Why }

// A Folder is where git looks for the hooks of a repository.
type Folder struct{ path string }

// Find returns the folder that git runs hooks of the repository at path from:
// what core.hooksPath says, else that of the repository.
func Find(ctx context.Context, path string) (*Folder, error) {
	bare, err := ask(ctx, path, "--is-bare-repository")
	if err == nil && bare == "true" { // a relative path counts from its top
		path, err = ask(ctx, path, "--absolute-git-dir")
	}
	folder := ""
	if err == nil {
		folder, err = ask(ctx, path, "--git-path", "hooks")
	}
	if err != nil {
		return nil, fmt.Errorf("where the hooks of %s are: %w", path, err)
	}
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(path, folder)
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	return &Folder{folder}, nil
}

// ask asks git about a repository.
func ask(ctx context.Context, path string, question ...string) (string, error) {
	cmd := exec.CommandContext(ctx, "git", append([]string{"-C", path, "rev-parse"}, question...)...)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, strings.TrimSpace(said.String()))
	}
	return strings.TrimRight(string(out), "\r\n"), err
}

// Path returns where the folder is.
func (f *Folder) Path() string { return f.path }

// at returns the file of a hook: where another tool runs ours, that.
func (f *Folder) at(name string) string {
	at := filepath.Join(f.path, name)
	if text, err := read(at); err == nil {
		if ours, _ := whose(text); !ours {
			text, _ := read(at + legacy)
			if ours, _ := whose(text); ours {
				return at + legacy
			}
		}
	}
	return at
}

// before returns where the hook is kept that runs before ours.
func (f *Folder) before(name string) string { return filepath.Join(f.path, name+kept) }

// Install makes git run sluice, which is at program if it is not on PATH, for
// the hook of that name. A hook that is there already runs before it. To
// install what is installed changes nothing but what is out of date. The error
// is a *TakenError where another hook cannot be kept.
func (f *Folder) Install(name, program string) error {
	at := f.at(name)
	if filepath.Base(f.path) == "_" && filepath.Base(filepath.Dir(f.path)) == ".husky" {
		return &TakenError{name, f.path, "belongs to husky, which writes it anew"}
	}
	if err := os.MkdirAll(f.path, 0o755); err != nil {
		return err
	}
	text, err := read(at)
	ours, sealed := whose(text)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return err
	case ours && !sealed:
		return &TakenError{name, at, "was changed after sluice wrote it"}
	case !ours:
		if err := f.keep(name, at, text); err != nil {
			return err
		}
	}
	return write(at, script(name, program))
}

// byName matches where a script looks at the name by which it runs.
var byName = regexp.MustCompile(`(?i)basename\W{0,8}\$\{?0\b|\$\{0##`)

// lefthook is what the hooks of that tool define. It writes them anew whenever its
// configuration changed, at the next commit, and says nothing of what it replaces.
const lefthook = "call_lefthook"

// keep moves a hook that is not ours aside.
func (f *Folder) keep(name, at, text string) error {
	before := f.before(name)
	if strings.Contains(text, lefthook) {
		return &TakenError{name, at, "belongs to lefthook, which writes it anew"}
	}
	if byName.MatchString(text) {
		return &TakenError{name, at, "goes by its own name, and would do something else under another"}
	}
	if _, err := os.Lstat(before); err == nil {
		return &TakenError{name, before, "is kept already, and " + name + " is not sluice's"}
	}
	return os.Rename(at, before)
}

// Uninstall takes sluice out of a hook, and puts back what was there before. It
// reports whether it was in. The error is a *TakenError if somebody changed it.
func (f *Folder) Uninstall(name string) (bool, error) {
	at, before := f.at(name), f.before(name)
	text, err := read(at)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return false, err
	}
	ours, sealed := whose(text)
	switch {
	case !ours:
		return false, nil
	case !sealed:
		return false, &TakenError{name, at, "was changed after sluice wrote it"}
	}
	if _, err := os.Lstat(before); err == nil {
		return true, os.Rename(before, at)
	}
	return true, os.Remove(at)
}

// A State is how it stands with one hook.
type State struct {
	Name string
	// Installed: git runs sluice. Current: as this version would install it.
	Installed, Current bool
	// Edited: somebody changed the hook that sluice wrote. Idle: git does not run
	// it, as it is not executable.
	Edited, Idle bool
	// Before is the path of a hook that runs before sluice's, and Other that of
	// one that is not sluice's at all: git runs it instead, or it runs sluice's
	// as it sees fit. They are empty if there is none.
	Before, Other string
}

// State tells how it stands with a hook.
func (f *Folder) State(name, program string) (State, error) {
	s := State{Name: name}
	at := f.at(name)
	text, err := read(at)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	ours, sealed := whose(text)
	if first := filepath.Join(f.path, name); !ours || at != first {
		s.Other = first
	}
	if !ours {
		return s, nil
	}
	s.Installed, s.Edited = true, !sealed
	s.Idle = !executable(at)
	s.Current = text == script(name, program) && !s.Idle
	if before := f.before(name); executable(before) {
		s.Before = before
	}
	return s, nil
}

func executable(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&0o111 != 0
}

// read returns the start of a hook, which is all of one that is ours. One that
// is there and cannot be read, such as a link to nothing, is somebody else's.
func read(at string) (string, error) {
	if _, err := os.Lstat(at); err != nil {
		return "", err
	}
	f, err := os.Open(at)
	if err != nil {
		return "", nil
	}
	defer f.Close()
	text, _ := io.ReadAll(io.LimitReader(f, 16<<10))
	return string(text), nil
}

// write puts a hook in its place in one step: git may run it at any time.
func write(at, text string) error {
	f, err := os.CreateTemp(filepath.Dir(at), ".sluice-")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) // it is not there any more if all went well
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Chmod(0o755), f.Close())
	if err != nil {
		return err
	}
	return os.Rename(f.Name(), at)
}
