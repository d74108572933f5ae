package dockerfile

import (
	"context"
	"errors"
	"io"
	"path"
	"path/filepath"
	"sync"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// An Expert reads Dockerfiles for a source that meets them among other files.
// It reads nothing of their contexts, but knows which instructions take a file.
type Expert struct {
	of    *Source
	large sync.Mutex // held while one is interpreted
}

// large is the length from which on files are interpreted one at a time: what is
// understood of one takes some hundred times its length.
const large = 256 << 10

var (
	_ source.Expert      = (*Expert)(nil)
	_ source.Interpreter = (*Expert)(nil)
)

// NewExpert returns an expert. Of the options, Workers means nothing; an error
// is that of Open.
func NewExpert(o Options) (*Expert, error) {
	s, err := Open(nil, o)
	if err != nil {
		return nil, err
	}
	return &Expert{of: s}, s.begin()
}

// Reads implements source.Expert: by the names that a folder is searched for.
func (e *Expert) Reads(name string) bool { return isDockerfile(path.Base(name)) }

// Read implements source.Expert. A file that is no Dockerfile is sent as text
// and skipped with the reason.
func (e *Expert) Read(ctx context.Context, sink scanner.Sink, o *scanner.Origin, name string, r io.Reader) error {
	why, err := e.of.file(ctx, sink, o, name, r)
	if why != nil {
		sink.Skip(o, asText(why))
	}
	return err
}

// Attribute implements source.Expert.
func (e *Expert) Attribute(path string, hits []*scanner.Hit) error {
	if !e.of.attributeFile(path, hits) {
		return errChanged
	}
	return nil
}

// Uses implements source.Expert.
func (e *Expert) Uses(name string, h *scanner.Hit) []scanner.Place {
	var places []scanner.Place
	for _, key := range e.of.keys() {
		b := e.of.contexts[key]
		if rel, err := filepath.Rel(key.folder, name); err == nil && filepath.IsLocal(rel) {
			b.ignore.Do(func() { _ = b.readIgnores() }) // without them nothing is left out
			places = append(places, b.places(filepath.ToSlash(rel), h.Origin)...)
		}
	}
	return places
}

// Interpret implements source.Interpreter.
func (e *Expert) Interpret(ctx context.Context, sink scanner.Sink, o *scanner.Origin, data []byte) (why error) {
	if len(data) > large {
		e.large.Lock()
		defer e.large.Unlock()
	}
	f, why := parse(data)
	if why == nil {
		_, why = e.of.says(ctx, sink, o, f)
	}
	if why != nil {
		return errors.New(string(asText(why)))
	}
	return nil
}

// Trace implements source.Interpreter.
func (e *Expert) Trace(path string, data []byte, hits []*scanner.Hit) bool {
	return e.of.trace(path, data, hits)
}
