package source

import (
	"context"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// An Expert knows files of one kind better than as the bytes that they are. A
// source that walks over files of all kinds hands it those that it Reads, and
// asks it once all were read what it knows of the hits.
type Expert interface {
	// Reads reports whether a file is of its kind, by its path.
	Reads(path string) bool
	// Read sends a file to the sink, as Feed.File does; name is its absolute
	// path. It is safe for concurrent use.
	Read(ctx context.Context, sink scanner.Sink, o *scanner.Origin, name string, r io.Reader) error
	// Attribute sets the places of the hits in a file that it read, all of
	// them, by the path of their origin. The error is that it cannot.
	Attribute(path string, hits []*scanner.Hit) error
	// Uses returns the places where a hit stands since files of the kind use
	// the file that it is in; name is that file's absolute path.
	Uses(name string, h *scanner.Hit) []scanner.Place
}

// An Interpreter knows what text of one kind says beyond the bytes that it is.
// It remembers nothing, so that a source may have many versions of a file. It is
// safe for concurrent use.
type Interpreter interface {
	// Reads reports whether a file is of its kind, by its path.
	Reads(path string) bool
	// Interpret sends to the sink what a text says where that is not what
	// stands there; the text itself was sent. The error says why there is
	// nothing, or not all.
	Interpret(ctx context.Context, sink scanner.Sink, o *scanner.Origin, data []byte) (why error)
	// Trace sets the places of the hits in a text, all of them and those that
	// Interpret sent, and covers one that another tells of. It reports whether
	// it could.
	Trace(path string, data []byte, hits []*scanner.Hit) bool
}
