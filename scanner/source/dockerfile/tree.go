package dockerfile

import (
	"context"
	"io"
	"io/fs"
	"os"
	"path"
	"syscall"

	"github.com/sluice-sec/sluice/scanner"
)

// A tree walks what is below a folder. It follows no symbolic link, leaves the
// folder by none that its parents may have become meanwhile, and opens nothing
// that is no regular file.
type tree struct {
	root   *os.Root
	sink   scanner.Sink
	origin func(rel string) *scanner.Origin
	enter  func(rel string) bool // whether to look into a folder
	wants  func(rel string) bool // whether to read a file
	file   func(ctx context.Context, rel string, f *os.File) error
	// run calls what reads a file, at once if it is nil.
	run func(func(context.Context))
}

func (t *tree) walk(ctx context.Context, rel string) {
	folders, err := t.entries(ctx, rel)
	if err != nil {
		t.sink.Problem(t.origin(rel), plainly(err))
	}
	for _, folder := range folders {
		if ctx.Err() != nil {
			return
		}
		if t.enter(folder) {
			t.walk(ctx, folder)
		}
	}
}

// entries reads the files of a folder and returns its folders.
func (t *tree) entries(ctx context.Context, rel string) (folders []string, err error) {
	d, err := t.root.Open(rel)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	for {
		entries, err := d.ReadDir(256)
		for _, e := range entries {
			if ctx.Err() != nil {
				return nil, nil
			}
			at := path.Join(rel, e.Name())
			if e.IsDir() {
				folders = append(folders, at)
			} else if t.wants(at) {
				t.entry(ctx, at, e.Type())
			}
		}
		if err == io.EOF {
			return folders, nil
		}
		if err != nil {
			return folders, err
		}
	}
}

func (t *tree) entry(ctx context.Context, rel string, mode fs.FileMode) {
	switch {
	case mode&fs.ModeSymlink != 0:
		t.sink.Skip(t.origin(rel), scanner.SkipSymlink)
	case !mode.IsRegular():
		t.sink.Skip(t.origin(rel), scanner.SkipSpecial)
	case t.run == nil:
		t.read(ctx, rel)
	default:
		t.run(func(ctx context.Context) { t.read(ctx, rel) })
	}
}

func (t *tree) read(ctx context.Context, rel string) {
	if ctx.Err() != nil {
		return
	}
	f, err := t.root.OpenFile(rel, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err == nil {
		defer f.Close()
		var info fs.FileInfo
		if info, err = f.Stat(); err == nil && !info.Mode().IsRegular() {
			t.sink.Skip(t.origin(rel), scanner.SkipSpecial)
			return
		}
	}
	if err == nil {
		err = t.file(ctx, rel, f)
	}
	if err != nil && ctx.Err() == nil {
		t.sink.Problem(t.origin(rel), plainly(err))
	}
}
