package source

import (
	"context"
	"fmt"

	"runtime"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// TestFeedAhead: what is read ahead is sent as what is not, archives within one
// another and damaged ones included. Under -race it also shows that nothing is
// counted on two sides.
func TestFeedAhead(t *testing.T) {
	noise, text := item{"noise", sourcetest.Noise(1, 600<<10)}, item{"text", sourcetest.Text(2, 600<<10)}
	packed := item{"packed.gz", gz(t, noise.content)}
	tgz := item{"a.tgz", gz(t, tarOf(t, noise, packed, text))}
	contents := map[string][]byte{
		"gzip":          packed.content,
		"zstd":          zst(t, noise.content),
		"tar.gz":        tgz.content,
		"tar of gzips":  tarOf(t, packed, text, item{"again.gz", packed.content}),
		"zip of gzips":  jar(t, packed, text, tgz),
		"gzip of a zip": gz(t, jar(t, packed, noise)),
		"gzip of gzips": gz(t, gz(t, tarOf(t, packed, noise))),
		"trailer":       gz(t, append(tarOf(t, packed), text.content...)),
	}
	for name, content := range contents {
		for _, damage := range []string{"none", "cut off", "another byte"} {
			for _, l := range []Limits{{}, {Bytes: 1 << 19}, {Members: 2}} {
				t.Run(fmt.Sprint(name, ", damage: ", damage, ", limits ", l.Bytes, " ", l.Members), func(t *testing.T) {
					data := append([]byte(nil), content...)
					switch damage {
					case "cut off":
						data = data[:len(data)*2/3]
					case "another byte":
						data[len(data)/2] ^= 0x10
					}
					if diff := cmp.Diff(sent(t, l, data, 1), sent(t, l, data, 0)); diff != "" {
						t.Error(diff)
					}
				})
			}
		}
	}
}

// sent says what becomes of a file, given how many meters are said to be in use.
func sent(t *testing.T, l Limits, data []byte, metered int) []string {
	t.Helper()
	rec := &sourcetest.Recorder{}
	limits := l.orDefault()
	u := &unpacker{sink: rec, temp: t.TempDir(), limits: limits, members: limits.Members, bytes: limits.Bytes, spool: limits.Spool, metered: metered}
	lines := []string{fmt.Sprint(u.file(t.Context(), &scanner.Origin{Path: "f"}, piped(data), 0))}
	rec.Check(t, false)
	for _, s := range rec.Streams() {
		lines = append(lines, fmt.Sprintf("%s: %d bytes at %d, %x", s.Path(), len(s.Content), s.Start.Offset, sum(s.Content)))
	}
	for _, s := range rec.Skips() {
		lines = append(lines, fmt.Sprint(s))
	}
	for _, p := range rec.Problems() {
		lines = append(lines, fmt.Sprint(p))
	}
	return lines
}

func sum(data []byte) (h uint64) {
	for _, b := range data {
		h = h*31 + uint64(b)
	}
	return h
}

// TestFeedAheadCancelled: no goroutine is left behind.
func TestFeedAheadCancelled(t *testing.T) {
	before := runtime.NumGoroutine()
	data := gz(t, tarOf(t, item{"a", sourcetest.Noise(1, 3<<20)}, item{"b", sourcetest.Noise(1, 3<<20)}))
	for range 20 {
		ctx, cancel := context.WithCancel(t.Context())
		n := 0
		rec := &sourcetest.Recorder{OnChunk: func(scanner.Chunk) {
			if n++; n == 2 {
				cancel()
			}
		}}
		if err := (&Feed{Sink: rec}).File(ctx, &scanner.Origin{Path: "f"}, piped(data)); err != context.Canceled {
			t.Errorf("error %v", err)
		}
		cancel()
	}
	for end := time.Now().Add(10 * time.Second); runtime.NumGoroutine() > before && time.Now().Before(end); {
		runtime.Gosched()
	}
	if n := runtime.NumGoroutine(); n > before {
		t.Errorf("%d goroutines, %d before", n, before)
	}
}

// A null sink does nothing: what is left is what sources cost.
type null struct{}

func (null) Chunk(scanner.Chunk)                       {}
func (null) Seen(scanner.BlobID, *scanner.Origin) bool { return false }
func (null) Skip(*scanner.Origin, scanner.Reason)      {}
func (null) Problem(*scanner.Origin, error)            {}

// BenchmarkFeed feeds files of a kind to nobody; the rate is that of what they
// unpack to.
func BenchmarkFeed(b *testing.B) {
	text, noise := sourcetest.Text(1, 8<<20), sourcetest.Noise(1, 8<<20)
	line := make([]byte, 8<<20)
	for i := range line {
		line[i] = 'a' + byte(i%26)
	}
	for _, c := range []struct {
		name  string
		data  []byte
		bytes int
	}{
		{"text of 4 KiB", text[:4<<10], 4 << 10},
		{"text", text, len(text)},
		{"one line", line, len(line)},
		{"binary", noise, len(noise)},
		{"UTF-16", encode(string(text[:1<<20]), 0, true), 1 << 20},
		{"tar", tarOf(b, item{"text", text}), len(text)},
		{"gzip", gz(b, text), len(text)},
		{"tar.gz", gz(b, tarOf(b, item{"text", text})), len(text)},
		{"zip", jar(b, item{"text", text}), len(text)},
		{"zstd", zst(b, text), len(text)},
	} {
		b.Run(c.name, func(b *testing.B) {
			f := Feed{Sink: null{}, Temp: b.TempDir()}
			b.SetBytes(int64(c.bytes))
			b.ReportAllocs()
			for b.Loop() {
				must(b, f.File(b.Context(), &scanner.Origin{Path: "f"}, piped(c.data)))
			}
		})
	}
}
