package source

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"strings"
	"testing"
	"time"

	"github.com/blakesmith/ar"
	"github.com/cavaliergopher/cpio"
	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

func fromHex(t testing.TB, text string) []byte {
	t.Helper()
	b, err := hex.DecodeString(text)
	must(t, err)
	return b
}

// What the xz command makes: "packed with xz\n"; a tar of y, which holds
// "key=1\n"; and a stream that asks for a dictionary of 128 MiB.
const (
	xzText = "fd377a585a0000016922de360200210116000000742fe5a301000e7061636b6564207769746820787a0a000001d9451f0001230fdbdf900e9042990d010000000001595a"
	xzTar  = "fd377a585a00000ae1fb0ca10200210116000000742fe5a3e027ff00665d003c8033501868898301dce26e47675026d93d3d9f420c54379e406a80657382b898" +
		"a6a7fcc7aef2636829442cfeb1d242efaca0b801bf0129057005e632bd7aa945f5ff65c7d69a1bc717375ac898d32d05f302fb4b06d17c9b34815db4d6a9f2662d" +
		"b0821c00000000561a7af84059a94a7ca6b09f3ea298afc59f18c469a758af104f5115dfe3a1cb00019a0180500000c3502dc3b6e9df1c02000000000a595a"
	xzLarge = "fd377a585a000004e6d6b446020021011e0000009b075166e0006300065d003c6e9e00000000000059b3715716aaeb64000122644a56ebcd1fb6f37d010000000004595a"
)

func debOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := ar.NewWriter(&b)
	must(t, w.WriteGlobalHeader())
	for _, i := range append([]item{file("debian-binary", "2.0\n")}, items...) {
		must(t, w.WriteHeader(&ar.Header{Name: i.name, Size: int64(len(i.content)), Mode: 0o644, ModTime: time.Unix(0, 0)}))
		_, err := w.Write(i.content)
		must(t, err)
	}
	return b.Bytes()
}

func cpioOf(t testing.TB, items ...item) []byte {
	t.Helper()
	var b bytes.Buffer
	w := cpio.NewWriter(&b)
	must(t, w.WriteHeader(&cpio.Header{Name: "dir", Mode: cpio.TypeDir | 0o755}))
	for _, i := range items {
		must(t, w.WriteHeader(&cpio.Header{Name: i.name, Mode: cpio.TypeReg | 0o644, Size: int64(len(i.content))}))
		_, err := w.Write(i.content)
		must(t, err)
	}
	must(t, w.Close())
	return b.Bytes()
}

// rpmOf puts a lead and two headers, the second with a script, before a payload.
func rpmOf(script string, payload []byte) []byte {
	header := func(store string) []byte {
		b := append([]byte(rpmMagic), 0, 0, 0, 0)
		b = binary.BigEndian.AppendUint32(b, 1)
		b = binary.BigEndian.AppendUint32(b, uint32(len(store)))
		return append(append(b, make([]byte, 16)...), store...)
	}
	b := append([]byte("\xed\xab\xee\xdb\x03\x00"), make([]byte, rpmLead-6)...)
	b = append(b, header("sig")...)
	for len(b)%8 != 0 {
		b = append(b, 0)
	}
	return append(append(b, header(script)...), payload...)
}

func TestFeedPackages(t *testing.T) {
	program := "\x7fELF" + strings.Repeat("\x00\x01", 100)
	script := "#!/bin/sh\nexec java -jar $0\n"
	absolute := func(front string, z []byte) []byte { // offsets from the start of the program
		out := append([]byte(front), z...)
		d := directory(t, out, 0)
		binary.LittleEndian.PutUint32(out[d+42:], uint32(len(front)))
		end := bytes.LastIndex(out, []byte(zipEndSig))
		binary.LittleEndian.PutUint32(out[end+16:], uint32(d))
		return out
	}
	z := jar(t, file("x", "1"))
	rpmHeader := func(p []byte) string { return string(p[:bytes.Index(p, []byte("script"))+6]) }
	rpm := rpmOf("script", gz(t, cpioOf(t, file("./etc/x", "1"))))
	odd := rpmOf("script", []byte("no archive"))
	for name, c := range map[string]struct {
		path    string
		content []byte
		want    map[string]string
	}{
		"xz":     {"a.xz", fromHex(t, xzText), map[string]string{"a.xz!/a": "packed with xz\n"}},
		"tar.xz": {"a.txz", fromHex(t, xzTar), map[string]string{"a.txz!/y": "key=1\n"}},
		"xz, two streams": {"a.xz", append(fromHex(t, xzText), fromHex(t, xzText)...),
			map[string]string{"a.xz!/a": "packed with xz\npacked with xz\n"}},
		"deb": {"a.deb", debOf(t, item{"control.tar.gz", gz(t, tarOf(t, file("./postinst", "2")))}, item{"data.tar.xz", fromHex(t, xzTar)}),
			map[string]string{"a.deb!/debian-binary": "2.0\n", "a.deb!/control.tar.gz!/postinst": "2", "a.deb!/data.tar.xz!/y": "key=1\n"}},
		"cpio":                   {"a.cpio", cpioOf(t, file("x", "1"), file("y", "22")), map[string]string{"a.cpio!/x": "1", "a.cpio!/y": "22"}},
		"initramfs":              {"initrd", gz(t, cpioOf(t, file("x", "1"))), map[string]string{"initrd!/x": "1"}},
		"rpm":                    {"a.rpm", rpm, map[string]string{"a.rpm!/header": rpmHeader(rpm), "a.rpm!/etc/x": "1"}},
		"rpm, payload":           {"a.rpm", odd, map[string]string{"a.rpm!/header": rpmHeader(odd), "a.rpm!/payload": "no archive"}},
		"script":                 {"run.jar", append([]byte(script), z...), map[string]string{"run.jar": script, "run.jar!/x": "1"}},
		"script alone":           {"run", []byte(script), map[string]string{"run": script}},
		"long script":            {"run", []byte(script + strings.Repeat("true\n", 10_000)), map[string]string{"run": script + strings.Repeat("true\n", 10_000)}},
		"script, several chunks": {"run", []byte(script + strings.Repeat("true\n", 400_000)), map[string]string{"run": script + strings.Repeat("true\n", 400_000)}},
		"script, mark alone":     {"run", []byte(script + zipEndSig), map[string]string{"run": script + zipEndSig}},
		"program alone":          {"run.exe", []byte(program + strings.Repeat("code", 400_000)), map[string]string{"run.exe": program + strings.Repeat("code", 400_000)}},
		"zipapp":                 {"app.pyz", absolute(script, z), map[string]string{"app.pyz": string(absolute(script, z)), "app.pyz!/x": "1"}},
		"program":                {"run.exe", append([]byte(program), z...), map[string]string{"run.exe": program, "run.exe!/x": "1"}},
	} {
		t.Run(name, func(t *testing.T) {
			for how, in := range map[string]bool{"file": true, "pipe": false} {
				r := piped(c.content)
				if in {
					r = bytes.NewReader(c.content)
				} else if name == "program" {
					rec := feed(t, Limits{}, c.path, r)
					if p := rec.Problems(); len(p) != 1 || p[0].Path != c.path || !strings.Contains(p[0].Err.Error(), "not unpacked") {
						t.Errorf("problems %v", p)
					}
					continue
				}
				rec := feed(t, Limits{}, c.path, r)
				if diff := cmp.Diff(c.want, contents(rec)); diff != "" {
					t.Errorf("%s: %s", how, diff)
				}
				if len(rec.Problems())+len(rec.Skips()) != 0 {
					t.Errorf("%s: problems %v, skipped %v", how, rec.Problems(), rec.Skips())
				}
			}
		})
	}
}

// TestPackagesDamaged: what is wrong with an archive costs none of its bytes.
func TestPackagesDamaged(t *testing.T) {
	negative := debOf(t, file("x", "1"))
	copy(negative[8+60+4+48:], "-5        ")
	endless := rpmOf("script", nil)
	binary.BigEndian.PutUint32(endless[rpmLead+12:], 1<<31)
	for name, content := range map[string][]byte{
		"deb, negative": negative,
		"deb, no mode":  append([]byte("!<arch>\ndebian"), strings.Repeat("0", 34)+strings.Repeat(" ", 20)+"the rest"...),
		"deb, cut off":  debOf(t, file("x", "123456"))[:8+60+4+30],
		"cpio, cut off": cpioOf(t, file("x", "1"))[:150],
		"cpio, no name": append([]byte("070701"), bytes.Repeat([]byte("f"), 200)...),
		"rpm, endless":  endless,
		"rpm, cut off":  rpmOf("script", nil)[:120],
		"xz, cut off":   fromHex(t, xzTar)[:60],
		"xz, header":    append([]byte("\xfd7zXZ\x00"), "no xz at all"...),
	} {
		t.Run(name, func(t *testing.T) {
			rec := feed(t, Limits{}, "f", piped(content))
			all := ""
			for _, s := range rec.Streams() {
				all += string(s.Content)
			}
			if !strings.Contains(all, string(content[max(0, len(content)-20):])) {
				t.Errorf("the end is lost: %q", all)
			}
			if s := rec.Skips(); len(s) != 1 || s[0].Reason != scanner.SkipArchive {
				t.Errorf("skipped %v", s)
			}
		})
	}
}

// TestPackageLimits: what a limit or the lack of a library leaves out is a
// problem.
func TestPackageLimits(t *testing.T) {
	for name, c := range map[string]struct {
		limits  Limits
		content []byte
		want    string
	}{
		"dictionary": {Limits{}, fromHex(t, xzLarge), "134217728 bytes, and not the allowed 67108864"},
		"bytes":      {Limits{Bytes: 5}, fromHex(t, xzText), "unpacks to more than 5 bytes"},
		"members":    {Limits{Members: 1}, cpioOf(t, file("x", "1"), file("y", "2")), "more than 1 members"},
		"depth":      {Limits{Depth: 2}, debOf(t, item{"d.tar.gz", gz(t, tarOf(t, item{"x.zip", jar(t, file("y", "1"))}))}), "within 2 others"},
		"time":       {Limits{Time: time.Nanosecond}, gz(t, tarOf(t, file("x", "1"))), "longer than 1ns"},
		"7z":         {Limits{}, []byte("7z\xbc\xaf\x27\x1c and so on"), "7z archives are not unpacked"},
		"rar":        {Limits{}, []byte("Rar!\x1a\x07\x01 and so on"), "rar archives are not unpacked"},
	} {
		t.Run(name, func(t *testing.T) {
			rec := feed(t, c.limits, "f", piped(c.content))
			if p := rec.Problems(); len(p) != 1 || !strings.Contains(p[0].Err.Error(), c.want) || !strings.HasPrefix(p[0].Path, "f") {
				t.Errorf("problems %v, want one that says %q", p, c.want)
			}
		})
	}
}
