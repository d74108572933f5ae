package scanner

import (
	"bytes"
	"context"

	"github.com/sluice-sec/sluice/rules"
)

// Overlap is how many bytes of a stream a chunk repeats of the one before it:
// a match can reach rules.MaxReach back from its anchor and as far ahead, and
// is judged by at most Margin bytes more on either side.
const (
	Margin  = 4 << 10
	Overlap = 2 * (rules.MaxReach + Margin)
)

// A BlobID identifies content: two blobs of one id hold the same bytes. It is
// "sha256:<hex>" for layers and files, a git object id for git, or empty where
// the content was not hashed.
type BlobID string

// A Chunk is a piece of one stream of text or bytes. A source sends the chunks
// of one stream in order, from one goroutine.
type Chunk struct {
	// Data belongs to the source; the sink may not keep it past the call.
	// Text in UTF-16 arrives as UTF-8 with Encoding saying so.
	Data   []byte
	Origin *Origin
	// Offset is the position of Data[0] in the stream, in bytes of the stream
	// as it is stored.
	Offset int64
	// Pos is the position of Data[0] in the decoded stream; it differs from
	// Offset where Encoding is not Bytes, or a byte order mark was left out.
	Pos int64
	// Line and Column are the position of Data[0], from 1; columns count code
	// points. A source cuts only between code points.
	Line, Column int
	// Overlap is the count of leading bytes that the chunk before held too:
	// 0 for the first chunk of a stream, else min(its length, Overlap) or more.
	Overlap  int
	Encoding Encoding
	// Binary: the stream is no text; only rules whose anchors are long enough
	// to mean something there look at it.
	Binary bool
	Blob   BlobID
	// Last: the stream ends with this chunk.
	Last bool
	// Where is set if Data does not stand in the origin's stream but was made
	// of it: what an encoded or a structured text means. The chunk is then
	// whole, with no Overlap and Last, beside the chunks of the stream itself,
	// and Where returns where in that stream Data[start:end] comes from and how
	// it is encoded there, as Occurrence.Encoded has it. Blob is the stream's;
	// Offset, Pos, Line and Column mean nothing.
	Where func(start, end int) (at Span, encoded string)
	// Like, if set, says what of the chunk was looked at before.
	Like *Likeness
	// Stream is, with Where, the text of the stream, where the source has it at
	// hand: what stands beside a value. The spans of Where count from its start.
	Stream string
	// Instead are stretches of the stream that mean what such a chunk says, and
	// not what they look like: what generic rules find in them is void.
	Instead []Span

	own part // what of a view is its own, and not another's that shows more
}

// Hollow reports whether data is NUL bytes and nothing else, as in the holes of
// sparse files and in images of disks.
func Hollow(data []byte) bool {
	return len(data) > 0 && data[0] == 0 && bytes.Equal(data[1:], data[:len(data)-1])
}

// A Likeness says of a chunk that is a whole stream what of it stands in another
// one, of the same path, that was looked at, and in which nothing was found that
// stands in one of these stretches: between two of them there are bytes of what
// was. What depends on one stretch alone is not looked at again.
type Likeness struct {
	Alike []Stretch // in order, none in another
	// Looked is set by the sink once it looked at the chunk, and Found to all
	// that it found there, reported or not: where in Data, in any order.
	Looked bool
	Found  []Stretch
}

// A Stretch is Data[Start:End] of a chunk, which the other stream has in a row as
// well, and where it has more than one, in any order. A stretch that begins both
// starts at -Beyond, and one that ends both ends so far behind the data.
type Stretch struct{ Start, End int }

// Beyond is further than anything reaches.
const Beyond = 1 << 30

// Encoding is how the stream stored what Chunk.Data holds.
type Encoding uint8

const (
	Bytes   Encoding = iota // as it is: UTF-8, Latin-1, binary
	UTF16LE                 // two bytes a code unit, little end first
	UTF16BE
)

// A Source opens something, unpacks it and sends its content to a sink. It
// runs its own units side by side and calls the sink from the goroutine that
// read the data.
type Source interface {
	// Name is what the user called the target.
	Name() string
	// Scan returns when all is sent. What could not be read goes to
	// Sink.Problem and the scan goes on; an error means that the target as a
	// whole could not be read to its end. It stops soon after ctx is done.
	Scan(ctx context.Context, sink Sink) error
}

// A Sink takes what sources read. It is safe for concurrent use.
type Sink interface {
	// Chunk scans a piece of a stream.
	Chunk(Chunk)
	// Seen reports whether the blob was scanned whole before; if so the
	// origin is recorded as another place of its findings.
	Seen(BlobID, *Origin) bool
	// Skip records what was left out by policy or by the user.
	Skip(*Origin, Reason)
	// Problem records what should have been read and was not.
	Problem(*Origin, error)
}

// A Keeper is a sink that knows from earlier scans which git objects and layers
// nothing was found in.
type Keeper interface {
	// Keeps reports whether anything is remembered at all.
	Keeps() bool
	// Clean reports whether the object or layer of an origin was read whole
	// before, an object under the same path, and nothing was found by the same
	// rules, skipped or wrong.
	Clean(*Origin) bool
	// Whole says that the object or layer of an origin was sent to its end, and
	// that its content is what its name says.
	Whole(*Origin)
	// Found reports whether anything was found in this scan so far.
	Found() bool
}

// An Attributor is a source that can say more of a hit once everything was
// read: in which commit it came in, whether a later layer deleted it.
type Attributor interface {
	// Attribute sets Hit.Places, called once before the report with the hits
	// in this source's origins. A hit whose Places it leaves empty stands at
	// its origin, live. It must not keep the hits.
	Attribute(ctx context.Context, hits []*Hit) error
}

// Reason says why something was left out; it is shown as it is.
type Reason string

const (
	SkipSymlink   Reason = "symbolic link, not followed"
	SkipVCS       Reason = "version control folder"
	SkipSpecial   Reason = "not a regular file"
	SkipIgnored   Reason = "ignored by .gitignore"
	SkipExcluded  Reason = "excluded"
	SkipArchive   Reason = "damaged archive, scanned as the bytes it is"
	SkipPacked    Reason = "archive, not unpacked as asked"
	SkipEncrypted Reason = "encrypted, not readable without the password"
)
