//go:build unix

package files

import (
	"net"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestDirSpecial(t *testing.T) {
	dir := tree(t, map[string]string{"a": "1"})
	must(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	t.Chdir(dir) // the path of a socket must be short
	l, err := net.Listen("unix", "socket")
	must(t, err)
	defer l.Close()
	rec := scan(t, open(t, Options{GitIgnore: true}, "."))
	wantPaths(t, rec, "a")
	wantSkips(t, rec, sourcetest.Skip{Path: "fifo", Reason: scanner.SkipSpecial}, sourcetest.Skip{Path: "socket", Reason: scanner.SkipSpecial})
}

// A file that turns into something else between being listed and being opened
// is neither followed nor waited for.
func TestDirRace(t *testing.T) {
	for name, c := range map[string]struct {
		swap func(name string) error
		want scanner.Reason
	}{
		"fifo":   {func(name string) error { return syscall.Mkfifo(name, 0o600) }, scanner.SkipSpecial},
		"link":   {func(name string) error { return os.Symlink(os.DevNull, name) }, scanner.SkipSymlink},
		"folder": {func(name string) error { return os.Mkdir(name, 0o700) }, scanner.SkipSpecial},
	} {
		t.Run(name, func(t *testing.T) {
			dir := tree(t, map[string]string{"a": "1", "b": "2"})
			d := open(t, Options{Base: dir}, dir)
			d.openIn = func(in *folder, name string) (*input, error) {
				if name == "a" {
					path := filepath.Join(dir, name)
					must(t, os.Remove(path))
					must(t, c.swap(path))
				}
				return openIn(in, name)
			}
			rec := scan(t, d)
			wantPaths(t, rec, "b")
			wantSkips(t, rec, sourcetest.Skip{Path: "a", Reason: c.want})
		})
	}
}

// An ignore file that is a pipe or a link is none.
func TestIgnoreFileSpecial(t *testing.T) {
	dir := tree(t, map[string]string{"a": "1", "sub/b": "2", "rules": "*\n"})
	must(t, syscall.Mkfifo(filepath.Join(dir, ".gitignore"), 0o600))
	must(t, os.Symlink("../rules", filepath.Join(dir, "sub", ".gitignore")))
	wantPaths(t, scan(t, open(t, Options{Base: dir, GitIgnore: true}, dir)), "a", "rules", "sub/b")
}
