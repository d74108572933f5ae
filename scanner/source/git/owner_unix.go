//go:build unix

package git

import (
	"os"
	"syscall"
)

// sameOwner reports whether two files belong to the same user.
func sameOwner(a, b string) (bool, error) {
	x, err := os.Stat(a)
	if err != nil {
		return false, err
	}
	y, err := os.Stat(b)
	if err != nil {
		return false, err
	}
	s, known := x.Sys().(*syscall.Stat_t)
	t, knownToo := y.Sys().(*syscall.Stat_t)
	return known && knownToo && s.Uid == t.Uid, nil
}
