package image

import (
	"archive/tar"
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"

	"github.com/sluice-sec/sluice/scanner"
)

// rawEntry returns a tar entry as it is, without an end of the archive: the
// library that writes them refuses most of what is hostile.
func rawEntry(typeflag byte, name, link string, size int64, content string) []byte {
	block := make([]byte, 512)
	copy(block[:100], name)
	copy(block[100:], "0000644\x000000000\x000000000\x00")
	copy(block[124:], fmt.Sprintf("%011o\x00", size))
	copy(block[136:], "00000000000\x00")
	block[156] = typeflag
	copy(block[157:257], link)
	copy(block[257:], "ustar\x0000")
	sign(block)
	padded := make([]byte, (len(content)+511)/512*512)
	copy(padded, content)
	return append(block, padded...)
}

// longNamed returns a file whose name stands in an entry of GNU tar before it.
func longNamed(name, content string) []byte {
	return append(rawEntry(tar.TypeGNULongName, "././@LongLink", "", int64(len(name)+1), name+"\x00"),
		rawEntry(tar.TypeReg, name[:min(len(name), 99)], "", int64(len(content)), content)...)
}

// TestHostileEntries has one hostile entry in a layer, and an ordinary file
// before and after it: what is said of the one, and that none is lost.
func TestHostileEntries(t *testing.T) {
	long := strings.Repeat("n/", 32<<10)
	pax := func(size int) []byte {
		record := fmt.Sprintf("%d comment=%s\n", size, strings.Repeat("x", size-len(fmt.Sprint(size))-10))
		return append(rawEntry(tar.TypeXHeader, "pax", "", int64(len(record)), record), rawEntry(tar.TypeReg, "h", "", 1, "1")...)
	}
	for name, c := range map[string]struct {
		entry   []byte
		files   map[string]string // besides the two
		problem string            // begins so; the second file is then in the trailer
	}{
		"up":            {rawEntry(tar.TypeReg, "../../../etc/passwd", "", 1, "1"), map[string]string{"etc/passwd": "1"}, ""},
		"absolute":      {rawEntry(tar.TypeReg, "/etc/passwd", "", 1, "1"), map[string]string{"etc/passwd": "1"}, ""},
		"backslashes":   {rawEntry(tar.TypeReg, `..\..\x`, "", 1, "1"), map[string]string{`..\..\x`: "1"}, ""},
		"root":          {rawEntry(tar.TypeReg, "..", "", 1, "1"), map[string]string{"": "1"}, ""},
		"character":     {rawEntry(tar.TypeChar, "dev/zero", "", 0, ""), nil, ""},
		"block device":  {rawEntry(tar.TypeBlock, "dev/sda", "", 0, ""), nil, ""},
		"pipe":          {rawEntry(tar.TypeFifo, "pipe", "", 0, ""), nil, ""},
		"hard link out": {rawEntry(tar.TypeLink, "h", "../../../etc/shadow", 0, ""), nil, ""},
		"hard link":     {rawEntry(tar.TypeLink, "h", "first", 0, ""), nil, ""},
		"to itself":     {rawEntry(tar.TypeLink, "h", "h", 0, ""), nil, ""},
		"symbolic link": {rawEntry(tar.TypeSymlink, "h", "/etc/shadow", 0, ""), nil, ""},
		"through a link": {append(rawEntry(tar.TypeSymlink, "d", "/etc", 0, ""), rawEntry(tar.TypeReg, "d/x", "", 1, "1")...),
			map[string]string{"d/x": "1"}, ""},
		"unknown type":   {rawEntry('Q', "h", "", 1, "1"), map[string]string{"h": "1"}, ""},
		"no UTF-8":       {rawEntry(tar.TypeReg, "h\xff\xfe", "", 1, "1"), map[string]string{"h\xff\xfe": "1"}, ""},
		"control":        {rawEntry(tar.TypeReg, "h\x1b[2J\n", "", 1, "1"), map[string]string{"h\x1b[2J\n": "1"}, ""},
		"name of 64 KiB": {longNamed(long, "1"), map[string]string{cleanPath(long): "1"}, ""},
		"name of 2 MiB":  {longNamed(strings.Repeat("n", 2<<20), "1"), nil, "0:first: after this file: archive/tar: header field too long"},
		"PAX of 512 KB":  {pax(512 << 10), map[string]string{"h": "1"}, ""},
		"PAX of 100 MB":  {pax(100 << 20), nil, "0:first: after this file: archive/tar: header field too long"},
		"negative size":  {append(rawEntry(tar.TypeReg, "h", "", 0, ""), negativeSize()...), map[string]string{"h": ""}, "0:h: after this file: archive/tar: invalid tar header"},
		"8 GiB":          {rawEntry(tar.TypeReg, "h", "", 8<<30-1, ""), map[string]string{"h!/last": "2"}, "0:first: after this file: unexpected EOF"},
	} {
		t.Run(name, func(t *testing.T) {
			layer := bytes.Join([][]byte{rawEntry(tar.TypeReg, "first", "", 1, "0"), c.entry, rawEntry(tar.TypeReg, "last", "", 1, "2"), make([]byte, 1024)}, nil)
			f := newShelf()
			f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{layer})}
			p := record(t, f.source(t, Options{}, "app"))
			want := map[string]string{"first": "0"}
			for path, content := range c.files {
				want[path] = content
			}
			if c.problem == "" {
				want["last"] = "2"
			}
			if diff := cmp.Diff(want, p.paths(scanner.InLayer)); diff != "" {
				t.Errorf("%.2000s", diff)
			}
			switch {
			case c.problem == "" && len(p.problems) > 0, c.problem != "" && (len(p.problems) != 1 || !strings.HasPrefix(p.problems[0], c.problem)):
				t.Errorf("problems %.1000q, want %q", p.problems, c.problem)
			}
			if behind := fmt.Sprint(p.paths(scanner.Blob)); c.problem != "" && want["h!/last"] == "" && !strings.Contains(behind, "last") {
				t.Error("what stands behind is lost")
			}
		})
	}
}

// negativeSize is a header that says a file has less than no bytes.
func negativeSize() []byte {
	b := rawEntry(tar.TypeReg, "x", "", 0, "")
	copy(b[124:], "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff")
	sign(b)
	return b
}

// sign writes the checksum of a header into it.
func sign(block []byte) {
	sum := 8 * int(' ')
	for i, b := range block {
		if i < 148 || i >= 156 {
			sum += int(b)
		}
	}
	copy(block[148:], fmt.Sprintf("%06o\x00 ", sum))
}

// TestLongPaths: what is too long to keep is cut, and told apart all the same.
func TestLongPaths(t *testing.T) {
	long := strings.Repeat("é", 5000)
	one, two := cleanPath(long+"1"), cleanPath(long+"2")
	if one == two || len(one) > maxPath || !utf8.ValidString(one) || !strings.HasPrefix(one, "ééé") {
		t.Errorf("%d bytes %q and %q", len(one), one[len(one)-50:], two[len(two)-50:])
	}
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{long + "1", "1"}, inTar{long + "2", "2"}), archive(inTar{long + "2", "3"})})}
	s := f.source(t, Options{}, "app")
	p := record(t, s)
	var got []string
	for _, line := range p.attribute(t, s, scanner.InLayer) {
		_, state, _ := strings.Cut(line, " @")
		got = append(got, state)
	}
	if diff := cmp.Diff([]string{"0 live: 1", "0 overwritten by 1: 2", "1 live: 3"}, got); diff != "" {
		t.Error(diff)
	}
}

// TestEndlessLayer: a layer that never ends is read up to what its descriptor
// or the bound says.
func TestEndlessLayer(t *testing.T) {
	for name, size := range map[string]int64{"sized": 1 << 20, "without a size": 0} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			d := f.put("", archive(inTar{"a", "1"})[:1024])
			d.Size, f.endless = size, d.Digest
			f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{d}, [][]byte{nil})}
			p := record(t, f.source(t, Options{MaxBytes: 2 << 20}, "app"))
			if len(p.problems) == 0 || p.paths(scanner.InLayer)["a"] != "1" {
				t.Errorf("files %q, problems %q", p.paths(scanner.InLayer), p.problems)
			}
		})
	}
}

type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}
