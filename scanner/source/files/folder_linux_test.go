package files

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"syscall"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

// TestList holds that a folder has in it what package os says, whether the file
// system tells the types or not.
func TestList(t *testing.T) {
	dir := tree(t, map[string]string{"file": "1", "folder/x": "2"})
	must(t, os.Symlink("file", filepath.Join(dir, "link")))
	must(t, syscall.Mkfifo(filepath.Join(dir, "fifo"), 0o600))
	for i := range 300 { // more than one call gives
		must(t, os.WriteFile(filepath.Join(dir, fmt.Sprint(strings.Repeat("n", 1+i%250), i)), nil, 0o600))
	}
	want, err := os.ReadDir(dir)
	must(t, err)
	for name, list := range map[string]func(*folder, []entry) ([]entry, error){
		"told": (*folder).list,
		"not told": func(f *folder, to []entry) ([]entry, error) {
			var buf [700]byte
			n, err := syscall.ReadDirent(f.fd, buf[:])
			must(t, err)
			if n == 0 {
				return to, io.EOF
			}
			for at, length := 0, 0; at < n; at += length {
				_, length = direntOf(buf[at:n])
				buf[at+nameAt-1] = syscall.DT_UNKNOWN
			}
			return f.entriesOf(buf[:n], to)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := openFolder(place{real: dir, path: dir})
			must(t, err)
			defer f.close()
			var got []entry
			for err == nil {
				got, err = list(f, got)
			}
			if err != io.EOF {
				t.Fatal(err)
			}
			slices.SortFunc(got, func(a, b entry) int { return cmp.Compare(a.name, b.name) })
			var names, types [2][]string
			for _, e := range want {
				names[0], types[0] = append(names[0], e.Name()), append(types[0], kindOf(e.Type()))
			}
			for _, e := range got {
				names[1], types[1] = append(names[1], e.name), append(types[1], kindOf(e.kind))
			}
			if diff := gocmp.Diff(names[0], names[1]); diff != "" {
				t.Error(diff)
			}
			if diff := gocmp.Diff(types[0], types[1]); diff != "" {
				t.Error(diff)
			}
		})
	}
	if _, err := openFolder(place{real: filepath.Join(dir, "file")}); err == nil {
		t.Error("a file is opened as a folder")
	}
	if _, err := openFolder(place{real: filepath.Join(dir, "link")}); err == nil {
		t.Error("a link is followed")
	}
	bad := append(make([]byte, 16), 255, 255, 8, 'x', 0, 0, 0, 0)
	if _, err := (&folder{}).entriesOf(bad, nil); err == nil {
		t.Error("an entry that is longer than what there is: no error")
	}
}

// kindOf is what the walker asks of a type.
func kindOf(m os.FileMode) string {
	return fmt.Sprintf("folder %t, link %t, regular %t", m.IsDir(), m&os.ModeSymlink != 0, m.IsRegular())
}

// A scan that is given up leaves no folder open, whoever had what to do.
func TestCancelledClosesAll(t *testing.T) {
	contents := map[string]string{}
	for i := range 40 {
		contents[fmt.Sprintf("%d/%d", i%4, i)] = "x"
	}
	d := open(t, Options{Workers: 3}, tree(t, contents))
	descriptors := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(all)
	}
	before := descriptors()
	for i := range 200 {
		ctx, cancel := context.WithCancel(t.Context())
		if err := d.Scan(ctx, &ending{after: int32(i % 40), cancel: cancel}); err != nil && !errors.Is(err, context.Canceled) {
			t.Fatal(err)
		}
		cancel()
	}
	if after := descriptors(); after > before {
		t.Errorf("%d descriptors are open, %d were", after, before)
	}
}

// An ending sink cancels after so many chunks.
type ending struct {
	null
	n      atomic.Int32
	after  int32
	cancel func()
}

func (e *ending) Chunk(scanner.Chunk) {
	if e.n.Add(1) > e.after {
		e.cancel()
	}
}
