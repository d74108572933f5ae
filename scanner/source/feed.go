package source

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"io"
	"sync"
	"time"
	"unsafe"

	"github.com/sluice-sec/sluice/scanner"
)

// A Feed sends files to a sink: archives member by member, everything else as
// the stream it is. It is safe for concurrent use.
type Feed struct {
	Sink   scanner.Sink
	Limits Limits
	// Temp is the folder of spool files; empty means the system's.
	Temp string
}

// Limits bound what is unpacked of one archive, so that a bomb costs a problem
// and not the machine. The zero value means the defaults.
type Limits struct {
	Depth   int           // archives within one another, a compressed tar being one; default 4, none if negative
	Members int           // members of one archive, nested ones included; default 100,000
	Bytes   int64         // unpacked bytes of one archive, nested ones included; default 4 GiB
	Spool   int64         // bytes of an archive held in memory or a spool file; default 1 GiB
	Time    time.Duration // from the first archive of a file to the end of all within it; default 15 minutes
}

func (l Limits) orDefault() Limits {
	return Limits{
		Depth:   max(cmp.Or(l.Depth, 4), 0),
		Members: cmp.Or(l.Members, 100_000),
		Bytes:   cmp.Or(l.Bytes, 4<<30),
		Spool:   cmp.Or(l.Spool, 1<<30),
		Time:    cmp.Or(l.Time, 15*time.Minute),
	}
}

// Text is File for a file that is in memory, and in how far it is like one that
// was sent before. What means just these bytes is sent as one chunk, however long
// it is. Of anything else nothing is taken to be known, and Looked is not set: of a
// binary fewer things are secrets. The data must not change before Text returns.
func (f *Feed) Text(ctx context.Context, o *scanner.Origin, data []byte, like *scanner.Likeness) error {
	if _, mark := sniffEncoding(data); mark > 0 || isBinary(data) || !asItIs(o, data) {
		return f.File(ctx, o, bytes.NewReader(data))
	}
	if ctx.Err() == nil {
		f.Sink.Chunk(scanner.Chunk{Data: data, Origin: o, Line: 1, Column: 1, Last: true, Like: like})
	}
	return ctx.Err()
}

// asItIs reports whether a file means no more than the bytes that it is.
func asItIs(o *scanner.Origin, data []byte) bool {
	encoding, _ := sniffEncoding(data)
	return encoding == scanner.Bytes && sniffFormat(data) == plain && !(launches(data) && bytes.Contains(data, []byte(zipEndSig))) &&
		!(manifestName(o) && manifestly(unsafe.String(unsafe.SliceData(data), len(data))))
}

// File sends one file, read from r to its end; where r is also an io.ReaderAt
// and io.Seeker, an archive that needs random access is read in place and not
// spooled. The origin must not be changed afterwards. An error is r's own or
// the context's. What is wrong with an archive goes to the sink: what a limit
// left out as a problem; a damaged archive as skipped, and then from where
// it is damaged sent as the bytes it is.
func (f *Feed) File(ctx context.Context, o *scanner.Origin, r io.Reader) error {
	l := f.Limits.orDefault()
	u := unpackers.Get().(*unpacker)
	defer unpackers.Put(u)
	*u = unpacker{sink: f.Sink, temp: f.Temp, limits: l, members: l.Members, bytes: l.Bytes, spool: l.Spool}
	err := u.file(ctx, o, r, 0)
	*u = unpacker{}
	if errors.Is(err, errSpent) {
		return nil
	}
	return err
}

// unpackers are used again: most files are small, and no archives.
var unpackers = sync.Pool{New: func() any { return new(unpacker) }}
