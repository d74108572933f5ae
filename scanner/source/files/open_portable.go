//go:build !linux

package files

import "os"

// openIn opens a file as openFile does.
func openIn(_ int, name string) (*input, error) {
	f, err := openFile(name)
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
