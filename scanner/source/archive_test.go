package source

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestFeedDamaged(t *testing.T) {
	lines := strings.Repeat("a line of the file\n", 40)
	one, two, three := file("1", "one "+lines), file("2", "two "+lines), file("3", "three "+lines)
	tarball := tarOf(t, one, two, three)
	header := bytes.Index(tarball, []byte("two ")) - 512
	badHeader := bytes.Clone(tarball)
	copy(badHeader[header+148:], "????????") // its checksum
	stored := zipOf(t, zip.Store, one, two)
	badSum := bytes.Clone(stored)
	binary.LittleEndian.PutUint32(badSum[directory(t, badSum, 0)+16:], 1)
	lying := func(by uint32) []byte {
		z := jar(t, one, two)
		at := z[directory(t, z, 0)+24:]
		binary.LittleEndian.PutUint32(at, binary.LittleEndian.Uint32(at)+by)
		return z
	}
	count := bytes.Clone(stored)
	binary.LittleEndian.PutUint16(count[len(count)-12:], 3)
	offset := bytes.Clone(stored)
	binary.LittleEndian.PutUint32(offset[directory(t, offset, 1)+42:], 7)
	compressed := gz(t, sourcetest.Noise(1, 2000))
	for name, c := range map[string]struct {
		bytes []byte
		want  map[string]string // nil: the archive is sent whole as it is
		whole bool              // it is sent whole as it is, too
	}{
		"tar, bad header":           {badHeader, map[string]string{"f!/1": string(one.content), "f": string(badHeader[header-(header-512-len(one.content)):])}, false},
		"tar, first header":         {bytes.Replace(tarball, []byte("0000644"), []byte("000064?"), 1), nil, true},
		"tar, cut off":              {tarball[:header+600], map[string]string{"f!/1": string(one.content), "f!/2": string(two.content[:88])}, false},
		"gzip, bad header":          {[]byte("\x1f\x8b\x08\xe0 not gzip at all"), nil, true},
		"gzip, cut off":             {compressed[:len(compressed)-9], map[string]string{"f!/f": string(sourcetest.Noise(1, 2000))}, true},
		"gzip, text after it":       {append(gz(t, one.content), two.content...), map[string]string{"f!/f": string(one.content)}, true},
		"gzip, bad tar":             {gz(t, badHeader[:header+512]), map[string]string{"f!/1": string(one.content), "f!/f": string(badHeader[512+len(one.content) : header+512])}, false},
		"zstd, no frame":            {[]byte("\x28\xb5\x2f\xfd\xff\xff\xff\xff\xff\xff not zstd"), nil, true},
		"zip, cut off":              {stored[:len(stored)-30], nil, true},
		"zip, bad checksum":         {badSum, map[string]string{"f!/1": string(one.content), "f!/2": string(two.content)}, true},
		"zip, longer than it says":  {lying(1 << 31), map[string]string{"f!/1": string(one.content), "f!/2": string(two.content)}, true},
		"zip, shorter than it says": {lying(^uint32(0) - 100), map[string]string{"f!/1": string(one.content), "f!/2": string(two.content)}, true},
		"zip64, longer":             {zip64(t, one), map[string]string{"f!/1": string(one.content)}, true},
		"zip, another count":        {count, map[string]string{"f!/1": string(one.content), "f!/2": string(two.content)}, true},
		"zip, wrong place":          {offset, map[string]string{"f!/1": string(one.content)}, true},
		"zip, only a mark":          {[]byte("PK\x03\x04 is how a zip starts"), nil, true},
	} {
		t.Run(name, func(t *testing.T) {
			if c.whole {
				if c.want == nil {
					c.want = map[string]string{}
				}
				c.want["f"] = string(c.bytes)
			}
			for how, r := range map[string]io.Reader{"pipe": piped(c.bytes), "file": bytes.NewReader(c.bytes)} {
				rec := feed(t, Limits{}, "f", r)
				if diff := cmp.Diff(c.want, contents(rec)); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
				if skips := rec.Skips(); len(skips) != 1 || strings.Trim(skips[0].Path, "!/f") != "" || skips[0].Reason != scanner.SkipArchive {
					t.Errorf("%s: skipped %v", how, skips)
				}
				if len(rec.Problems()) != 0 {
					t.Errorf("%s: problems %v", how, rec.Problems())
				}
			}
		})
	}
}

// What is damaged far from its start is sent from there on, in its place.
func TestSalvagePlace(t *testing.T) {
	first := item{"first", sourcetest.Text(1, 3*taped)}
	tarball := tarOf(t, first, file("second", strings.Repeat("more\n", 300)))
	header := bytes.LastIndex(tarball, []byte("second"))
	tarball[header+150] = '?'
	rec := feed(t, Limits{}, "f", piped(tarball))
	s := rec.Stream(t, "f")
	end := 512 + len(first.content)
	if s.Start.Offset != int64(end) || s.Start.Pos != int64(end) || !bytes.Equal(s.Content, tarball[end:]) {
		t.Errorf("starts at %d, pos %d, %d bytes; want %d, %d", s.Start.Offset, s.Start.Pos, len(s.Content), end, len(tarball)-end)
	}
	if lines := 1 + bytes.Count(tarball[:end], []byte("\n")); s.Start.Line != lines {
		t.Errorf("starts in line %d, want %d", s.Start.Line, lines)
	}
}

// TestLongHeader: of an entry whose header is too long, what the library has
// read and nothing keeps is told.
func TestLongHeader(t *testing.T) {
	last := file("last", "the last member")
	for size, lost := range map[int]bool{100: false, 500 << 10: false, 5 << 20: true} {
		rec := feed(t, Limits{}, "f", piped(append(extended(t, fmt.Sprintf("%d x=%s\n", size, strings.Repeat("x", size-len(fmt.Sprint(size))-4))), tarOf(t, last)...)))
		all := fmt.Sprint(contents(rec))
		if !strings.Contains(all, string(last.content)) {
			t.Errorf("%d bytes: the last member is lost: %q", size, rec.Paths())
		}
		if p := rec.Problems(); lost != (len(p) == 1 && strings.Contains(p[0].Err.Error(), "bytes are not scanned")) {
			t.Errorf("%d bytes: problems %v, skipped %v", size, p, rec.Skips())
		}
	}
}

func TestTapeKeepsItsEnd(t *testing.T) {
	content := sourcetest.Text(2, 5*taped)
	for _, step := range []int{1000, taped - 1, taped + 1, 3 * taped, 5 * taped} {
		r := newTape(context.Background(), bytes.NewReader(content))
		read := 0
		for read < 4*taped {
			n, err := r.Read(make([]byte, step))
			must(t, err)
			read += n
		}
		if r.pos() != int64(read) {
			t.Fatalf("step %d: at %d after %d bytes", step, r.pos(), read)
		}
		at, rest := r.since(int64(read - taped))
		var want position = streamStart
		want.advance(content[:read-taped], scanner.Bytes)
		if at != want {
			t.Errorf("step %d: position %+v, want %+v", step, at, want)
		}
		if got, err := io.ReadAll(rest); err != nil || !bytes.Equal(got, content[read-taped:]) {
			t.Errorf("step %d: %d bytes, %v; want %d", step, len(got), err, len(content)-read+taped)
		}
	}
}

func TestTrailer(t *testing.T) {
	tarball := tarOf(t, file("a", "1"))
	padded := append(bytes.Clone(tarball), make([]byte, 20<<10)...)
	if rec := feed(t, Limits{}, "f", piped(padded)); len(rec.Streams()) != 1 {
		t.Errorf("streams %q, want no padding", rec.Paths())
	}
	rec := feed(t, Limits{}, "f", piped(append(padded, "hidden"...)))
	if s := rec.Stream(t, "f"); string(s.Content) != "hidden" || s.Start.Offset != int64(len(padded)) {
		t.Errorf("%q at %d, want what follows the archive at %d", s.Content, s.Start.Offset, len(padded))
	}
}

func TestEncryptedZip(t *testing.T) {
	z := jar(t, file("secret", "1"), file("open", "2"))
	z[directory(t, z, 0)+8] |= zipEncryptedBit
	rec := feed(t, Limits{}, "f.zip", piped(z))
	if diff := cmp.Diff([]sourcetest.Skip{{Path: "f.zip!/secret", Reason: scanner.SkipEncrypted}}, rec.Skips()); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff(map[string]string{"f.zip!/open": "2"}, contents(rec)); diff != "" {
		t.Error(diff)
	}
}

// Whatever an archive is cut down to, its members up to there are sent.
func TestCutOffAnywhere(t *testing.T) {
	var items []item
	for _, name := range []string{"a", "b", "c"} {
		items = append(items, item{name, sourcetest.Text(int64(name[0]), 700)})
	}
	tarball := tarOf(t, items...)
	for name, archive := range map[string][]byte{"tar": tarball, "tar.gz": gz(t, tarball), "zip": jar(t, items...), "zstd": zst(t, tarball)} {
		t.Run(name, func(t *testing.T) {
			for n := 0; n < len(archive); n += 7 {
				rec := feed(t, Limits{}, "f", piped(archive[:n]))
				if name != "tar" {
					continue
				}
				all := ""
				for _, s := range rec.Streams() {
					all += string(s.Content)
				}
				for i, member := range items {
					start := bytes.Index(tarball, member.content)
					if part := tarball[start:max(start, min(n, start+700))]; !strings.Contains(all, string(part)) {
						t.Fatalf("cut at %d: member %d is lost", n, i)
					}
				}
			}
		})
	}
}

// FuzzFeed: whatever a file holds, the feed ends, sends no more than its limits
// let it, and loses no plain file.
func FuzzFeed(f *testing.F) {
	small := file("x", "content")
	f.Add([]byte("plain text"))
	f.Add(tarOf(f, small, item{"y.zip", jar(f, small)}))
	f.Add(gz(f, tarOf(f, small)))
	f.Add(zst(f, jar(f, small)))
	f.Add(overlapping(f, small.content, 5))
	f.Add(sparse(f, 1<<30))
	f.Add(fromHex(f, xzTar))
	f.Add(debOf(f, item{"d.tar.gz", gz(f, tarOf(f, small))}))
	f.Add(rpmOf("script", gz(f, cpioOf(f, small))))
	f.Add(append([]byte("#!/bin/sh\n"), jar(f, small)...))
	f.Fuzz(func(t *testing.T, content []byte) {
		rec := &sourcetest.Recorder{}
		feed := Feed{Sink: rec, Limits: Limits{Depth: 3, Members: 20, Bytes: 1 << 16, Spool: 1 << 14}}
		if err := feed.File(context.Background(), &scanner.Origin{Path: "f"}, piped(content)); err != nil {
			t.Fatalf("error %v", err)
		}
		rec.Check(t, false)
		// A stream is unpacked, a slice of the file or of what is unpacked, or
		// an archive that is sent once more as it is.
		if n := len(rec.Streams()); n > 2*21 {
			t.Errorf("%d streams", n)
		}
		total := 0
		for _, s := range rec.Streams() {
			total += len(s.Content)
		}
		if most := 4 * (2*len(content) + 2<<16); total > most {
			t.Errorf("%d bytes sent of %d", total, len(content))
		}
		if sniffFormat(content) == plain && !launches(content) && len(rec.Streams()) != 1 {
			t.Errorf("streams %q of a plain file", rec.Paths())
		}
	})
}

// FuzzZip: what the standard library reads of an archive, the feed sends.
func FuzzZip(f *testing.F) {
	f.Add(jar(f, file("x", "content"), file("d/", ""), file("y", "")))
	f.Add(zipOf(f, zip.Store, file("x", "content")))
	f.Fuzz(func(t *testing.T, content []byte) {
		z, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
		if err != nil || sniffFormat(content) != zipFormat {
			return
		}
		rec := &sourcetest.Recorder{}
		feed := Feed{Sink: rec, Limits: Limits{Depth: 1}}
		if err := feed.File(context.Background(), &scanner.Origin{Path: "f"}, bytes.NewReader(content)); err != nil {
			t.Fatalf("error %v", err)
		}
		rec.Check(t, false)
		sent := map[string]bool{}
		for _, s := range rec.Streams() {
			sent[string(s.Content)] = true
		}
		for _, m := range z.File {
			if m.Flags&zipEncryptedBit != 0 || strings.HasSuffix(m.Name, "/") {
				continue
			}
			r, err := m.Open()
			if err != nil {
				continue
			}
			if data, err := io.ReadAll(r); err == nil && !sent[string(decoded(t, data))] {
				t.Errorf("member %q is not sent", m.Name)
			}
		}
	})
}

// decoded returns data as the chunks of its stream hold it.
func decoded(t *testing.T, data []byte) []byte {
	t.Helper()
	var rec sourcetest.Recorder
	must(t, Stream(context.Background(), &rec, &scanner.Origin{Path: "m"}, "", bytes.NewReader(data)))
	return rec.Stream(t, "m").Content
}
