package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"testing"

	"github.com/klauspost/compress/zstd"
)

// An item is a member of an archive that a test builds.
type item struct {
	name    string
	content []byte
}

func file(name, content string) item { return item{name, []byte(content)} }

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func zipOf(t testing.TB, method uint16, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, i := range items {
		m, err := w.CreateHeader(&zip.FileHeader{Name: i.name, Method: method})
		must(t, err)
		_, err = m.Write(i.content)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func jar(t testing.TB, items ...item) []byte { return zipOf(t, zip.Deflate, items...) }

// otherMethods returns a zip of a member packed with bzip2 and one with zstd.
func otherMethods(t testing.TB, bz2 []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, err := w.CreateRaw(&zip.FileHeader{Name: "b", Method: 12, CompressedSize64: uint64(len(bz2)), UncompressedSize64: 18})
	must(t, err)
	_, err = m.Write(bz2)
	must(t, err)
	w.RegisterCompressor(zstd.ZipMethodWinZip, zstd.ZipCompressor())
	m, err = w.CreateHeader(&zip.FileHeader{Name: "z", Method: zstd.ZipMethodWinZip})
	must(t, err)
	_, err = m.Write([]byte("line"))
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

// zip64 returns a zip of a stored member that claims to unpack to 8 GiB.
func zip64(t testing.TB, i item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	m, err := w.CreateRaw(&zip.FileHeader{Name: i.name, CompressedSize64: uint64(len(i.content)), UncompressedSize64: 8 << 30})
	must(t, err)
	_, err = m.Write(i.content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func tarOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		must(t, w.WriteHeader(&tar.Header{Name: i.name, Size: int64(len(i.content)), Mode: 0o644, Typeflag: tar.TypeReg}))
		_, err := w.Write(i.content)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

func gz(t testing.TB, content []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

func zst(t testing.TB, content []byte, options ...zstd.EOption) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, options...)
	must(t, err)
	_, err = w.Write(content)
	must(t, err)
	must(t, w.Close())
	return b.Bytes()
}

// directory returns the offset of the nth entry of a zip's directory.
func directory(t testing.TB, z []byte, nth int) int {
	t.Helper()
	at := 0
	for range nth + 1 {
		i := bytes.Index(z[at:], []byte(zipEntrySig))
		if i < 0 {
			t.Fatal("no such entry")
		}
		at += i + 1
	}
	return at - 1
}

// overlapping returns a zip whose directory names its one member n times.
func overlapping(t testing.TB, content []byte, n int) []byte {
	t.Helper()
	z := jar(t, item{"bomb", content})
	start := directory(t, z, 0)
	end := bytes.LastIndex(z, []byte(zipEndSig))
	entry, tail := z[start:end], bytes.Clone(z[end:])
	binary.LittleEndian.PutUint16(tail[8:], uint16(n))
	binary.LittleEndian.PutUint16(tail[10:], uint16(n))
	binary.LittleEndian.PutUint32(tail[12:], uint32(n*len(entry)))
	return append(append(bytes.Clone(z[:start]), bytes.Repeat(entry, n)...), tail...)
}
