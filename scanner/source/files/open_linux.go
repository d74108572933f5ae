package files

import (
	"io"
	"io/fs"
	"os"
	"syscall"
)

// openIn opens a file of a folder, or without one by its path, as openFile
// does. It goes without os.File, whose preparations for what can be waited for
// cost as much as reading a small file.
func openIn(in *folder, name string) (*input, error) {
	const flags = syscall.O_RDONLY | openFlags | syscall.O_CLOEXEC
	fd, err := retried(func() (int, error) {
		if in == nil {
			return syscall.Open(name, flags, 0)
		}
		return syscall.Openat(in.fd, name, flags, 0)
	})
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: name, Err: err}
	}
	f := &struct { // of one piece
		input
		raw
	}{raw: raw{fd: fd, name: name}}
	var st syscall.Stat_t
	if _, err := f.done("stat", func() (int, error) { return 0, syscall.Fstat(fd, &st) }); err != nil {
		f.raw.Close()
		return nil, err
	}
	f.input = input{descriptor: &f.raw, mode: modeOf(st.Mode), size: st.Size}
	return &f.input, nil
}

// modeOf tells the mode of a regular file; of others, that they are none.
func modeOf(m uint32) fs.FileMode {
	mode := fs.FileMode(m & 0o777)
	if m&syscall.S_IFMT != syscall.S_IFREG {
		mode |= fs.ModeIrregular
	}
	if m&syscall.S_ISUID != 0 {
		mode |= fs.ModeSetuid
	}
	if m&syscall.S_ISGID != 0 {
		mode |= fs.ModeSetgid
	}
	if m&syscall.S_ISVTX != 0 {
		mode |= fs.ModeSticky
	}
	return mode
}

// raw is a descriptor as the system has it.
type raw struct {
	fd   int
	name string
}

// Read implements io.Reader.
func (d *raw) Read(p []byte) (int, error) {
	n, err := d.done("read", func() (int, error) { return syscall.Read(d.fd, p) })
	if n == 0 && err == nil && len(p) > 0 {
		return 0, io.EOF
	}
	return n, err
}

// ReadAt implements io.ReaderAt.
func (d *raw) ReadAt(p []byte, off int64) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = d.done("read", func() (int, error) { return syscall.Pread(d.fd, p[n:], off+int64(n)) })
		if n += k; k == 0 && err == nil {
			err = io.EOF
		}
	}
	return n, err
}

// Seek implements io.Seeker.
func (d *raw) Seek(offset int64, whence int) (int64, error) {
	at, err := syscall.Seek(d.fd, offset, whence)
	if err != nil {
		err = &os.PathError{Op: "seek", Path: d.name, Err: err}
	}
	return at, err
}

// Close implements io.Closer. The scheduler need not be told: to close what was
// only read waits for nothing.
func (d *raw) Close() error {
	if _, _, errno := syscall.RawSyscall(syscall.SYS_CLOSE, uintptr(d.fd), 0, 0); errno != 0 {
		return &os.PathError{Op: "close", Path: d.name, Err: errno}
	}
	return nil
}

// done makes a call until no signal breaks into it.
func (d *raw) done(op string, call func() (int, error)) (int, error) {
	n, err := retried(call)
	if err != nil {
		return 0, &os.PathError{Op: op, Path: d.name, Err: err}
	}
	return n, nil
}

func retried(call func() (int, error)) (int, error) {
	for {
		if n, err := call(); err != syscall.EINTR {
			return n, err
		}
	}
}
