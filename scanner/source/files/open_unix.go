//go:build unix

package files

import (
	"errors"
	"os"
	"syscall"
)

// openFile opens a file or folder that was no link and nothing special when it
// was looked at. Should it have become one since, the link is not followed and
// the pipe is not waited for.
func openFile(name string) (*os.File, error) {
	return os.OpenFile(name, os.O_RDONLY|openFlags, 0)
}

const openFlags = syscall.O_NOFOLLOW | syscall.O_NONBLOCK | syscall.O_NOCTTY

// isLink reports whether openFile met a symbolic link.
func isLink(err error) bool {
	// FreeBSD and NetBSD have their own numbers for it.
	return errors.Is(err, syscall.ELOOP) || errors.Is(err, syscall.EMLINK)
}
