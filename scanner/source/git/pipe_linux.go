package git

import (
	"io"
	"os"
	"syscall"
)

// setPipeSize is F_SETPIPE_SZ of Linux.
const setPipeSize = 1031

// widen lets a pipe hold more, where the system has that much to give.
func widen(r io.Reader, size uintptr) {
	f, ok := r.(*os.File)
	if !ok {
		return
	}
	if raw, err := f.SyscallConn(); err == nil {
		_ = raw.Control(func(fd uintptr) { _, _, _ = syscall.Syscall(syscall.SYS_FCNTL, fd, setPipeSize, size) })
	}
}
