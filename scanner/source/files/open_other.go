//go:build !unix

package files

import "os"

func openFile(name string) (*os.File, error) { return os.Open(name) }

func isLink(error) bool { return false }
