package source

import (
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/scanner/source/codec"
)

const (
	// maxUnpacked is how many bytes the compressed values of one file may
	// unpack to.
	maxUnpacked = 8 << 20
	// maxNested is how many documents may stand within one another, and how
	// often a value may be encoded over.
	maxNested = 4
)

// object looks at what a Kubernetes object keeps encoded. What it looked at the
// walk passes by.
func (w *walk) object(fields []field) {
	for _, encoded := range []string{"data", "binaryData"} {
		if encoded == "data" && word(fields, "kind") != "Secret" {
			continue
		}
		data := get(fields, encoded)
		if data == nil || data.Kind != mapping || w.done[data] {
			continue
		}
		w.done[data] = true
		for _, f := range w.fields(data) {
			if f.value == nil || f.value.Kind != single || f.value.Value == "" || !w.afford(len(f.key.Value)+len(f.value.Value)) {
				continue
			}
			key, _ := w.scalar(f.key)
			value, _ := w.scalar(f.value)
			if decoded := unbase64(value); decoded != nil {
				before := w.view.written
				if w.content(key, decoded, 0); w.view.written > before {
					w.view.instead(value)
				}
			}
		}
	}
}

// within looks at a value that holds a document or something packed itself. It
// reports whether nothing more is to be done about the value.
func (w *walk) within(name, t *text) bool {
	switch {
	case strings.HasPrefix(t.string, packedBase64):
		if decoded := unbase64(t); decoded != nil {
			w.content(name, decoded, 0)
			return true
		}
	case w.depth < maxNested && strings.Contains(t.string, "apiVersion") && strings.Contains(t.string, "kind"):
		w.read(t, w.depth+1)
	}
	return false
}

// packedBase64 is how the base64 of what gzip made begins.
const packedBase64 = "H4sI"

// content looks at what a value was decoded to.
func (w *walk) content(name, t *text, depth int) {
	switch {
	case depth > maxNested:
		return
	case strings.HasPrefix(t.string, "\x1f\x8b\x08"):
		if unpacked := w.gunzip(t); unpacked != nil {
			w.content(name, unpacked, depth+1)
		}
		return
	case strings.HasPrefix(t.string, packedBase64):
		if decoded := unbase64(t); decoded != nil {
			w.content(name, decoded, depth+1)
			return
		}
	case isBinary([]byte(t.string[:min(len(t.string), sniffed)])), !utf8.ValidString(t.string):
		return // a key that is bytes: what is scanned is its base64
	}
	if w.release(t) {
		return
	}
	if name == nil {
		w.line(t)
	} else {
		w.view.setting(name, t)
	}
	if manifestly(t.string) && w.depth < maxNested {
		w.read(t, w.depth+1)
	}
}

// release looks at what Helm keeps of a release: the values it was given, the
// objects it made of them, and the files of the chart. The templates say
// nothing that those do not.
// https://github.com/helm/helm/blob/main/pkg/release/v1/release.go
func (w *walk) release(t *text) bool {
	if w.depth >= maxNested || !strings.HasPrefix(t.string, "{") || !strings.Contains(t.string, `"chart":`) || !strings.Contains(t.string, `"manifest":`) {
		return false
	}
	root := w.parse(t.string)
	if root == nil || root.Kind != mapping {
		return false
	}
	d := &document{manifest: w.manifest, text: t, hidden: true, depth: w.depth + 1}
	d.lines = newIndex(t.string, yamlBreak)
	inner := newWalk(d)
	if chart := get(d.fields(root), "chart"); chart != nil {
		inner.chart(d.fields(chart))
	}
	inner.node(root, 0)
	return true
}

// chart looks at the files of a chart.
func (w *walk) chart(fields []field) {
	if templates := get(fields, "templates"); templates != nil {
		w.done[templates] = true
	}
	files := get(fields, "files")
	if files == nil || files.Kind != sequence {
		return
	}
	w.done[files] = true
	for _, file := range files.Content {
		f := w.fields(file)
		name, data := get(f, "name"), get(f, "data")
		if name == nil || data == nil || name.Kind != single || data.Kind != single || !w.afford(len(data.Value)) {
			continue
		}
		key, _ := w.scalar(name)
		value, _ := w.scalar(data)
		if decoded := unbase64(value); decoded != nil {
			w.content(key, decoded, 0)
		}
	}
}

// unbase64 returns what a text encodes, nil if it is no base64. Line breaks in
// it mean nothing.
func unbase64(t *text) *text {
	packed := &text{of: t}
	var s strings.Builder
	for i := 0; i < len(t.string); {
		n := strings.IndexAny(t.string[i:], " \t\r\n")
		if n < 0 {
			n = len(t.string) - i
		}
		if n > 0 {
			s.WriteString(t.string[i : i+n])
			packed.add(n, i, n)
		}
		i += n + 1
	}
	packed.string = s.String()
	digits := strings.TrimRight(packed.string, "=")
	data, err := base64.RawStdEncoding.DecodeString(digits)
	if err != nil || len(data) == 0 {
		return nil
	}
	out := &text{string: string(data), of: packed, form: "base64"}
	quads := len(digits) / 4
	if quads > 0 {
		out.add(3*quads, 0, 4*quads)
	}
	if rest := len(data) - 3*quads; rest > 0 {
		out.add(rest, 4*quads, len(digits)-4*quads)
	}
	return out
}

// gunzip returns what a text unpacks to, within the file's budget: what is
// beyond is a problem. What is damaged is kept as far as it goes.
func (w *walk) gunzip(t *text) *text {
	if w.unpack < 0 {
		return nil // the sink was told
	}
	r, release, err := decoders.Open(context.Background(), codec.Gzip, nil, strings.NewReader(t.string))
	defer release()
	if err != nil {
		return nil
	}
	var s strings.Builder
	n, _ := io.Copy(&s, io.LimitReader(r, int64(w.unpack)+1))
	if n > int64(w.unpack) {
		n = int64(w.unpack)
		w.unpack = -1
		from, _ := t.origin(0, 1)
		line, _ := w.places.position(from)
		w.sink.Problem(w.chunk.Origin, fmt.Errorf("line %d: what is packed in the file's values is more than %d bytes: the rest is not scanned", line, maxUnpacked))
	}
	w.unpack -= int(n)
	if n == 0 {
		return nil
	}
	w.view.room += 2 * int(n)
	unpacked := t.made(s.String()[:n])
	unpacked.form = "gzip"
	return unpacked
}
