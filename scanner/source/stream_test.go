package source

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math/rand"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// cut runs a cutter with a small buffer over r and checks the chunks.
func cut(t testing.TB, r io.Reader, size, overlap int) *sourcetest.Stream {
	t.Helper()
	rec := &sourcetest.Recorder{Overlap: overlap}
	o := &scanner.Origin{Path: "stream"}
	c := &cutter{sink: rec, buf: make([]byte, size), overlap: overlap, at: streamStart, chunk: scanner.Chunk{Origin: o}}
	if err := c.run(context.Background(), r); err != nil {
		t.Fatalf("run: %v", err)
	}
	rec.Check(t, false)
	return rec.Stream(t, "stream")
}

// A ragged reader returns a random number of bytes a read, none included.
type ragged struct {
	r      io.Reader
	random *rand.Rand
}

func (r ragged) Read(p []byte) (int, error) {
	return r.r.Read(p[:r.random.Intn(min(len(p), 20)+1)])
}

func encode(text string, order int, mark bool) []byte {
	units := utf16.Encode([]rune(text))
	if mark {
		units = append([]uint16{0xfeff}, units...)
	}
	var b []byte
	for _, u := range units {
		pair := [2]byte{byte(u), byte(u >> 8)}
		b = append(b, pair[order], pair[1-order])
	}
	return b
}

func TestChunksMakeTheStream(t *testing.T) {
	text := string(sourcetest.Text(1, 3000))
	ascii := strings.Repeat("a line of plain text\n", 60)
	latin1 := bytes.ReplaceAll([]byte(text), []byte("ï"), []byte{0xef})
	cases := map[string]struct {
		stored, want []byte
		encoding     scanner.Encoding
		offset       int64
	}{
		"utf-8":            {stored: []byte(text), want: []byte(text)},
		"utf-8 mark":       {stored: []byte("\xef\xbb\xbf" + text), want: []byte(text), offset: 3},
		"latin-1":          {stored: latin1, want: latin1},
		"continuations":    {stored: bytes.Repeat([]byte{0x80}, 900), want: bytes.Repeat([]byte{0x80}, 900)},
		"half code points": {stored: bytes.Repeat([]byte("\xf0\x9f\x94"), 300), want: bytes.Repeat([]byte("\xf0\x9f\x94"), 300)},
		"binary":           {stored: sourcetest.Noise(2, 2000), want: sourcetest.Noise(2, 2000)},
		"holes":            {stored: []byte(text + strings.Repeat("\x00", 900) + text), want: []byte(text + strings.Repeat("\x00", 900) + text)},
		"empty":            {},
		"only a mark":      {stored: []byte("\xff\xfe"), encoding: scanner.UTF16LE, offset: 2},
		"utf-16le mark":    {stored: encode(text, 0, true), want: []byte(text), encoding: scanner.UTF16LE, offset: 2},
		"utf-16be mark":    {stored: encode(text, 1, true), want: []byte(text), encoding: scanner.UTF16BE, offset: 2},
		"utf-16le":         {stored: encode(ascii, 0, false), want: []byte(ascii), encoding: scanner.UTF16LE},
		"utf-16be":         {stored: encode(ascii, 1, false), want: []byte(ascii), encoding: scanner.UTF16BE},
	}
	readers := map[string]func(io.Reader) io.Reader{
		"whole":      func(r io.Reader) io.Reader { return r },
		"byte":       iotest.OneByteReader,
		"half":       iotest.HalfReader,
		"data error": iotest.DataErrReader,
		"ragged":     func(r io.Reader) io.Reader { return ragged{r, rand.New(rand.NewSource(5))} },
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			for how, reader := range readers {
				for _, size := range []int{30, 61, 100, 1024, 9000} {
					s := cut(t, reader(bytes.NewReader(c.stored)), size, min(16, size/2))
					if !bytes.Equal(s.Content, c.want) {
						t.Fatalf("%s, %d: %d bytes, want %d", how, size, len(s.Content), len(c.want))
					}
					if s.Start.Encoding != c.encoding || s.Start.Offset != c.offset || s.Start.Line != 1 || s.Start.Column != 1 {
						t.Errorf("%s, %d: encoding %d, offset %d, %d:%d", how, size, s.Start.Encoding, s.Start.Offset, s.Start.Line, s.Start.Column)
					}
					if size == 30 && len(c.want) > 100 && s.Chunks < 3 {
						t.Errorf("%s, %d: %d chunks", how, size, s.Chunks)
					}
				}
			}
		})
	}
}

func TestStreamOfRealChunks(t *testing.T) {
	for name, content := range map[string][]byte{
		"text":   sourcetest.Text(7, 3*chunkSize),
		"exact":  sourcetest.Text(8, chunkSize)[:chunkSize],
		"utf-16": encode(string(sourcetest.Text(9, 2*chunkSize)), 0, true),
	} {
		t.Run(name, func(t *testing.T) {
			var rec sourcetest.Recorder
			if err := Stream(context.Background(), &rec, &scanner.Origin{Path: name}, "sha256:x", bytes.NewReader(content)); err != nil {
				t.Fatal(err)
			}
			rec.Check(t, false)
			s := rec.Stream(t, name)
			if s.Start.Encoding == scanner.Bytes && !bytes.Equal(s.Content, content) {
				t.Error("the content is not what was read")
			}
			if s.Start.Blob != "sha256:x" || s.Chunks < 2 {
				t.Errorf("blob %q, %d chunks", s.Start.Blob, s.Chunks)
			}
		})
	}
}

func TestStreamError(t *testing.T) {
	broken := errors.New("broken pipe")
	for name, mark := range map[string]string{"bytes": "", "utf-16": "\xff\xfe"} {
		t.Run(name, func(t *testing.T) {
			var rec sourcetest.Recorder
			var last scanner.Chunk
			rec.OnChunk = func(c scanner.Chunk) { last = c }
			r := io.MultiReader(strings.NewReader(mark+"h\x00a\x00"), iotest.ErrReader(broken))
			err := Stream(context.Background(), &rec, &scanner.Origin{Path: "p"}, "sha256:x", r)
			if !errors.Is(err, broken) {
				t.Errorf("error %v", err)
			}
			if !last.Last || last.Blob != "" || len(last.Data) == 0 {
				t.Errorf("last %t, blob %q, %d bytes: want what was read, of no blob", last.Last, last.Blob, len(last.Data))
			}
		})
	}
	t.Run("no progress", func(t *testing.T) {
		for _, mark := range []string{"", "\xff\xfea\x00"} {
			var rec sourcetest.Recorder
			err := Stream(context.Background(), &rec, &scanner.Origin{}, "", io.MultiReader(strings.NewReader(mark), idle{}))
			if !errors.Is(err, io.ErrNoProgress) {
				t.Errorf("error %v", err)
			}
		}
	})
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		var rec sourcetest.Recorder
		rec.OnChunk = func(scanner.Chunk) { cancel() }
		err := Stream(ctx, &rec, &scanner.Origin{Path: "p"}, "", endless{})
		if !errors.Is(err, context.Canceled) || rec.Stream(t, "p").Chunks != 1 {
			t.Errorf("error %v, %d chunks", err, rec.Stream(t, "p").Chunks)
		}
	})
}

type idle struct{}

func (idle) Read([]byte) (int, error) { return 0, nil }

type endless struct{}

func (endless) Read(p []byte) (int, error) { return len(p), nil }

// Words at a time count the code points that bytes at a time do.
func FuzzCodePoints(f *testing.F) {
	f.Add([]byte("a line of nothing but ASCII, longer than four words"))
	f.Add([]byte("caf\xc3\xa9 and some more words \xf0\x9f\x94 cut off, \xf0\x9f\x94\x91 whole, caf\xe9 of Latin-1"))
	f.Add([]byte(strings.Repeat("\xf0\x9f\x94\x91", 20) + strings.Repeat("a", 9)))
	f.Add(sourcetest.Noise(1, 3000))
	f.Add(sourcetest.Text(1, 3000))
	f.Fuzz(func(t *testing.T, data []byte) {
		for from := range min(len(data), 9) + 1 {
			if got, want := codePoints(data[from:]), utf8.RuneCount(data[from:]); got != want {
				t.Errorf("%d code points in %q, want %d", got, data[from:], want)
			}
		}
	})
}

// FuzzStream: whatever the content and however it is read and cut, the chunks
// make the stream.
func FuzzStream(f *testing.F) {
	f.Add([]byte("plain"), uint16(40), uint16(8), int64(1))
	f.Add([]byte("\xff\xfea\x00\x3d\xd8\x11\xdd\n\x00\x00\xd8"), uint16(30), uint16(10), int64(2))
	f.Add([]byte("\xfe\xff\x00a\xdc\x00\x00b\x00"), uint16(33), uint16(3), int64(3))
	f.Add([]byte("\xef\xbb\xbf\xf0\x9f\x94\x91\xe2\x82caf\xe9"), uint16(17), uint16(5), int64(4))
	f.Fuzz(func(t *testing.T, content []byte, size, overlap uint16, seed int64) {
		n := 1 + int(overlap%512)
		s := cut(t, ragged{bytes.NewReader(content), rand.New(rand.NewSource(seed))}, n+9+int(size%2048), n)
		switch {
		case s.Start.Encoding != scanner.Bytes:
			if !utf8.Valid(s.Content) {
				t.Error("decoded to what is no UTF-8")
			}
			order := map[scanner.Encoding]int{scanner.UTF16LE: 0, scanner.UTF16BE: 1}[s.Start.Encoding]
			stored := content[s.Start.Offset:]
			if back := encode(string(s.Content), order, false); utf8.RuneCount(s.Content) > 0 && !strings.ContainsRune(string(s.Content), utf8.RuneError) && !bytes.Equal(back, stored) {
				t.Errorf("decoded %q from %x", s.Content, stored)
			}
		case !bytes.Equal(s.Content, content[s.Start.Offset:]):
			t.Errorf("content %q, want %q", s.Content, content)
		}
	})
}
