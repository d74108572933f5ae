package main

import (
	"crypto/sha256"
	"fmt"
	"io"
	"os"

	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner/cache"
)

// cacheOptions say where a scan remembers what nothing was found in.
type cacheOptions struct{ folder string }

func (o *cacheOptions) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.folder, "cache", "", "remember in `DIR` what nothing was found in, so that the next run reads what is new; never one that others can write")
}

// open opens the cache for a scan by these limits. Without one everything is
// scanned.
func (o *cacheOptions) open(s *scan, limits any) {
	if o.folder == "" {
		return
	}
	key, err := cacheKey(s.rules, limits)
	if err == nil {
		s.cache, err = cache.Open(o.folder, key)
	}
	if err != nil {
		s.log.Warn(err.Error() + "; everything is scanned")
	}
}

// cacheKey stands for all that decides what is found. A cache of another version
// of the program is none: its file is part of the key.
func cacheKey(set *rules.Set, limits any) ([]byte, error) {
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
	return h.Sum(nil), nil
}
