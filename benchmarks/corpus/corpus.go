// Package corpus makes the data that benchmarks run over. A Corpus is one
// stretch of bytes, made by a seeded generator, read from the source of the Go
// installation or from a file, so that two machines measure the same thing.
package corpus

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A Corpus is data with a name. Nobody may change the data.
type Corpus struct {
	Name string
	Data []byte
	// Files says which files the data is made of; where there are none the
	// data is one file, which may be a tar archive.
	Files []Piece
}

// A Piece is a file within a corpus: Data[Start:End].
type Piece struct {
	Path       string
	Start, End int
}

// add appends a file.
func (c *Corpus) add(path string, data []byte) {
	c.Files = append(c.Files, Piece{Path: path, Start: len(c.Data), End: len(c.Data) + len(data)})
	c.Data = append(c.Data, data...)
}

// Builtin returns the corpora that every machine with Go can make, each a
// part of its full size: 1 is all of it, 8 an eighth.
func Builtin(seed uint64, part int) ([]Corpus, error) {
	const mib = 1 << 20
	source, err := GoSource(32 * mib / part)
	if err != nil {
		return nil, err
	}
	rootFS, err := RootFS(seed, 64*mib/part)
	if err != nil {
		return nil, err
	}
	whole := Corpus{Name: "go-whole", Data: source.Data}
	return []Corpus{source, whole, Leaky(seed, 8*mib/part), rootFS, Minified(seed, 32*mib/part)}, nil
}

// File reads a corpus from a file: a tar archive, or anything else as it is.
func File(path string) (Corpus, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return Corpus{}, fmt.Errorf("corpus: %w", err)
	}
	name := filepath.Base(path)
	return Corpus{Name: strings.TrimSuffix(name, filepath.Ext(name)), Data: data}, nil
}

// Chunks returns what a scan of the corpus sends to the engine: its files one
// by one, or the members of its tar archive, archives within those as the bytes
// they are, each stream cut and told text or binary as always. The chunks are
// copies.
func (c Corpus) Chunks() (Replay, error) {
	r := &recorder{}
	feed := source.Feed{Sink: r, Limits: source.Limits{Depth: 1}}
	files := c.Files
	if len(files) == 0 {
		files = []Piece{{Path: c.Name, End: len(c.Data)}}
	}
	for _, f := range files {
		data := bytes.NewReader(c.Data[f.Start:f.End])
		if err := feed.File(context.Background(), &scanner.Origin{Path: f.Path}, data); err != nil {
			return nil, fmt.Errorf("corpus %s: %s: %w", c.Name, f.Path, err)
		}
	}
	return r.chunks, nil
}

// A recorder is a sink that keeps what it is sent.
type recorder struct{ chunks Replay }

func (r *recorder) Chunk(c scanner.Chunk) {
	c.Data = bytes.Clone(c.Data)
	r.chunks = append(r.chunks, c)
}

func (*recorder) Seen(scanner.BlobID, *scanner.Origin) bool { return false }
func (*recorder) Skip(*scanner.Origin, scanner.Reason)      {}
func (*recorder) Problem(*scanner.Origin, error)            {}

// A Replay is a source that sends chunks out of memory.
type Replay []scanner.Chunk

var _ scanner.Source = Replay(nil)

// Name implements scanner.Source.
func (Replay) Name() string { return "memory" }

// Scan implements scanner.Source.
func (r Replay) Scan(ctx context.Context, sink scanner.Sink) error {
	for _, c := range r {
		sink.Chunk(c)
	}
	return ctx.Err()
}

// Bytes returns how much the chunks hold, what they repeat not counted twice.
func (r Replay) Bytes() int64 {
	n := 0
	for i := range r {
		n += len(r[i].Data) - r[i].Overlap
	}
	return int64(n)
}

// Literals returns the anchors of a rule set, each once, as the engine looks
// for them.
func Literals(set *rules.Set) []string {
	var out []string
	for _, r := range set.Rules() {
		for _, a := range r.Anchors() {
			out = append(out, a.Literal)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
