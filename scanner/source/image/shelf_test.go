package image

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
	"github.com/sluice-sec/sluice/scanner"
)

// shelf is a place of blobs, with references to some of them.
type shelf struct {
	mu      sync.Mutex
	blobs   map[v1.Hash][]byte
	refs    map[string][]v1.Descriptor
	opened  map[v1.Hash]int
	endless v1.Hash // the blob that never ends
}

func newShelf() *shelf {
	return &shelf{blobs: map[v1.Hash][]byte{}, refs: map[string][]v1.Descriptor{}, opened: map[v1.Hash]int{}}
}

// shelfStore is what one reference of a shelf leads to.
type shelfStore struct {
	*shelf
	root []v1.Descriptor
}

func (s *shelfStore) Root(context.Context) ([]v1.Descriptor, error) { return s.root, nil }
func (s *shelfStore) Close() error                                  { return nil }

func (s *shelfStore) Open(_ context.Context, d v1.Descriptor) (io.ReadCloser, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.opened[d.Digest]++
	data, ok := s.blobs[d.Digest]
	if !ok {
		return nil, fmt.Errorf("blob %s: %w", d.Digest, fs.ErrNotExist)
	}
	if d.Digest == s.endless {
		return io.NopCloser(io.MultiReader(bytes.NewReader(data), endless{})), nil
	}
	return io.NopCloser(bytes.NewReader(data)), nil
}

func (f *shelf) open(_ context.Context, ref string, _ *Remote) (store, target, error) {
	root, ok := f.refs[ref]
	t := target{Name: ref, Transport: viaRegistry, Registry: "registry.test", Repository: "app"}
	if !ok {
		return nil, t, fmt.Errorf("%s: %w", ref, fs.ErrNotExist)
	}
	return &shelfStore{f, root}, t, nil
}

// source opens references of the shelf.
func (f *shelf) source(t testing.TB, o Options, refs ...string) *Source {
	t.Helper()
	s, err := Open(refs, o)
	if err != nil {
		t.Fatal(err)
	}
	s.open = f.open
	return s
}

// put stores a blob.
func (f *shelf) put(media types.MediaType, data []byte) v1.Descriptor {
	sum := sha256.Sum256(data)
	h := v1.Hash{Algorithm: "sha256", Hex: hex.EncodeToString(sum[:])}
	f.blobs[h] = data
	return v1.Descriptor{MediaType: media, Digest: h, Size: int64(len(data))}
}

func (f *shelf) putJSON(media types.MediaType, value any) v1.Descriptor {
	data, err := json.Marshal(value)
	if err != nil {
		panic(err)
	}
	return f.put(media, data)
}

// An object is JSON to be.
type object = map[string]any

// image stores an image of these layers, whose unpacked content is given too.
// More are members of its configuration.
func (f *shelf) image(layers []v1.Descriptor, archives [][]byte, more ...object) v1.Descriptor {
	diffIDs := []string{}
	for _, a := range archives {
		sum := sha256.Sum256(a)
		diffIDs = append(diffIDs, "sha256:"+hex.EncodeToString(sum[:]))
	}
	cfg := object{"os": "linux", "architecture": "amd64", "rootfs": object{"type": "layers", "diff_ids": diffIDs}}
	for _, m := range more {
		maps.Copy(cfg, m)
	}
	return f.putJSON(types.OCIManifestSchema1, object{
		"schemaVersion": 2, "mediaType": types.OCIManifestSchema1,
		"config": f.putJSON(types.OCIConfigJSON, cfg), "layers": layers,
	})
}

// plainImage stores an image of archives as they are.
func (f *shelf) plainImage(archives [][]byte, more ...object) v1.Descriptor {
	var layers []v1.Descriptor
	for _, a := range archives {
		layers = append(layers, f.put(types.OCIUncompressedLayer, a))
	}
	return f.image(layers, archives, more...)
}

// inTar is an entry of an archive: a file unless its name ends in a slash,
// or "name -> target" makes it a link.
type inTar struct{ name, content string }

func archive(items ...inTar) []byte {
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, i := range items {
		h := &tar.Header{Name: i.name, Mode: 0o640, Uid: 10, Gid: 20, Size: int64(len(i.content)), Typeflag: tar.TypeReg}
		if name, to, ok := strings.Cut(i.name, " -> "); ok {
			h.Name, h.Linkname, h.Typeflag = name, to, tar.TypeSymlink
		} else if strings.HasSuffix(i.name, "/") {
			h.Typeflag = tar.TypeDir
		}
		if err := w.WriteHeader(h); err != nil {
			panic(err)
		}
		if _, err := io.WriteString(w, i.content); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func gzipOf(data []byte) []byte {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, err := w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func zstdOf(data []byte, o ...zstd.EOption) []byte {
	var b bytes.Buffer
	w, err := zstd.NewWriter(&b, o...)
	if err != nil {
		panic(err)
	}
	_, err = w.Write(data)
	if err = errors.Join(err, w.Close()); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// A tape is a sink that keeps all it is sent.
type tape struct {
	mu       sync.Mutex
	streams  []stream
	problems []string
	skipped  int
}

type stream struct {
	origin *scanner.Origin
	text   string
}

func (p *tape) Chunk(c scanner.Chunk) {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := string(c.Data[c.Overlap:])
	if c.Overlap > 0 {
		for i := range p.streams {
			if p.streams[i].origin == c.Origin {
				p.streams[i].text += text
			}
		}
		return
	}
	p.streams = append(p.streams, stream{c.Origin, text})
}

func (p *tape) Seen(scanner.BlobID, *scanner.Origin) bool { return false }

func (p *tape) Skip(*scanner.Origin, scanner.Reason) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.skipped++
}

func (p *tape) Problem(o *scanner.Origin, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	at := o.FullPath()
	if o.Layer != nil {
		at = fmt.Sprintf("%d:%s", o.Layer.Index, at)
	}
	p.problems = append(p.problems, at+": "+err.Error())
}

// paths returns the text of each stream of a kind by path; of several with one
// path all, in order.
func (p *tape) paths(kind scanner.OriginKind) map[string]string {
	texts := map[string]string{}
	for _, s := range p.streams {
		if s.origin.Kind == kind {
			path := s.origin.FullPath()
			if old, ok := texts[path]; ok {
				texts[path] = old + "|" + s.text
				continue
			}
			texts[path] = s.text
		}
	}
	return texts
}

// record scans a source to its end.
func record(t testing.TB, s *Source) *tape {
	t.Helper()
	p := &tape{}
	if err := s.Scan(t.Context(), p); err != nil {
		t.Errorf("scan: %v", err)
	}
	return p
}

// attribute makes a hit of every stream and writes down where they stand.
func (p *tape) attribute(t testing.TB, s *Source, kinds ...scanner.OriginKind) []string {
	t.Helper()
	var lines []string
	for _, st := range p.streams {
		if !slices.Contains(kinds, st.origin.Kind) {
			continue
		}
		h := &scanner.Hit{Origin: st.origin}
		if err := s.Attribute(t.Context(), []*scanner.Hit{h}); err != nil {
			t.Fatal(err)
		}
		for _, place := range h.Places {
			line := fmt.Sprintf("%s %s", place.Origin.Target, place.Origin.FullPath())
			if place.Origin.Layer != nil {
				line += fmt.Sprintf(" @%d", place.Origin.Layer.Index)
			}
			line += " " + place.State.String()
			if place.By != nil {
				line += fmt.Sprintf(" by %d", place.By.Layer.Index)
			}
			lines = append(lines, line+": "+st.text)
		}
	}
	slices.Sort(lines)
	return lines
}
