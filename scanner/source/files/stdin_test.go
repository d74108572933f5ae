package files

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestStdin(t *testing.T) {
	sourcetest.RunOne(t, "stdin", func(t *testing.T, content []byte) scanner.Source {
		return Pipe(bytes.NewReader(content), "", Options{})
	})
}

func TestStdinName(t *testing.T) {
	for name, want := range map[string]string{"": "stdin", "src/a.yml": "src/a.yml", "./a": "a", "/etc/x": "etc/x", "../../up": "up", "/": "stdin"} {
		s := Pipe(strings.NewReader("x"), name, Options{})
		if o := scan(t, s).Stream(t, want).Origin; o.Kind != scanner.Stdin || o.Target != s.Name() {
			t.Errorf("%q: origin %+v", name, o)
		}
	}
}

// A pipe that nobody writes to does not keep the scan from ending.
func TestStdinCancelledWhileItWaits(t *testing.T) {
	r, w := io.Pipe()
	defer w.Close()
	ctx, cancel := context.WithCancel(context.Background())
	rec := &sourcetest.Recorder{}
	go func() {
		_, _ = w.Write([]byte("so far")) // returns once it was read
		cancel()
	}()
	if err := Pipe(r, "", Options{}).Scan(ctx, rec); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestStdinError(t *testing.T) {
	broken := errors.New("input/output error")
	rec := &sourcetest.Recorder{}
	err := Pipe(io.MultiReader(strings.NewReader("so far"), iotest.ErrReader(broken)), "a.txt", Options{}).Scan(context.Background(), rec)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "a.txt") {
		t.Errorf("error %v", err)
	}
	if got := string(rec.Stream(t, "a.txt").Content); got != "so far" {
		t.Errorf("sent %q", got)
	}
}

type discard struct{ scanner.Sink }

func (discard) Chunk(scanner.Chunk) {}

func TestStdinAttribute(t *testing.T) {
	text := "one\ntwo\n"
	long := strings.Repeat("line\n", maxKept/5+1)
	want := map[int]string{2: ""}
	must(t, source.LineHashes(strings.NewReader(text), want))
	for name, c := range map[string]struct {
		name, content, hash string
	}{
		"named":   {"a.txt", text, want[2]},
		"unnamed": {"", text, ""},
		"binary":  {"a.bin", "\x00\n\x00\n", ""},
		"long":    {"a.txt", long, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := Pipe(strings.NewReader(c.content), c.name, Options{})
			must(t, s.Scan(context.Background(), discard{}))
			h := &scanner.Hit{Origin: &scanner.Origin{Path: "a.txt"}, Span: scanner.Span{Line: 2}}
			packed := &scanner.Hit{Origin: &scanner.Origin{Path: "a.txt", Member: "m"}, Span: scanner.Span{Line: 2}}
			must(t, s.Attribute(context.Background(), []*scanner.Hit{h, packed}))
			got := ""
			if len(h.Places) > 0 {
				got = h.Places[0].LineHash
			}
			if got != c.hash || len(packed.Places) != 0 {
				t.Errorf("hash %q, want %q; in an archive %v", got, c.hash, packed.Places)
			}
		})
	}
}
