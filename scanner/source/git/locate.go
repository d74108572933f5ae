package git

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// ErrNoRepository is what Open returns for a path that is in none.
var ErrNoRepository = errors.New("not a git repository, nor within one")

// mostPointer bounds files that hold one path.
const mostPointer = 16 << 10

// A folder is where a repository keeps what it has.
type folder struct {
	git    string // HEAD and index of this working tree
	common string // objects and refs of all of them
}

// locate finds the repository that a path is in, as git does, but asks neither
// the environment nor who owns it.
func locate(path string) (folder, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return folder{}, err
	}
	if _, err := os.Stat(at); err != nil {
		return folder{}, fmt.Errorf("repository: %w", err)
	}
	for {
		if isRepository(at) {
			return folderOf(at)
		}
		dot := filepath.Join(at, ".git")
		if isRepository(dot) {
			return folderOf(dot)
		}
		if info, err := os.Stat(dot); err == nil && info.Mode().IsRegular() {
			to, err := pointer(dot, "gitdir:")
			if err != nil {
				return folder{}, err
			}
			return folderOf(to)
		}
		parent := filepath.Dir(at)
		if parent == at {
			return folder{}, fmt.Errorf("%s: %w", path, ErrNoRepository)
		}
		at = parent
	}
}

// isRepository asks what git asks: HEAD, and objects and refs or a pointer to
// them.
func isRepository(at string) bool {
	if info, err := os.Lstat(filepath.Join(at, "HEAD")); err != nil || info.IsDir() {
		return false
	}
	if _, err := os.Stat(filepath.Join(at, "commondir")); err == nil {
		return true
	}
	for _, name := range []string{"objects", "refs"} {
		if info, err := os.Stat(filepath.Join(at, name)); err != nil || !info.IsDir() {
			return false
		}
	}
	return true
}

func folderOf(git string) (folder, error) {
	f := folder{git, git}
	to, err := pointer(filepath.Join(git, "commondir"), "")
	if errors.Is(err, fs.ErrNotExist) {
		return f, nil
	}
	f.common = to
	return f, err
}

// pointer returns the path that a file holds, made absolute.
func pointer(name, prefix string) (string, error) {
	text, err := small(name, mostPointer)
	if err != nil {
		return "", err
	}
	to, ok := strings.CutPrefix(text, prefix)
	if to = strings.TrimSpace(to); !ok || to == "" {
		return "", fmt.Errorf("%s does not say where the repository is", name)
	}
	if !filepath.IsAbs(to) {
		to = filepath.Join(filepath.Dir(name), to)
	}
	return filepath.Clean(to), nil
}

// small reads a regular file of at most so many bytes.
func small(name string, most int64) (string, error) {
	info, err := os.Stat(name)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() || info.Size() > most {
		return "", fmt.Errorf("%s is no regular file of at most %d bytes", name, most)
	}
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	text, err := io.ReadAll(io.LimitReader(f, most))
	return string(text), err
}

// mostAlternates bounds how far one repository may borrow from another that
// borrows itself; git stops at five.
const mostAlternates = 5

// objectFolders returns where objects are: the folder itself, and those that it
// borrows from, but for what git does not follow either. One borrowed from
// another user is an error unless that is allowed: the repository could name
// objects there that its reader must not see.
func objectFolders(objects string, anybodys bool, depth int) ([]string, error) {
	all := []string{objects}
	text, err := small(filepath.Join(objects, "info", "alternates"), 1<<20)
	if errors.Is(err, fs.ErrNotExist) || depth == mostAlternates {
		return all, nil
	}
	if err != nil {
		return all, err
	}
	for line := range strings.Lines(text) {
		at := strings.TrimSuffix(line, "\n")
		if at == "" || at[0] == '#' {
			continue
		}
		if quoted, err := strconv.Unquote(at); err == nil && at[0] == '"' { // as C has it
			at = quoted
		}
		if !filepath.IsAbs(at) {
			at = filepath.Join(objects, at)
		}
		if same, err := sameOwner(objects, at); !anybodys && err == nil && !same {
			return all, &AlternateError{Path: at}
		}
		more, err := objectFolders(at, anybodys, depth+1)
		all = append(all, more...)
		if err != nil {
			return all, err
		}
	}
	return all, nil
}

// An AlternateError says that a repository borrows objects from a folder of
// another user, which Options.Alternates must allow.
type AlternateError struct{ Path string }

func (e *AlternateError) Error() string {
	return "the repository borrows objects from another user's: " + e.Path
}

// shallow returns the commits whose parents a shallow clone left out.
func (f folder) shallow() []string {
	text, err := small(filepath.Join(f.common, "shallow"), 64<<20)
	if err != nil {
		return nil
	}
	return strings.Fields(text)
}

// partial reports whether some objects may be missing since a clone left them
// to be fetched when needed.
func (f folder) partial() bool {
	found, _ := filepath.Glob(filepath.Join(f.common, "objects", "pack", "*.promisor"))
	return len(found) > 0
}
