package files

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"path"
	"path/filepath"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A Stdin is a source of one stream.
type Stdin struct {
	r    io.Reader
	name string
	opts Options
	kept *keeper // nil without a name
}

var (
	_ scanner.Source     = (*Stdin)(nil)
	_ scanner.Attributor = (*Stdin)(nil)
)

// Pipe returns a source of what r holds, which is read once. The name is that
// of the file it stands for, empty if for none. Of the options, those of files
// on disk mean nothing here.
func Pipe(r io.Reader, name string, o Options) *Stdin {
	s := &Stdin{r: r, name: name, opts: o}
	if name != "" {
		s.kept = &keeper{}
	}
	return s
}

// Name returns the name of the file, else "stdin".
func (s *Stdin) Name() string { return cmp.Or(s.name, "stdin") }

// Scan implements scanner.Source. It returns as soon as ctx is done, even while
// r has nothing to read; a read that is under way is then left behind.
func (s *Stdin) Scan(ctx context.Context, sink scanner.Sink) error {
	r, w := io.Pipe()
	defer r.Close()
	defer context.AfterFunc(ctx, func() { w.CloseWithError(ctx.Err()) })()
	go func() {
		_, err := io.Copy(w, s.r)
		w.CloseWithError(err)
	}()
	var from io.Reader = r
	if s.kept != nil {
		s.kept.r, from = r, s.kept
	}
	feed := source.Feed{Sink: sink, Limits: s.opts.Limits, Temp: s.opts.Temp}
	if err := feed.File(ctx, s.origin(), from); err != nil {
		return fmt.Errorf("read %s: %w", s.Name(), err)
	}
	return ctx.Err()
}

func (s *Stdin) origin() *scanner.Origin {
	shown := path.Clean("/" + filepath.ToSlash(s.Name()))[1:]
	return &scanner.Origin{Kind: scanner.Stdin, Target: s.Name(), Path: cmp.Or(shown, "stdin")}
}

// Attribute implements scanner.Attributor: it sets the line hash of hits in
// text that has a name and is not too long to have been kept.
func (s *Stdin) Attribute(_ context.Context, hits []*scanner.Hit) error {
	if s.kept == nil || s.kept.over || !s.kept.whole {
		return nil
	}
	var own []*scanner.Hit
	for _, h := range hits {
		if h.Origin.Member == "" {
			own = append(own, h)
		}
	}
	hashLines(bytes.NewReader(s.kept.data), own)
	return nil
}

// maxKept bounds the copy of a named stream.
const maxKept = 16 << 20

// A keeper keeps a copy of what is read through it, for the line hashes.
type keeper struct {
	r     io.Reader
	data  []byte
	over  bool // it was too long, and is gone
	whole bool // it was read to its end
}

func (k *keeper) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	if k.over = k.over || len(k.data)+n > maxKept; k.over {
		k.data = nil
	} else {
		k.data = append(k.data, p[:n]...)
	}
	k.whole = err == io.EOF
	return n, err
}
