package image

import (
	"archive/tar"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
	"github.com/sluice-sec/sluice/scanner/source/codec"
	"github.com/xi2/xz"
)

// skippable is a frame of zstd that holds nothing to decode.
var skippable = []byte{0x5a, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3}

func TestCodecs(t *testing.T) {
	files := archive(inTar{"a", "one"}, inTar{"b/c", "two"})
	half := len(files) / 2
	large := archive(inTar{"a", "one"}, inTar{"b/c", "two"}, inTar{"noise", noise(9 << 20)})
	for name, c := range map[string]struct{ stored, content []byte }{
		"plain":            {files, files},
		"gzip":             {gzipOf(files), files},
		"gzip, members":    {slices.Concat(gzipOf(files[:half]), gzipOf(files[half:])), files},
		"gzip, no content": {slices.Concat(gzipOf(nil), gzipOf(files), gzipOf(nil)), files},
		"zstd":             {zstdOf(files), files},
		"zstd, frames":     {slices.Concat(zstdOf(files[:half]), zstdOf(files[half:])), files},
		"zstd, skippable":  {slices.Concat(skippable, zstdOf(files), skippable), files},
		"zstd, window":     {zstdOf(large, zstd.WithWindowSize(16<<20)), large},
		"xz":               xzLayer(t),
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			for _, media := range []types.MediaType{types.OCILayer, types.OCIUncompressedLayer, "application/x.unknown"} {
				f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{f.put(media, c.stored)}, [][]byte{c.content})}
				p := record(t, f.source(t, Options{}, "app"))
				got := p.paths(scanner.InLayer)
				delete(got, "noise")
				if diff := cmp.Diff(map[string]string{"a": "one", "b/c": "two"}, got); diff != "" {
					t.Errorf("%s: %s", media, diff)
				}
				if len(p.problems) > 0 {
					t.Errorf("%s: %v", media, p.problems)
				}
			}
		})
	}
}

// xzLayer returns a layer with the files of TestCodecs as the xz command packs
// it, and its content.
func xzLayer(t *testing.T) struct{ stored, content []byte } {
	stored, err := hex.DecodeString("fd377a585a000004e6d6b4460200210116000000742fe5a3e00bff004f5d00308033501868898301dce26e21054e88f0d872ef322eccdac3db6df1a5" +
		"6de095cb9f3c656ef158ec66d4862f0604d3178831733f3f082d3da5496e8fe760138065f34a5d9da85b09111f7955533ea00000f9bae6d6ca464a85" +
		"00016b8018000000a6e42d85b1c467fb020000000004595a")
	if err != nil {
		t.Fatal(err)
	}
	r, err := xz.NewReader(bytes.NewReader(stored), 0)
	if err != nil {
		t.Fatal(err)
	}
	content, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return struct{ stored, content []byte }{stored, content}
}

func noise(n int) string {
	b := make([]byte, n)
	random := rand.NewChaCha8([32]byte{1})
	_, _ = random.Read(b)
	return string(b)
}

// TestDamage reads layers that are not what they should be: what can be read
// is sent, and what is wrong reported.
func TestDamage(t *testing.T) {
	good := archive(inTar{"a", "one"}, inTar{"b", "two"}, inTar{"c", "three"})
	header := slices.Clone(good)
	header[1024+100] ^= 1 // of b
	packed := gzipOf(good)
	corrupt := slices.Clone(packed)
	corrupt[len(corrupt)-6] ^= 1 // the checksum
	all := map[string]string{"a": "one", "b": "two", "c": "three"}
	layer := func(data []byte) func(*shelf) v1.Descriptor {
		return func(f *shelf) v1.Descriptor { return f.put(types.OCILayer, data) }
	}
	for name, c := range map[string]struct {
		layer    func(*shelf) v1.Descriptor
		content  []byte // whose diffID the image has; good if nil
		files    map[string]string
		blobs    []string
		problems []string // what each begins with
	}{
		"intact": {layer: layer(packed), files: all},
		"other bytes under the digest": {
			layer: func(f *shelf) v1.Descriptor {
				d := f.put(types.OCILayer, packed)
				f.blobs[d.Digest] = append(gzipOf(nil), packed...)[:len(packed)+len(gzipOf(nil))]
				d.Size = 0
				return d
			},
			files: all, problems: []string{"0:: digest mismatch: the content is sha256:"},
		},
		"shorter than declared": {
			layer: func(f *shelf) v1.Descriptor { d := f.put(types.OCILayer, good); d.Size++; return d },
			files: all, problems: []string{fmt.Sprintf("0:: size mismatch: the content has %d bytes, not %d", len(good), len(good)+1)},
		},
		"longer than declared": {
			layer:    func(f *shelf) v1.Descriptor { d := f.put(types.OCILayer, good); d.Size = 2560; return d },
			files:    map[string]string{"a": "one", "b": "two", "c": ""},
			problems: []string{"0:b: after this file: unexpected EOF", "0:: size mismatch: the content is longer than 2560 bytes"},
		},
		"another diffID": {
			layer: layer(packed), content: header, files: all, problems: []string{"0:: unpacked: digest mismatch"},
		},
		"truncated gzip": {
			layer: layer(packed[:len(packed)-30]), files: map[string]string{"a": "one", "b": "two"},
			problems: []string{"0:b: after this file: unexpected EOF"},
		},
		"gzip checksum": {layer: layer(corrupt), files: all, problems: []string{"0:c: after this file: gzip: invalid checksum"}},
		"behind gzip":   {layer: layer(append(slices.Clone(packed), "more"...)), files: all, problems: []string{"0:c: after this file: "}},
		"bad header": {
			layer: layer(header), content: header, files: map[string]string{"a": "one"}, blobs: []string{"layer[%s]/trailer"},
			problems: []string{"0:a: after this file: archive/tar: invalid tar header"},
		},
		"truncated tar": {
			layer: layer(good[:1200]), content: good[:1200], files: map[string]string{"a": "one"},
			problems: []string{"0:a: after this file: unexpected EOF"},
		},
		"behind the archive": {
			layer: layer(append(slices.Clone(good), "hidden"...)), content: append(slices.Clone(good), "hidden"...),
			files: all, blobs: []string{"layer[%s]/trailer"},
		},
		"not an archive": {
			layer: layer([]byte("text")), content: []byte("text"), files: map[string]string{}, blobs: []string{"layer[%s]"},
			problems: []string{"0:: not a tar archive"},
		},
		"empty": {layer: layer(nil), content: []byte{}, files: map[string]string{}},
		"xz": {
			layer: layer([]byte("\xfd7zXZ\x00....")), files: map[string]string{}, problems: []string{"0:: unpack: xz: "},
		},
		"zstd with a window of 2 GB": {
			layer: layer([]byte("\x28\xb5\x2f\xfd\x00\xa8\x09\x00\x00x")), files: map[string]string{},
			problems: []string{"0:: unpack: too much memory needed to unpack it: 2147483648 bytes, and not the allowed 67108864"},
		},
		"missing": {
			layer: func(f *shelf) v1.Descriptor { d := f.put(types.OCILayer, good); delete(f.blobs, d.Digest); return d },
			files: map[string]string{}, problems: []string{"0:: blob sha256:"},
		},
		"foreign": {
			layer: func(f *shelf) v1.Descriptor {
				d := f.put(types.DockerForeignLayer, packed)
				d.URLs = []string{"http://127.0.0.1:1/layer"}
				delete(f.blobs, d.Digest)
				return d
			},
			files: map[string]string{}, problems: []string{"0:: not in the registry, and its URLs are not followed: blob"},
		},
		"foreign, in the registry": {
			layer: func(f *shelf) v1.Descriptor { return f.put(types.DockerForeignLayer, packed) }, files: all,
		},
	} {
		t.Run(name, func(t *testing.T) {
			f := newShelf()
			if c.content == nil {
				c.content = good
			}
			d := c.layer(f)
			f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{d}, [][]byte{c.content})}
			p := record(t, f.source(t, Options{}, "app"))
			if diff := cmp.Diff(c.files, p.paths(scanner.InLayer)); diff != "" {
				t.Error(diff)
			}
			blobs := p.paths(scanner.Blob)
			for _, name := range c.blobs {
				if strings.Contains(name, "%s") {
					name = fmt.Sprintf(name, short(d.Digest))
				}
				if blobs[name] == "" {
					t.Errorf("no %s in %q", name, blobs)
				}
			}
			if len(blobs) != len(c.blobs) || len(p.problems) != len(c.problems) {
				t.Fatalf("blobs %q, problems %q; want %q and %q", blobs, p.problems, c.blobs, c.problems)
			}
			for i, want := range c.problems {
				if !strings.HasPrefix(p.problems[i], want) {
					t.Errorf("problem %q, want %q", p.problems[i], want)
				}
			}
		})
	}
}

// TestLies keeps one registry's wrong bytes from hiding another's right ones.
func TestLies(t *testing.T) {
	f, liar := newShelf(), newShelf()
	for _, s := range []*shelf{f, liar} {
		s.refs["app"] = []v1.Descriptor{s.plainImage([][]byte{archive(inTar{"a", "secret"})})}
	}
	layer := f.put("", archive(inTar{"a", "secret"}))
	liar.blobs[layer.Digest] = archive(inTar{"a", "clean!"})
	s := f.source(t, Options{}, "liar", "app")
	s.open = func(ctx context.Context, ref string, r *Remote) (store, target, error) {
		if ref == "liar" {
			return liar.open(ctx, "app", r)
		}
		return f.open(ctx, ref, r)
	}
	p := record(t, s)
	if got := p.paths(scanner.InLayer)["a"]; got != "clean!|secret" || len(p.problems) == 0 {
		t.Errorf("read %q, problems %v", got, p.problems)
	}
}

func TestOriginOfFile(t *testing.T) {
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"x", "0"}), archive(inTar{"./etc/key", "1"})},
		object{"history": []object{{"created_by": "ADD x"}, {"created_by": "COPY key", "created": "2024-05-06T07:08:09Z"}}})}
	p := record(t, f.source(t, Options{}, "app"))
	i := slices.IndexFunc(p.streams, func(s stream) bool { return s.origin.Path == "etc/key" })
	if i < 0 {
		t.Fatal("file not read")
	}
	o := p.streams[i].origin
	got := fmt.Sprintf("%v %s %s %v %s %d %d %q %s", o.Kind, o.Target, o.Platform, o.Mode, o.Owner, o.Layer.Index, o.Layer.History, o.Layer.CreatedBy,
		o.Layer.Created)
	if want := `2 app linux/amd64 -rw-r----- 10:20 1 1 "COPY key" 2024-05-06 07:08:09 +0000 UTC`; got != want {
		t.Errorf("origin %s\nwant   %s", got, want)
	}
	if o.Layer.Digest != o.Layer.DiffID || !strings.HasPrefix(o.Layer.Digest, "sha256:") {
		t.Errorf("digest %s, diffID %s", o.Layer.Digest, o.Layer.DiffID)
	}
}

// TestEntryBound reads everything though it cannot remember everything.
func TestEntryBound(t *testing.T) {
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"a", "1"}, inTar{"b", "2"}, inTar{"c", "3"}, inTar{"d", "4"})})}
	p := record(t, f.source(t, Options{MaxEntries: 2}, "app"))
	if len(p.paths(scanner.InLayer)) != 4 || len(p.problems) != 1 || !strings.Contains(p.problems[0], "more than 2 entries") {
		t.Errorf("files %v, problems %v", p.paths(scanner.InLayer), p.problems)
	}
}

func TestByteBound(t *testing.T) {
	f := newShelf()
	content := archive(inTar{"a", "1"}, inTar{"zeros", strings.Repeat("\x00", 1<<20)})
	f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{f.put(types.OCILayer, gzipOf(content))}, [][]byte{content})}
	p := record(t, f.source(t, Options{MaxBytes: 100_000}, "app"))
	if len(p.problems) != 1 || !strings.Contains(p.problems[0], "0:a: after this file: more than the bound of 100000 bytes") {
		t.Errorf("problems %v", p.problems)
	}
}

// TestSparse has a file that claims more zeros than anybody can read.
func TestSparse(t *testing.T) {
	block := make([]byte, 512)
	copy(block, "huge")
	copy(block[100:], "0000644\x000000000\x000000000\x00")
	copy(block[124:], "00000000000\x00")
	copy(block[136:], "00000000000\x00")
	block[156] = tar.TypeGNUSparse
	copy(block[257:], "ustar  \x00")
	copy(block[483:], "\x80\x00\x00\x00\x7f\xff\xff\xff\xff\xff\xff\xff") // real size
	sign(block)
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{append(block, archive(inTar{"a", "1"})...)})}
	p := record(t, f.source(t, Options{}, "app"))
	if len(p.problems) != 1 || !strings.HasPrefix(p.problems[0], "0:huge: not read: sparse files") || p.paths(scanner.InLayer)["a"] != "1" {
		t.Errorf("problems %v, files %v", p.problems, p.paths(scanner.InLayer))
	}
}

// TestCancel stops within a layer.
func TestCancel(t *testing.T) {
	f := newShelf()
	f.refs["app"] = []v1.Descriptor{f.plainImage([][]byte{archive(inTar{"a", "1"}, inTar{"b", "2"}), archive(inTar{"c", "3"})})}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	p := &tape{}
	err := f.source(t, Options{Workers: 1}, "app").Scan(ctx, cancelling{p, cancel})
	if !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	if files := p.paths(scanner.InLayer); files["a"] != "1" || len(files) > 1 || len(p.problems) > 0 {
		t.Errorf("files %v, problems %v", files, p.problems)
	}
}

// cancelling ends the scan at the first file.
type cancelling struct {
	*tape
	cancel func()
}

func (c cancelling) Chunk(chunk scanner.Chunk) {
	c.tape.Chunk(chunk)
	if chunk.Origin.Kind == scanner.InLayer {
		c.cancel()
	}
}

// FuzzLayer reads hostile bytes as a layer: it always ends, and what is read
// without a problem is what the standard library reads.
func FuzzLayer(f *testing.F) {
	good := archive(inTar{"a/b", "one"}, inTar{"a/.wh.c", ""}, inTar{"d -> e", ""}, inTar{"f/", ""}, inTar{"a/b", "two"})
	for _, seed := range [][]byte{nil, good, good[:700], gzipOf(good), zstdOf(good), gzipOf(good)[:60], skippable, []byte("BZh91AY&SY"), make([]byte, 1024)} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		shelf := newShelf()
		shelf.refs["app"] = []v1.Descriptor{shelf.image([]v1.Descriptor{shelf.put(types.OCILayer, data)}, nil, object{"rootfs": nil})}
		s := shelf.source(t, Options{MaxBytes: 1 << 20, MaxWindow: 1 << 20, MaxEntries: 1000, Limits: source.Limits{Bytes: 1 << 20}}, "app")
		p := record(t, s)
		p.attribute(t, s, scanner.InLayer, scanner.Blob)
		p.problems = slices.DeleteFunc(p.problems, func(s string) bool { return strings.Contains(s, "diffIDs") })
		if len(p.problems) > 0 || codec.Sniff(data) != codec.Plain {
			return
		}
		want := filesOf(t, data)
		for path := range p.paths(scanner.InLayer) {
			if outer, _, _ := strings.Cut(path, "!/"); !want[path] && !want[outer] {
				t.Errorf("%q sent, the archive has %v", path, want)
			}
			delete(want, path)
		}
		for path := range want {
			t.Errorf("%q not sent", path)
		}
	})
}

// filesOf lists the files of an archive whose content is sent as it is.
func filesOf(t *testing.T, data []byte) map[string]bool {
	files := map[string]bool{}
	r := tar.NewReader(bytes.NewReader(data))
	for {
		h, err := r.Next()
		if err == io.EOF {
			return files
		}
		if err != nil {
			t.Fatalf("no problem, but %v", err)
		}
		switch h.Typeflag {
		case tar.TypeDir, tar.TypeLink, tar.TypeSymlink, tar.TypeChar, tar.TypeBlock, tar.TypeFifo, tar.TypeXGlobalHeader:
			continue
		}
		name := cleanPath(h.Name)
		if base := name[strings.LastIndexByte(name, '/')+1:]; h.Size > 0 || !strings.HasPrefix(base, whiteout) {
			files[name] = true
		}
	}
}
