package files

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// An ignoreFile holds the patterns of one folder, and those of the folders
// above it, which come second. A nil one ignores nothing.
type ignoreFile struct {
	above    *ignoreFile
	within   string // the folder, as a prefix
	patterns []pattern
}

// ignores reports whether the last pattern of the nearest file that matches the
// path leaves it out. Folders are asked about before what is in them: nothing
// in a folder that is left out can be let in again.
func (f *ignoreFile) ignores(path string, folder bool) bool {
	for ; f != nil; f = f.above {
		rel, inside := strings.CutPrefix(path, f.within)
		if !inside {
			rel = ""
		}
		rel = filepath.ToSlash(rel)
		for i := len(f.patterns) - 1; i >= 0; i-- {
			if p := &f.patterns[i]; p.matches(rel, filepath.Base(path), folder) {
				return !p.negated
			}
		}
	}
	return false
}

// maxIgnoreFile bounds an ignore file: every path is held against each pattern.
const maxIgnoreFile = 1 << 20

// ignoresOf returns what holds in a folder, given what holds above it. A
// repository within another is ruled by its own files alone.
func (w *walker) ignoresOf(p place, above *ignoreFile) *ignoreFile {
	if git, err := os.Lstat(filepath.Join(p.real, ".git")); err == nil {
		above = nil
		if git.IsDir() {
			above = w.readIgnores(p, p.in(".git").in("info").in("exclude"), nil)
		}
	}
	return w.readIgnores(p, p.in(".gitignore"), above)
}

// ignoresAbove returns what holds above a folder that the user named: the files
// of the repository that it is in.
func (w *walker) ignoresAbove(p place) *ignoreFile {
	var folders []place
	for {
		if _, err := os.Lstat(filepath.Join(p.path, ".git")); err == nil {
			break
		}
		up := filepath.Dir(p.path)
		if up == p.path {
			return nil
		}
		p = place{path: up, real: up, shown: filepath.ToSlash(up)}
		folders = append(folders, p)
	}
	var f *ignoreFile
	for i := len(folders) - 1; i >= 0; i-- {
		f = w.ignoresOf(folders[i], f)
	}
	return f
}

// readIgnores adds the patterns of a file, which may be missing, for a folder.
func (w *walker) readIgnores(folder, file place, above *ignoreFile) *ignoreFile {
	text, err := w.readSmall(file.real)
	if err != nil {
		if !errors.Is(err, fs.ErrNotExist) && !isLink(err) {
			w.sink.Problem(w.origin(file.shown), plainly(err))
		}
		return above
	}
	patterns := parseIgnores(text)
	if len(patterns) == 0 {
		return above
	}
	return &ignoreFile{above: above, within: folderPrefix(folder.path), patterns: patterns}
}

func (w *walker) readSmall(name string) (string, error) {
	f, err := w.dir.open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return "", err
	}
	text, err := io.ReadAll(io.LimitReader(f, maxIgnoreFile+1))
	if err == nil && len(text) > maxIgnoreFile {
		err = fmt.Errorf("the patterns are not used: more than %d bytes", maxIgnoreFile)
	}
	return string(text), err
}
