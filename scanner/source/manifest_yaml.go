package source

import (
	"encoding/json"
	"iter"
	"strings"

	"go.yaml.in/yaml/v4"
	"go.yaml.in/yaml/v4/plugin/loaderlimits"
)

// Bounds of one document: a node costs some 200 bytes.
const (
	maxMarks = 1 << 16 // what begins a node
	maxDepth = 100     // nodes within one another
)

// A document is YAML, which JSON is too, that was read.
type document struct {
	*manifest
	text  *text
	lines *index
	// hidden: the text does not stand in the stream as it is, so that nobody
	// else looks at it.
	hidden bool
	// compose: variables are replaced in it.
	compose bool
	depth   int // documents within documents
}

// documents cuts a text where YAML does, at the lines that begin with three
// dashes: one that does not parse takes no other with it.
func documents(t *text) iter.Seq[*text] {
	return func(yield func(*text) bool) {
		start := 0
		for at := 0; at < len(t.string); {
			line := t.string[at:]
			if marker(line) && at > start {
				if !yield(t.part(start, at)) {
					return
				}
				start = at
			}
			nl := strings.IndexByte(line, '\n')
			if nl < 0 {
				break
			}
			at += nl + 1
		}
		yield(t.part(start, len(t.string)))
	}
}

func marker(line string) bool {
	return strings.HasPrefix(line, "---") && (len(line) == 3 || blank(line[3]))
}

// parse returns the root of a document, nil where it is none or past a bound.
// The parser is not ours and its input hostile, so that a panic counts as
// text that does not parse.
func (m *manifest) parse(text string) (root *yaml.Node) {
	defer func() {
		if recover() != nil {
			root = nil
		}
	}()
	if !m.afford(4*len(text)) || marks(text) > maxMarks {
		return nil
	}
	l, err := yaml.NewLoader(strings.NewReader(text), yaml.WithUniqueKeys(false),
		yaml.WithPlugin(loaderlimits.New(loaderlimits.DepthValue(maxDepth), loaderlimits.AliasNone())))
	if err != nil {
		return nil
	}
	var n yaml.Node
	if err := l.Load(&n); err != nil || n.Kind != yaml.DocumentNode || len(n.Content) != 1 {
		return nil
	}
	return n.Content[0]
}

// marks counts what can begin a node; no more than two nodes come of each.
// In JSON, what stands in quotes is left out.
func marks(s string) int {
	n := 0
	quotes := strings.HasPrefix(strings.TrimLeft(s, " \t\r\n"), "{") && json.Valid([]byte(s))
	quoted := false
	for i := 0; i < len(s); i++ {
		switch b := s[i]; {
		case quotes && quoted && b == '\\':
			i++
		case quotes && b == '"':
			quoted = !quoted
		case quoted:
		case b == ',' || b == '[' || b == '{':
			n++
		case b == ':' || b == '-' || b == '?':
			if i == 0 || i+1 == len(s) || strings.IndexByte(" \t\r\n,[]{}", s[i+1]) >= 0 || strings.IndexByte("\"']}", s[i-1]) >= 0 {
				n++
			}
		}
	}
	return n
}

// target returns what an alias stands for.
func target(n *yaml.Node) *yaml.Node {
	for range maxDepth {
		if n == nil || n.Kind != yaml.AliasNode {
			return n
		}
		n = n.Alias
	}
	return nil
}

// A field is a key and a value of a mapping.
type field struct{ key, value *yaml.Node }

// fields returns what a mapping holds, what it merges in included.
func (d *document) fields(m *yaml.Node) []field {
	var all []field
	known := map[string]bool{}
	d.merge(m, 0, func(f field, merged bool) {
		if !merged || !known[f.key.Value] {
			known[f.key.Value] = true
			all = append(all, f)
		}
	})
	return all
}

// merge calls add with the fields of a mapping, its own before those that it
// merges in.
func (d *document) merge(m *yaml.Node, depth int, add func(f field, merged bool)) {
	if m = target(m); m == nil || depth > maxDepth || !d.afford(0) {
		return
	}
	if m.Kind == yaml.SequenceNode && depth > 0 {
		for _, c := range m.Content {
			d.merge(c, depth+1, add)
		}
	}
	if m.Kind != yaml.MappingNode {
		return
	}
	var merged []*yaml.Node
	for i := 0; i+1 < len(m.Content); i += 2 {
		key := target(m.Content[i])
		switch {
		case key == nil || key.Kind != yaml.ScalarNode:
		case !d.afford(len(key.Value)):
			return
		case key.Value == "<<" && key.Style == 0:
			merged = append(merged, m.Content[i+1])
		default:
			add(field{key, target(m.Content[i+1])}, depth > 0)
		}
	}
	for _, m := range merged {
		d.merge(m, depth+1, add)
	}
}

// get returns the value of a field of that name, nil for none.
func get(fields []field, name string) *yaml.Node {
	for _, f := range fields {
		if f.key.Value == name {
			return f.value
		}
	}
	return nil
}

// word returns the value of a scalar field, empty for none.
func word(fields []field, name string) string {
	if n := get(fields, name); n != nil && n.Kind == yaml.ScalarNode {
		return n.Value
	}
	return ""
}
