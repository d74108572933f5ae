//go:build !linux

package files

import "os"

// A listing reads a folder.
type listing struct{ file *os.File }

// openFolder opens a folder that was none of another kind when it was looked
// at.
func openFolder(p place) (*folder, error) {
	f, err := openFile(p.real)
	if err != nil {
		return nil, err
	}
	return &folder{place: p, listing: listing{f}}, nil
}

func (l *listing) close() { _ = l.file.Close() }

// list appends some of what is in the folder; with the last of it, or after it,
// comes io.EOF.
func (f *folder) list(to []entry) ([]entry, error) {
	entries, err := f.file.ReadDir(256)
	for _, e := range entries {
		to = append(to, entry{e.Name(), e.Type()})
	}
	return to, err
}

// openIn opens a file of a folder, or without one by its path, as openFile
// does.
func openIn(in *folder, name string) (*input, error) {
	f, err := openFile(file{in: in, name: name}.real())
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return nil, err
	}
	return &input{descriptor: f, mode: info.Mode(), size: info.Size()}, nil
}
