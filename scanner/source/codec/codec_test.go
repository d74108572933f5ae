package codec

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/hex"
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
)

func fromHex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func gz(text string) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, text)
	_ = w.Close()
	return b.Bytes()
}

func zst(t testing.TB, text string, options ...zstd.EOption) []byte {
	t.Helper()
	w, err := zstd.NewWriter(nil, options...)
	if err != nil {
		t.Fatal(err)
	}
	return w.EncodeAll([]byte(text), nil)
}

// What xz and bzip2 make of "packed with xz\n" or bzip2.
const (
	xzDefault = "fd377a585a000004e6d6b4460200210116000000742fe5a301000e7061636b6564207769746820787a0a0000b972324fdd219c7f0001270fdf1afc6a1fb6f37d010000000004595a"
	xzSized   = "fd377a585a000004e6d6b44603c0130f21011600000000002f45e6f801000e7061636b6564207769746820787a0a0000b972324fdd219c7f00012b0fd35549c61fb6f37d010000000004595a"
	xzX86     = "fd377a585a000004e6d6b4460201040021011c00876edae501000e7061636b6564207769746820787a0a0000b972324fdd219c7f0001270fdf1afc6a1fb6f37d010000000004595a"
	xzBest    = "fd377a585a000004e6d6b446020021011c00000010cf58cc01000e7061636b6564207769746820787a0a0000b972324fdd219c7f0001270fdf1afc6a1fb6f37d010000000004595a"
	xzNoCheck = "fd377a585a000000ff12d9410200210116000000742fe5a301000e7061636b6564207769746820787a0a000000011f0f24a6637d06729e7a010000000000595a"
	xzHuge    = "fd377a585a000004e6d6b44602002101250000003b787b4101000e7061636b6564207769746820787a0a0000b972324fdd219c7f0001270fdf1afc6a1fb6f37d010000000004595a"
	xzEmpty   = "fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a"
	bz2       = "425a6839314159265359ddf07a0200000759800010400010003e68449020002208c9a60d0a600039f7a26f455818312068bb9229c28486ef83d010"
)

func TestOpen(t *testing.T) {
	const text = "packed with xz\n"
	long := strings.Repeat("0123456789abcdef", 1<<20)
	d := NewDecoders(64 << 20)
	for name, c := range map[string]struct {
		packed []byte
		codec  Codec
		memory int64
		want   string
	}{
		"plain":           {[]byte(text), Plain, 0, text},
		"empty":           {nil, Plain, 0, ""},
		"gzip":            {gz(text), Gzip, 0, text},
		"gzip, two":       {append(gz(text), gz(text)...), Gzip, 0, text + text},
		"bzip2":           {fromHex(t, bz2), Bzip2, 0, "packed with bzip2\n"},
		"zstd":            {zst(t, text), Zstd, 1 << 10, text},
		"zstd, window":    {zst(t, long, zstd.WithWindowSize(16<<20), zstd.WithSingleSegment(false)), Zstd, 16 << 20, long},
		"zstd, skippable": {append([]byte{0x5a, 0x2a, 0x4d, 0x18, 1, 0, 0, 0, 7}, zst(t, text)...), Zstd, 0, text},
		"xz":              {fromHex(t, xzDefault), XZ, 8 << 20, text},
		"xz, two":         {append(fromHex(t, xzDefault), fromHex(t, xzNoCheck)...), XZ, 8 << 20, text + text},
		"xz, sized":       {fromHex(t, xzSized), XZ, 8 << 20, text},
		"xz, x86":         {fromHex(t, xzX86), XZ, 64 << 20, text},
		"xz, best":        {fromHex(t, xzBest), XZ, 64 << 20, text},
		"xz, empty":       {fromHex(t, xzEmpty), XZ, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			for range 2 { // the second time with a used decoder
				if got := Sniff(c.packed); got != c.codec {
					t.Fatalf("codec %d, want %d", got, c.codec)
				}
				start := c.packed[:min(len(c.packed), StartLen)]
				if got := c.codec.Memory(start); got != c.memory {
					t.Errorf("memory %d, want %d", got, c.memory)
				}
				r, release, err := d.Open(t.Context(), c.codec, start, bytes.NewReader(c.packed))
				if err != nil {
					t.Fatal(err)
				}
				got, err := io.ReadAll(r)
				release()
				if err != nil || string(got) != c.want {
					t.Errorf("%d bytes, %v; want %d", len(got), err, len(c.want))
				}
			}
		})
	}
}

// TestMemory: what asks for too much, at its start or later on, fails.
func TestMemory(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 1<<20)
	for name, c := range map[string]struct {
		packed []byte
		max    int64
	}{
		"xz of 1.5 GB":     {fromHex(t, xzHuge), 64 << 20},
		"xz":               {fromHex(t, xzBest), 32 << 20},
		"xz, later":        {append(fromHex(t, xzDefault), fromHex(t, xzBest)...), 64 << 20},
		"zstd":             {zst(t, long, zstd.WithWindowSize(16<<20)), 8 << 20},
		"zstd, later":      {append(zst(t, "x"), zst(t, long, zstd.WithWindowSize(16<<20))...), 64 << 20},
		"zstd, 2 GB":       {[]byte("\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x"), 128 << 20},
		"zstd, one of 4EB": {[]byte("\x28\xb5\x2f\xfd\xe0\x00\x00\x00\x00\x00\x00\x00\x40\x09\x00\x00x"), 128 << 20},
	} {
		t.Run(name, func(t *testing.T) {
			r, release, err := NewDecoders(c.max).Open(t.Context(), Sniff(c.packed), c.packed[:min(len(c.packed), StartLen)], bytes.NewReader(c.packed))
			defer release()
			if err == nil {
				_, err = io.Copy(io.Discard, r)
			}
			if !errors.Is(err, ErrMemory) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestOneLarge: a second decoder with much memory waits for the first.
func TestOneLarge(t *testing.T) {
	d := NewDecoders(64 << 20)
	packed := fromHex(t, xzBest)
	open := func(ctx context.Context) (func(), error) {
		_, release, err := d.Open(ctx, XZ, packed, bytes.NewReader(packed))
		return release, err
	}
	release, err := open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if free, err := open(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want one that waited", err)
	} else {
		free()
	}
	release()
	if release, err = open(t.Context()); err != nil {
		t.Fatal(err)
	}
	release()
}

// FuzzOpen: whatever a stream holds, it ends or fails, and says nothing wrong
// of its memory.
func FuzzOpen(f *testing.F) {
	f.Add(gz("text"))
	f.Add(zst(f, "text"))
	for _, packed := range []string{xzSized, xzX86, xzEmpty, bz2} {
		f.Add(fromHex(f, packed))
	}
	d := NewDecoders(1 << 20)
	f.Fuzz(func(t *testing.T, packed []byte) {
		c := Sniff(packed)
		start := packed[:min(len(packed), StartLen)]
		if m := c.Memory(start); m < 0 {
			t.Errorf("memory %d", m)
		}
		r, release, err := d.Open(t.Context(), c, start, bytes.NewReader(packed))
		defer release()
		if err != nil {
			return
		}
		n, _ := io.Copy(io.Discard, io.LimitReader(r, 10<<20))
		if c == Plain && n != int64(len(packed)) {
			t.Errorf("%d bytes of %d", n, len(packed))
		}
	})
}
