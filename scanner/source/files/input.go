package files

import (
	"io"
	"io/fs"
)

// An input is an open file. It ends where it ended when it was opened, without
// asking a second time, if it had a length then.
type input struct {
	descriptor
	mode fs.FileMode
	size int64 // 0 also for what does not know, as in /proc
	at   int64
}

// A descriptor is what the system reads a file by.
type descriptor interface {
	io.Reader
	io.ReaderAt
	io.Seeker
	io.Closer
}

// Read implements io.Reader.
func (f *input) Read(p []byte) (int, error) {
	n, err := f.descriptor.Read(p)
	f.at += int64(n)
	if err == nil && n < len(p) && f.size > 0 && f.at >= f.size {
		err = io.EOF
	}
	return n, err
}

// Seek implements io.Seeker.
func (f *input) Seek(offset int64, whence int) (int64, error) {
	at, err := f.descriptor.Seek(offset, whence)
	f.at = at
	return at, err
}
