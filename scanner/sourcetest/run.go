package sourcetest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand"
	"slices"
	"testing"
	"unicode/utf16"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

// Run puts a source through what every source must keep to. The function
// builds a source that holds just these files, by their slash-separated path;
// where it holds more (a configuration, a history), that is of another kind.
func Run(t *testing.T, build func(t *testing.T, files map[string][]byte) scanner.Source) {
	t.Run("content", func(t *testing.T) {
		files := Samples()
		expect(t, scan(t, build(t, files)), files)
	})
	t.Run("nothing", func(t *testing.T) {
		expect(t, scan(t, build(t, nil)), nil)
	})
	t.Run("huge", func(t *testing.T) {
		files := map[string][]byte{"huge.txt": Text(1, 3<<20), "huge.bin": Noise(2, 3<<20), "oneline": bytes.Repeat([]byte("é"), 1<<20)}
		expect(t, scan(t, build(t, files)), files)
	})
	t.Run("many", func(t *testing.T) {
		files := many(300)
		expect(t, scan(t, build(t, files)), files)
	})
	t.Run("twice the same", func(t *testing.T) {
		files := many(40)
		maps.Copy(files, Samples())
		if diff := cmp.Diff(shapes(scan(t, build(t, files))), shapes(scan(t, build(t, files)))); diff != "" {
			t.Errorf("two runs differ:\n%s", diff)
		}
	})
	t.Run("cancelled before", func(t *testing.T) { cancelled(t, build(t, many(3)), 0, 0) })
	t.Run("cancelled within", func(t *testing.T) { cancelled(t, build(t, many(2000)), 5, 200) })
}

// RunOne is Run for a source that holds one file, of that path.
func RunOne(t *testing.T, path string, build func(t *testing.T, content []byte) scanner.Source) {
	contents := Samples()
	contents["huge.txt"], contents["huge.bin"] = Text(1, 3<<20), Noise(2, 3<<20)
	for _, name := range slices.Sorted(maps.Keys(contents)) {
		t.Run(name, func(t *testing.T) {
			first := scan(t, build(t, contents[name]))
			expect(t, first, map[string][]byte{path: contents[name]})
			if diff := cmp.Diff(shapes(first), shapes(scan(t, build(t, contents[name])))); diff != "" {
				t.Errorf("two runs differ:\n%s", diff)
			}
		})
	}
	t.Run("cancelled before", func(t *testing.T) { cancelled(t, build(t, Text(1, 1<<10)), 0, 0) })
	t.Run("cancelled within", func(t *testing.T) { cancelled(t, build(t, bytes.Repeat(Text(1, 1<<10), 8<<10)), 2, 0) })
}

// Unreadable scans a source that cannot read the file or folder of that path,
// and checks that it says so, without an error of the scan, and that the good
// files are all there.
func Unreadable(t *testing.T, s scanner.Source, path string, good map[string][]byte) {
	t.Helper()
	var r Recorder
	if err := s.Scan(context.Background(), &r); err != nil {
		t.Fatalf("scan: %v", err)
	}
	if p := r.Problems(); len(p) != 1 || p[0].Path != path || p[0].Err == nil {
		t.Errorf("problems %v, want one at %s", p, path)
	}
	r.Check(t, false)
	for name, content := range good {
		if got := r.Stream(t, name); !bytes.Equal(got.Content, content) {
			t.Errorf("%s: %d bytes, want %d", name, len(got.Content), len(content))
		}
	}
}

func scan(t *testing.T, s scanner.Source) *Recorder {
	t.Helper()
	if s.Name() == "" {
		t.Error("the source has no name")
	}
	r := &Recorder{}
	if err := s.Scan(context.Background(), r); err != nil {
		t.Fatalf("scan: %v", err)
	}
	return r
}

// expect checks that the files came as they are, and nothing went wrong.
func expect(t *testing.T, r *Recorder, files map[string][]byte) {
	t.Helper()
	r.Check(t, false)
	got := map[string][]byte{}
	for _, s := range r.Files() {
		if _, twice := got[s.Path()]; twice {
			t.Errorf("%s: sent twice", s.Path())
		}
		got[s.Path()] = s.Content
		if start := s.Start; start.Line != 1 || start.Column != 1 || start.Offset > 3 || start.Pos != 0 {
			t.Errorf("%s: starts at %d:%d, offset %d, pos %d", s.Path(), start.Line, start.Column, start.Offset, start.Pos)
		}
	}
	for path, content := range files {
		decoded, ok := got[path]
		if want := decode(content); !ok || !bytes.Equal(decoded, want) {
			t.Errorf("%s: sent %t, %d bytes, want %d", path, ok, len(decoded), len(want))
		}
		delete(got, path)
	}
	for path := range got {
		t.Errorf("%s: sent, but there is no such file", path)
	}
	for _, p := range r.Problems() {
		t.Errorf("%s: problem: %v", p.Path, p.Err)
	}
	for _, s := range r.Skips() {
		t.Errorf("%s: skipped: %s", s.Path, s.Reason)
	}
}

// cancelled scans and cancels with the nth chunk, 0 being before the first:
// the source must return the context's error, and send no more than what was
// under way.
func cancelled(t *testing.T, s scanner.Source, nth, underWay int) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	r := &Recorder{}
	n := make(chan struct{}, nth+underWay)
	r.OnChunk = func(scanner.Chunk) {
		select {
		case n <- struct{}{}:
		default:
			t.Error("the source goes on after it was cancelled")
		}
		if len(n) >= nth {
			cancel()
		}
	}
	if nth == 0 {
		cancel()
	}
	if err := s.Scan(ctx, r); !errors.Is(err, context.Canceled) {
		t.Errorf("scan: %v, want the context's error", err)
	}
	r.Check(t, true)
}

// shapes describes all chunks and streams of a run, sorted.
func shapes(r *Recorder) []string {
	var all []string
	for _, s := range r.Streams() {
		all = append(all, fmt.Sprintf("%s %v %v %d chunks, %d bytes, blob %q", s.Path(), s.Start.Encoding, s.Start.Binary, s.Chunks, len(s.Content), s.Start.Blob))
	}
	return all
}

// decode returns content as chunks hold it.
func decode(content []byte) []byte {
	switch {
	case bytes.HasPrefix(content, []byte("\xef\xbb\xbf")):
		return content[3:]
	case bytes.HasPrefix(content, []byte("\xff\xfe")):
		return fromUTF16(content[2:], 0)
	case bytes.HasPrefix(content, []byte("\xfe\xff")):
		return fromUTF16(content[2:], 1)
	}
	return content
}

func fromUTF16(data []byte, low int) []byte {
	var units []uint16
	for i := 0; i+1 < len(data); i += 2 {
		units = append(units, uint16(data[i+low])|uint16(data[i+1-low])<<8)
	}
	return []byte(string(utf16.Decode(units)))
}

// Text returns about n bytes of lines of made-up words, some beyond ASCII.
func Text(seed int64, n int) []byte {
	random := rand.New(rand.NewSource(seed))
	words := []string{"alpha", "b", "naïve", "密碼", "🔑", "x = 1", "", "\t", "under_score", "4711"}
	var b bytes.Buffer
	for b.Len() < n {
		b.WriteString(words[random.Intn(len(words))])
		b.WriteString([]string{" ", " ", " ", "\n", "\r\n"}[random.Intn(5)])
	}
	return b.Bytes()
}

// Noise returns n bytes that are no text and no archive.
func Noise(seed int64, n int) []byte {
	b := make([]byte, n)
	rand.New(rand.NewSource(seed)).Read(b)
	if n > 0 {
		b[0] = 0
	}
	return b
}

// Samples returns small files of every encoding and shape.
func Samples() map[string][]byte {
	text := string(Text(3, 500))
	files := map[string][]byte{
		"empty":             {},
		"newline":           []byte("\n"),
		"unended":           []byte("one\ntwo"),
		"dir/crlf.txt":      []byte("one\r\ntwo\r\n\r\n"),
		"dir/utf8.txt":      []byte(text),
		"dir/sub/utf8b.txt": []byte("\xef\xbb\xbf" + text),
		"latin1":            []byte("caf\xe9 \xfcber\nna\xefve\n"),
		"binary":            Noise(4, 3000),
		"with space & é":    []byte("name"),
	}
	for name, order := range map[string]int{"utf16le": 0, "utf16be": 1} {
		var b []byte
		for _, u := range append([]uint16{0xfeff}, utf16.Encode([]rune(text))...) {
			pair := [2]byte{byte(u), byte(u >> 8)}
			b = append(b, pair[order], pair[1-order])
		}
		files[name] = b
	}
	return files
}

// many returns n small files in folders.
func many(n int) map[string][]byte {
	files := map[string][]byte{}
	for i := range n {
		files[fmt.Sprintf("d%d/e%d/f%d.txt", i%7, i%3, i)] = Text(int64(i), 200)
	}
	return files
}
