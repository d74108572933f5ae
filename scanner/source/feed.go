package source

import (
	"context"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// A Feed sends files to a sink: archives member by member, everything else as
// the stream it is. It is safe for concurrent use.
type Feed struct {
	Sink   scanner.Sink
	Limits Limits
}

// Limits bound what is unpacked of one archive, so that a bomb costs a problem
// and not the machine. The zero value means the defaults.
type Limits struct {
	Depth   int   // archives within archives; default 4
	Members int   // members of one archive, nested ones included; default 100,000
	Bytes   int64 // unpacked bytes of one archive, nested ones included; default 4 GiB
	Spool   int64 // bytes of an archive held in memory or a spool file; default 1 GiB
}

// File sends one file, read from r to its end. The origin must not be changed
// afterwards. An error is r's own or the context's; what is wrong with an
// archive goes to the sink.
func (f *Feed) File(ctx context.Context, o *scanner.Origin, r io.Reader) error {
	return Stream(ctx, f.Sink, o, "", r)
}
