package image

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// maxSubscript bounds the names from outside that become part of a path.
const maxSubscript = 200

// texts sends the texts of one image's manifest and configuration, each as a
// stream of its own: a name and its value stand together in it as
// name=value, words of a command are joined by spaces, everything else is as
// it is written, so that columns are true.
type texts struct {
	walk  *walk
	image *image
	left  int            // streams that may still be sent
	layer *scanner.Layer // what the history entry at hand made
	step  int            // the index of that entry
}

func (w *walk) texts(img *image) *texts { return &texts{walk: w, image: img, left: maxValues} }

// send sends one text. The empty one holds nothing.
func (t *texts) send(ctx context.Context, kind scanner.OriginKind, path, text string) {
	if text == "" || ctx.Err() != nil {
		return
	}
	o := &scanner.Origin{
		Kind: kind, Target: t.image.name, Platform: t.image.platform, Path: t.image.prefix + path, Published: t.image.target.published(),
	}
	if t.left--; t.left < 0 {
		if t.left == -1 {
			t.walk.sink.Problem(o, fmt.Errorf("not read from here on: more than %d values", maxValues))
		}
		return
	}
	switch kind {
	case scanner.History:
		o.Layer, o.Step = t.layer, t.image.steps.entry(t.step)
	case scanner.Config:
		o.Step = t.image.steps.setting(path)
	}
	if t.walk.base.holds(t.image, kind, t.step, o.Path, text) {
		o.Inherited = t.walk.base.name
	}
	_ = source.Stream(ctx, t.walk.sink, o, "", strings.NewReader(text)) // the context's error, known to the caller
}

// document sends the annotations of a manifest or index and of what it lists,
// and what no other manifest has.
func (t *texts) document(ctx context.Context, d *document, list string, of []v1.Descriptor) {
	t.pairs(ctx, "annotations", d.annotations)
	for i, child := range of {
		for _, key := range slices.Sorted(maps.Keys(child.Annotations)) {
			path := subscript(fmt.Sprintf("%s[%d].annotations", list, i), key)
			t.send(ctx, scanner.Config, path, key+"="+child.Annotations[key])
		}
	}
	for _, f := range d.rest {
		t.value(ctx, scanner.Config, "manifest."+f.key, f.value)
	}
}

// value sends a string for what it says, and any other JSON as it is written.
func (t *texts) value(ctx context.Context, kind scanner.OriginKind, path string, raw json.RawMessage) {
	t.send(ctx, kind, cutName(path), textOf(raw))
}

// textOf returns what a JSON string says, and any other JSON as it is.
func textOf(raw json.RawMessage) string {
	var s string
	if json.Unmarshal(raw, &s) == nil { // null says nothing
		return s
	}
	return string(raw)
}

// pairs sends the members of an object as name=value.
func (t *texts) pairs(ctx context.Context, path string, raw json.RawMessage) {
	if raw == nil {
		return
	}
	fields, err := fieldsOf(raw, maxValues)
	if err != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	for _, f := range fields {
		t.send(ctx, scanner.Config, subscript(path, f.key), f.key+"="+textOf(f.value))
	}
}

// each sends the elements of an array.
func (t *texts) each(ctx context.Context, path string, raw json.RawMessage) {
	elements, err := elementsOf(raw, maxValues)
	if err != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	for i, e := range elements {
		t.value(ctx, scanner.Config, subscript(path, strconv.Itoa(i)), e)
	}
}

// env sends variables, which are written NAME=value already.
func (t *texts) env(ctx context.Context, path string, raw json.RawMessage) {
	elements, err := elementsOf(raw, maxValues)
	if err != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	for i, e := range elements {
		text := textOf(e)
		name, _, ok := strings.Cut(text, "=")
		if !ok || name == "" {
			name = strconv.Itoa(i)
		}
		t.send(ctx, scanner.Config, subscript(path, name), text)
	}
}

// command sends the words of a command in one line.
func (t *texts) command(ctx context.Context, path string, raw json.RawMessage) {
	var words []string
	if json.Unmarshal(raw, &words) != nil {
		t.value(ctx, scanner.Config, path, raw)
		return
	}
	t.send(ctx, scanner.Config, path, strings.Join(words, " "))
}

// subscript names a member.
func subscript(path, name string) string { return path + "[" + cutName(name) + "]" }

// cutName bounds a name that came from outside.
func cutName(name string) string {
	if len(name) <= maxSubscript {
		return name
	}
	return strings.ToValidUTF8(name[:maxSubscript], "") + "..."
}
