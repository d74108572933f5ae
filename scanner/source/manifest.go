package source

import (
	"context"
	"io"
	"path"
	"slices"
	"strings"
	"sync"

	"github.com/sluice-sec/sluice/scanner"
)

// maxManifest is the length of the longest file that is read as a manifest.
const maxManifest = 4 << 20

// A parsed manifest takes some thirty times its length: of those that are large
// one is read at a time, which bounds the memory of all.
const large = 256 << 10

var oneLarge sync.Mutex

// A manifest is a Compose file, or a file of Kubernetes objects, whose values
// are looked at by what they mean: beside the stream goes a view of what is
// encoded in it, or stands apart from its name.
// https://github.com/compose-spec/compose-spec/blob/main/spec.md
// https://kubernetes.io/docs/reference/kubernetes-api/
type manifest struct {
	sink   scanner.Sink
	chunk  scanner.Chunk // what the views have in common with the stream
	text   *text
	places *index
	skip   int // bytes of the stream before the text
	view   view
	effort int // that may still be spent
	unpack int // bytes that may still be unpacked
}

// manifest is plain for a stream whose name may be that of a manifest.
func (u *unpacker) manifest(ctx context.Context, c *cutter, r io.Reader) error {
	start := c.buf[:c.n]
	_, mark := sniffEncoding(start)
	k := &keeping{r: r}
	k.keep(start)
	if err := c.run(ctx, k); err != nil {
		return err
	}
	if k.over || c.chunk.Binary || c.chunk.Encoding != scanner.Bytes {
		return nil
	}
	all := k.text.String()
	s := all[mark:]
	if !manifestly(s) {
		return nil
	}
	m := &manifest{sink: u.sink, chunk: c.chunk, text: &text{string: s}, skip: mark,
		effort: maxEffort, unpack: maxUnpacked}
	m.chunk.Stream = all
	m.chunk.Overlap, m.chunk.Last, m.chunk.Offset, m.chunk.Pos, m.chunk.Line, m.chunk.Column = 0, true, 0, 0, 1, 1
	m.view.room = 4 * len(s)
	if len(s) > large {
		oneLarge.Lock()
		defer oneLarge.Unlock()
	}
	m.read(m.text, 0)
	m.flush()
	return nil
}

// manifestName reports whether a file of that origin may be a manifest.
func manifestName(o *scanner.Origin) bool {
	return o.Kind == scanner.Stdin || MayBeManifest(o.FullPath())
}

// MayBeManifest reports whether Feed reads a file of that path as a manifest, a
// Compose file or one of Kubernetes, if its text is one.
func MayBeManifest(name string) bool {
	name = strings.ToLower(path.Base(name))
	switch path.Ext(name) {
	case ".yaml", ".yml", ".json":
		return true
	}
	return strings.HasPrefix(name, "docker-compose")
}

// manifestly reports whether a text may be a manifest that says more than the
// bytes that it is. It is the cheap question: parsing costs a hundred times as
// much as scanning does.
func manifestly(s string) bool {
	if strings.HasPrefix(s, "services") || strings.Contains(s, "\nservices") {
		return true
	}
	return strings.Contains(s, "apiVersion") && strings.Contains(s, "kind") &&
		slices.ContainsFunc(hiding, func(sign string) bool { return strings.Contains(s, sign) })
}

// describes reports whether a document says what objects of a kind look like,
// and holds none: such are the longest of all.
// https://kubernetes.io/docs/reference/kubernetes-api/extend-resources/custom-resource-definition-v1/
func describes(s string) bool {
	const kind = "kind: CustomResourceDefinition"
	return strings.HasPrefix(s, kind) || strings.Contains(s, "\n"+kind)
}

// hiding are the signs of what a view shows: encoded objects, values apart from
// their names, lists of words, escapes, folded values and aliases.
var hiding = []string{"Secret", "value", "command", "args", "binaryData", packedBase64, "\\", ">-", ">\n", ">\r", ": *", "''"}

// read looks at the documents of a text, that many documents down.
func (m *manifest) read(t *text, depth int) {
	for part := range documents(t) {
		if !manifestly(part.string) || describes(part.string) {
			continue
		}
		root := m.parse(part.string)
		if root == nil {
			continue
		}
		d := &document{manifest: m, text: part, depth: depth}
		fields := d.fields(root)
		services := get(fields, "services")
		d.compose = services != nil && services.Kind == mapping
		if !d.compose && (word(fields, "apiVersion") == "" || word(fields, "kind") == "") {
			continue
		}
		d.lines = newIndex(part.string, yamlBreak)
		if m.places == nil {
			m.places = newIndex(m.text.string, newline)
		}
		newWalk(d).node(root, 0)
	}
}

// maxEffort is how much is done about one file: what takes more is made to.
const maxEffort = 1 << 21

// afford spends effort on that many bytes, which may be none; it reports
// whether there was enough left. Without it an alias would cost as much as
// what it stands for, again and again.
func (m *manifest) afford(bytes int) bool {
	m.effort -= 1 + bytes/64
	return m.effort >= 0
}

// keeping is a reader that keeps what is read through it, if that is no more
// than a manifest may be long.
type keeping struct {
	r    io.Reader
	text strings.Builder
	over bool
}

func (k *keeping) Read(p []byte) (int, error) {
	n, err := k.r.Read(p)
	k.keep(p[:n])
	return n, err
}

func (k *keeping) keep(data []byte) {
	if k.over = k.over || k.text.Len()+len(data) > maxManifest; k.over {
		k.text.Reset()
		return
	}
	k.text.Write(data)
}
