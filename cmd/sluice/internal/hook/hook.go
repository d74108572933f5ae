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

// kept ends the name of the hook that was there before.
const kept = ".before-sluice"

// mark is a line of every hook that is ours.
const mark = "# Installed by `sluice hook install`; `sluice hook uninstall` takes it out again."

// A Folder is where git looks for the hooks of a repository.
type Folder struct{ path string }

// Find returns the folder that git runs hooks of the repository at path from:
// what core.hooksPath says, else that of the repository.
func Find(ctx context.Context, path string) (*Folder, error) {
	cmd := exec.CommandContext(ctx, "git", "-C", path, "rev-parse", "--git-path", "hooks")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("where the hooks of %s are: %w: %s", path, err, strings.TrimSpace(said.String()))
	}
	folder := strings.TrimRight(string(out), "\r\n")
	if !filepath.IsAbs(folder) {
		folder = filepath.Join(path, folder)
	}
	if folder, err = filepath.Abs(folder); err != nil {
		return nil, err
	}
	return &Folder{folder}, nil
}

// Path returns where the folder is.
func (f *Folder) Path() string { return f.path }

func (f *Folder) at(name string) string { return filepath.Join(f.path, name) }

// Install makes git run sluice, which is at program if it is not on PATH, for
// the hook of that name. A hook that is there already runs before it. To
// install what is installed changes nothing but what is out of date.
func (f *Folder) Install(name, program string) error {
	if err := os.MkdirAll(f.path, 0o755); err != nil {
		return err
	}
	at := f.at(name)
	switch ours, err := isOurs(at); {
	case errors.Is(err, fs.ErrNotExist), ours:
	case err != nil:
		return err
	default:
		if _, err := os.Lstat(at + kept); err == nil {
			return fmt.Errorf("%s is not sluice's, and %s is taken: one of them must go", at, filepath.Base(at)+kept)
		}
		if err := os.Rename(at, at+kept); err != nil {
			return err
		}
	}
	return write(at, script(name, program))
}

// Uninstall takes sluice out of a hook, and puts back what was there before. It
// reports whether it was in.
func (f *Folder) Uninstall(name string) (bool, error) {
	at := f.at(name)
	ours, err := isOurs(at)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil || !ours {
		return false, err
	}
	if _, err := os.Lstat(at + kept); err == nil {
		return true, os.Rename(at+kept, at)
	}
	return true, os.Remove(at)
}

// A State is how it stands with one hook.
type State struct {
	Name string
	// Installed: git runs sluice. Current: as this version would install it.
	Installed, Current bool
	// Other is the path of a hook that is not sluice's: the one that it runs
	// first, else the one that git runs. It is empty if there is none.
	Other string
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
	s.Installed = strings.Contains(text, mark)
	s.Current = s.Installed && text == script(name, program)
	if !s.Installed {
		s.Other = at
	} else if _, err := os.Lstat(at + kept); err == nil {
		s.Other = at + kept
	}
	return s, nil
}

func isOurs(at string) (bool, error) {
	text, err := read(at)
	return strings.Contains(text, mark), err
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
