package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/zstd"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// feed sends content as the file of that path.
func feed(t testing.TB, l Limits, path string, r io.Reader) *sourcetest.Recorder {
	t.Helper()
	rec := &sourcetest.Recorder{}
	f := Feed{Sink: rec, Limits: l, Temp: t.TempDir()}
	if err := f.File(context.Background(), &scanner.Origin{Path: path}, r); err != nil {
		t.Fatalf("file: %v", err)
	}
	rec.Check(t, false)
	return rec
}

// piped hides that a reader can seek.
func piped(b []byte) io.Reader { return struct{ io.Reader }{bytes.NewReader(b)} }

func contents(rec *sourcetest.Recorder) map[string]string {
	m := map[string]string{}
	for _, s := range rec.Streams() {
		m[s.Path()] += string(s.Content)
	}
	return m
}

func TestFeed(t *testing.T) {
	bz2, err := hex.DecodeString("425a6839314159265359ddf07a0200000759800010400010003e68449020002208c9a60d0a600039f7a26f455818312068bb9229c28486ef83d010")
	must(t, err)
	inner := jar(t, file("x.properties", "key=deep"))
	appended := append(jar(t, file("first", "1")), jar(t, file("second", "2"))...)
	signed := jar(t, file("x", "1"))
	end := bytes.LastIndex(signed, []byte(zipEndSig))
	signed = slices.Insert(signed, end, []byte("a signature block")...)
	large := string(sourcetest.Noise(1, 300<<10))
	for name, c := range map[string]struct {
		path    string
		content []byte
		want    map[string]string
	}{
		"plain":         {"a.txt", []byte("text"), map[string]string{"a.txt": "text"}},
		"empty":         {"a.txt", nil, map[string]string{"a.txt": ""}},
		"gzip":          {"log.GZ", gz(t, []byte("line")), map[string]string{"log.GZ!/log": "line"}},
		"gzip, renamed": {"d/data", gz(t, []byte("line")), map[string]string{"d/data!/data": "line"}},
		"gzip of none":  {"a.gz", gz(t, nil), map[string]string{"a.gz!/a": ""}},
		"gzip twice":    {"a.gz.gz", gz(t, gz(t, []byte("x"))), map[string]string{"a.gz.gz!/a.gz!/a": "x"}},
		"gzip members":  {"a.gz", append(gz(t, []byte("one,")), gz(t, []byte("two"))...), map[string]string{"a.gz!/a": "one,two"}},
		"zstd":          {"a.zst", zst(t, []byte("line")), map[string]string{"a.zst!/a": "line"}},
		"bzip2":         {"a.bz2", bz2, map[string]string{"a.bz2!/a": "packed with bzip2\n"}},
		"tar": {"a.tar", tarOf(t, file("x/y", "1"), file("empty", ""), file("z", large)),
			map[string]string{"a.tar!/x/y": "1", "a.tar!/empty": "", "a.tar!/z": large}},
		"tar.gz":  {"a.tgz", gz(t, tarOf(t, file("y", "1"))), map[string]string{"a.tgz!/y": "1"}},
		"tar.zst": {"a.tar.zst", zst(t, tarOf(t, file("y", "1"))), map[string]string{"a.tar.zst!/y": "1"}},
		"zip": {"app.docx", jar(t, file("dir/", ""), file("dir/x", "1"), file("z", large)),
			map[string]string{"app.docx!/dir/x": "1", "app.docx!/z": large}},
		"zip, other methods": {"a.zip", otherMethods(t, bz2), map[string]string{"a.zip!/b": "packed with bzip2\n", "a.zip!/z": "line"}},
		"zip after zip":      {"a.zip", appended, map[string]string{"a.zip!/first": "1", "a.zip!/second": "2"}},
		"zip, signed":        {"a.zip", signed, map[string]string{"a.zip!/x": "1"}},
		"zip, stored":        {"a.zip", zipOf(t, zip.Store, file("x", "1"), file("y", large)), map[string]string{"a.zip!/x": "1", "a.zip!/y": large}},
		"jar in jar in tar.gz": {"outer.tar.gz", gz(t, tarOf(t, file("b", "2"), item{"a/inner.jar", inner}, item{"lib.war", jar(t, item{"WEB-INF/i.jar", inner})})),
			map[string]string{"outer.tar.gz!/b": "2", "outer.tar.gz!/a/inner.jar!/x.properties": "key=deep",
				"outer.tar.gz!/lib.war!/WEB-INF/i.jar!/x.properties": "key=deep"}},
		"names that leave": {"a.zip", jar(t, file("../../etc/passwd", "1"), file("/root/x", "2"), file(`..\win\y`, "3"), file("..", "4")),
			map[string]string{"a.zip!/etc/passwd": "1", "a.zip!/root/x": "2", "a.zip!/win/y": "3", "a.zip!/unnamed": "4"}},
		"names no UTF-8": {"a.tar", tarOf(t, file("caf\xe9", "1")), map[string]string{"a.tar!/caf\uFFFD": "1"}},
		"image":          {"a.png", []byte("\x89PNG\r\n\x1a\n\x00\x00"), map[string]string{"a.png": "\x89PNG\r\n\x1a\n\x00\x00"}},
		"no gzip":        {"a.txt", []byte("\x1f\x8bnot really"), map[string]string{"a.txt": "\x1f\x8bnot really"}},
	} {
		t.Run(name, func(t *testing.T) {
			for how, r := range map[string]io.Reader{"pipe": piped(c.content), "file": bytes.NewReader(c.content), "byte": iotest.OneByteReader(bytes.NewReader(c.content))} {
				rec := feed(t, Limits{}, c.path, r)
				if diff := cmp.Diff(c.want, contents(rec)); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
				if len(rec.Skips()) != 0 || len(rec.Problems()) != 0 {
					t.Errorf("%s: skipped %v, problems %v", how, rec.Skips(), rec.Problems())
				}
			}
		})
	}
}

func TestFeedOrigin(t *testing.T) {
	rec := &sourcetest.Recorder{}
	o := &scanner.Origin{Kind: scanner.InLayer, Target: "app:v1", Path: "opt/a.jar", Mode: 0o600, Layer: &scanner.Layer{Index: 2}}
	must(t, (&Feed{Sink: rec}).File(context.Background(), o, piped(jar(t, file("x", "1")))))
	got := *rec.Stream(t, "opt/a.jar!/x").Origin
	got.Member = ""
	if got != *o {
		t.Errorf("origin %+v, want that of the archive, %+v", got, *o)
	}
}

// A zip of more members than 16 bits count, and one that is longer than what is
// held in memory.
func TestFeedLargeZip(t *testing.T) {
	t.Run("members", func(t *testing.T) {
		items := make([]item, 1<<16)
		for i := range items {
			items[i].name = fmt.Sprintf("%d/", i)
		}
		rec := feed(t, Limits{}, "a.zip", piped(jar(t, append(items, file("last", "1"))...)))
		if diff := cmp.Diff(map[string]string{"a.zip!/last": "1"}, contents(rec)); diff != "" || len(rec.Problems())+len(rec.Skips()) != 0 {
			t.Errorf("%s %v %v", diff, rec.Problems(), rec.Skips())
		}
	})
	t.Run("bytes", func(t *testing.T) {
		big := sourcetest.Noise(1, inMemory+inMemory/2)
		z := zipOf(t, zip.Store, item{"big", big}, item{"inner.zip", zipOf(t, zip.Store, file("x", "1"), item{"y", big})})
		rec := &sourcetest.Recorder{}
		temp := t.TempDir()
		named := 0
		rec.OnChunk = func(scanner.Chunk) {
			entries, err := os.ReadDir(temp)
			must(t, err)
			named += len(entries)
		}
		f := Feed{Sink: rec, Temp: temp}
		must(t, f.File(context.Background(), &scanner.Origin{Path: "a.zip"}, piped(z)))
		if got := contents(rec); got["a.zip!/big"] != string(big) || got["a.zip!/inner.zip!/y"] != string(big) || got["a.zip!/inner.zip!/x"] != "1" {
			t.Errorf("streams %q", rec.Paths())
		}
		if named != 0 {
			t.Error("a spool file has a name while it is used")
		}
	})
	t.Run("no place to spool", func(t *testing.T) {
		z := zipOf(t, zip.Store, item{"big", sourcetest.Noise(1, inMemory+10)})
		rec := &sourcetest.Recorder{}
		f := Feed{Sink: rec, Temp: filepath.Join(t.TempDir(), "none")}
		must(t, f.File(context.Background(), &scanner.Origin{Path: "a.zip"}, piped(z)))
		if len(rec.Problems()) != 1 || contents(rec)["a.zip"] != string(z) {
			t.Errorf("problems %v, streams %q", rec.Problems(), rec.Paths())
		}
	})
}

func TestFeedLimits(t *testing.T) {
	zeros := make([]byte, 3<<20)
	nest := func(n int, pack func([]byte) []byte) []byte {
		b := []byte("core")
		for range n {
			b = pack(b)
		}
		return b
	}
	gzipped := func(b []byte) []byte { return gz(t, b) }
	zipped := func(b []byte) []byte { return jar(t, item{"i.zip", b}) }
	many := make([]item, 50)
	for i := range many {
		many[i] = file(fmt.Sprint(i), "x")
	}
	window := append([]byte("\x28\xb5\x2f\xfd\x00\x88"), sourcetest.Text(2, 100)...)
	large := func(b []byte) []byte { return zst(t, append(b, make([]byte, 9<<20)...), zstd.WithWindowSize(16<<20)) }
	noise := sourcetest.Noise(1, 100<<10)
	for name, c := range map[string]struct {
		limits Limits
		bytes  []byte
		where  string // of the problem
		what   string // it says
		least  int    // bytes that are sent all the same
		most   int
	}{
		"gzip bomb":            {Limits{Bytes: 1 << 20}, gz(t, zeros), "f", "1048576", 1 << 20, 1 << 20},
		"zip bomb":             {Limits{Bytes: 1 << 20}, jar(t, item{"z", zeros}), "f!/z", "1048576", 1 << 20, 1 << 20},
		"zstd bomb":            {Limits{Bytes: 1 << 20}, zst(t, zeros), "f", "1048576", 1 << 20, 1 << 20},
		"bomb in a tar":        {Limits{Bytes: 1 << 20}, tarOf(t, item{"a.gz", gz(t, zeros)}, file("b", "not reached")), "f!/a.gz", "1048576", 1 << 20, 1 << 20},
		"bomb that only packs": {Limits{Bytes: 1 << 20}, gz(t, gz(t, gz(t, zeros))), "f!/f!/f", "1048576", 1<<20 - 8000, 1 << 20},
		"overlapping zip":      {Limits{Bytes: 1 << 20}, overlapping(t, zeros[:100<<10], 500), "f!/bomb", "1048576", 1 << 20, 1 << 20},
		"members of a zip":     {Limits{Members: 10}, jar(t, many...), "f", "10 members", 10, 10},
		"members of a tar":     {Limits{Members: 10}, tarOf(t, many...), "f", "10 members", 10, 10},
		"members, nested":      {Limits{Members: 10}, tarOf(t, item{"a.zip", jar(t, many[:5]...)}, item{"b.zip", jar(t, many[:5]...)}), "f!/b.zip", "10 members", 8, 8},
		"gzip in gzip":         {Limits{}, nest(9, gzipped), "f!/f!/f!/f!/f", "within 4", 20, 1000},
		"zip in zip":           {Limits{Depth: 3}, nest(9, zipped), "f!/i.zip!/i.zip!/i.zip", "within 3", 20, 5000},
		"spool":                {Limits{Spool: 50 << 10}, zipOf(t, zip.Store, item{"n", noise}), "f", "51200", 100 << 10, 101 << 10},
		"spool, nested":        {Limits{Spool: 150 << 10}, zipOf(t, zip.Store, item{"n.zip", zipOf(t, zip.Store, item{"n", noise[:80<<10]})}), "f!/n.zip", "153600", 80 << 10, 81 << 10},
		"zstd window":          {Limits{}, window, "f", "134217728 bytes", len(window), len(window)},
		"zstd windows":         {Limits{}, large(large(nil)), "f!/f", "within an archive that needs as much", 9 << 20, 10 << 20},
		"unknown method":       {Limits{}, method(t, jar(t, file("x", "1"), file("y", "2")), 0, 14), "f!/x", "method 14", 1, 1},
	} {
		t.Run(name, func(t *testing.T) {
			rec := feed(t, c.limits, "f", piped(c.bytes))
			p := rec.Problems()
			if len(p) != 1 || p[0].Path != c.where || !strings.Contains(p[0].Err.Error(), c.what) {
				t.Errorf("problems %v, want one at %s that says %q", p, c.where, c.what)
			}
			if len(rec.Skips()) != 0 {
				t.Errorf("skipped %v", rec.Skips())
			}
			n := 0
			for _, s := range rec.Streams() {
				n += len(s.Content)
			}
			if n < c.least || n > c.most {
				t.Errorf("%d bytes sent, want %d to %d", n, c.least, c.most)
			}
		})
	}
	t.Run("just within", func(t *testing.T) {
		z := jar(t, file("a", "12345"), file("b", "67890"))
		rec := feed(t, Limits{Bytes: 10, Members: 2, Depth: 1, Spool: int64(len(z))}, "f", piped(z))
		if len(rec.Problems()) != 0 {
			t.Errorf("problems %v", rec.Problems())
		}
	})
	t.Run("none", func(t *testing.T) {
		z := jar(t, file("a", "12345"))
		for _, r := range []io.Reader{piped(z), bytes.NewReader(append([]byte("#!/bin/sh\n"), z...))} {
			rec := feed(t, Limits{Depth: -1}, "f", r)
			if paths := rec.Paths(); len(paths) != 1 || len(rec.Problems()) != 0 {
				t.Errorf("streams %q, problems %v", paths, rec.Problems())
			}
		}
		rec := feed(t, Limits{Depth: -1}, "f", piped(z))
		if diff := cmp.Diff([]sourcetest.Skip{{Path: "f", Reason: scanner.SkipPacked}}, rec.Skips()); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("sparse tar", func(t *testing.T) {
		rec := feed(t, Limits{Bytes: 1 << 20}, "f", piped(sparse(t, 1<<40)))
		if p := rec.Problems(); len(p) != 1 || p[0].Path != "f!/holes" {
			t.Errorf("problems %v", p)
		}
	})
}

// method sets the compression method of a zip's nth member.
func method(t testing.TB, z []byte, nth int, id uint16) []byte {
	binary.LittleEndian.PutUint16(z[directory(t, z, nth)+10:], id)
	return z
}

// sparse returns a tar of one member, all a hole, in the form of GNU tar 1.0.
func sparse(t testing.TB, size int64) []byte {
	t.Helper()
	records := ""
	for _, kv := range []string{"major=1", "minor=0", "name=holes", fmt.Sprintf("realsize=%d", size)} {
		record := " GNU.sparse." + kv + "\n"
		records += fmt.Sprint(len(record)+2) + record
	}
	holes := make([]byte, 512)
	copy(holes, fmt.Sprintf("1\n%d\n0\n", size))
	return append(extended(t, records), tarOf(t, item{"holes", holes})...)
}

// extended returns the entry of a tar that says more of the next.
func extended(t testing.TB, records string) []byte {
	t.Helper()
	entry := tarOf(t, file("pax", records))
	entry = entry[:len(entry)-1024]
	entry[156] = tar.TypeXHeader
	sum := 0
	for i, b := range entry[:512] {
		if i >= 148 && i < 156 {
			b = ' '
		}
		sum += int(b)
	}
	copy(entry[148:], fmt.Sprintf("%06o\x00 ", sum))
	return entry
}

func TestFeedReadError(t *testing.T) {
	broken := errors.New("connection reset")
	secret := file("x", strings.Repeat("line\n", 5000))
	for name, content := range map[string][]byte{
		"plain": secret.content, "zip": zipOf(t, zip.Store, secret), "tar": tarOf(t, secret), "gzip": gz(t, sourcetest.Noise(1, 9000)),
		"tar.gz": gz(t, tarOf(t, item{"n", sourcetest.Noise(1, 9000)})), "zip in tar": tarOf(t, item{"z", jar(t, item{"n", sourcetest.Noise(1, 9000)})}),
	} {
		t.Run(name, func(t *testing.T) {
			rec := &sourcetest.Recorder{}
			r := io.MultiReader(bytes.NewReader(content[:8500]), iotest.ErrReader(broken))
			err := (&Feed{Sink: rec}).File(context.Background(), &scanner.Origin{Path: "f"}, r)
			if !errors.Is(err, broken) || len(rec.Skips())+len(rec.Problems()) != 0 {
				t.Errorf("error %v, skipped %v, problems %v", err, rec.Skips(), rec.Problems())
			}
			rec.Check(t, false)
		})
	}
	t.Run("cancelled", func(t *testing.T) {
		ctx, cancel := context.WithCancel(context.Background())
		rec := &sourcetest.Recorder{OnChunk: func(scanner.Chunk) { cancel() }}
		err := (&Feed{Sink: rec}).File(ctx, &scanner.Origin{Path: "f"}, piped(tarOf(t, secret, secret, secret)))
		if !errors.Is(err, context.Canceled) || len(rec.Streams()) != 1 || len(rec.Skips()) != 0 {
			t.Errorf("error %v, %d streams, skipped %v", err, len(rec.Streams()), rec.Skips())
		}
	})
}
