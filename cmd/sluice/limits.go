package main

import (
	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/scanner/source"
)

// addLimits adds the flags of what is unpacked of one archive within what is
// scanned.
func addLimits(fs *pflag.FlagSet, l *source.Limits) {
	fs.IntVar(&l.Depth, "max-archive-depth", 0, "most archives within one another that are unpacked (default 4, none if negative)")
	fs.IntVar(&l.Members, "max-archive-members", 0, "most members of an archive, those of archives in it included (default 100,000)")
	fs.Int64Var(&l.Bytes, "max-archive-bytes", 0, "most unpacked bytes of an archive, those of archives in it included (default 4 GiB)")
	fs.DurationVar(&l.Time, "archive-timeout", 0, "most time for an archive with all in it (default 15m)")
}
