//go:build !linux

package files

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
