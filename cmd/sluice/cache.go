package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/cache"
	"github.com/sluice-sec/sluice/scanner/source"
)

// openCache opens the cache in a folder for scans by these rules and limits. A
// cache of another version of the program is none: its file is part of the key.
func openCache(folder string, set *rules.Set, limits source.Limits) (*cache.Cache, error) {
	h := sha256.New()
	program, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	f, err := os.Open(program)
	if err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	defer f.Close()
	if _, err := io.Copy(h, f); err != nil {
		return nil, fmt.Errorf("cache: %w", err)
	}
	fmt.Fprintf(h, "%x %+v", set.Digest(), limits)
	return cache.Open(folder, h.Sum(nil))
}
