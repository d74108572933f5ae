package source

import (
	"strings"

	"go.yaml.in/yaml/v4"
)

const (
	mapping  = yaml.MappingNode
	sequence = yaml.SequenceNode
	single   = yaml.ScalarNode
)

// A walk goes over a document once and writes what it finds to the view.
type walk struct {
	*document
	done    map[*yaml.Node]bool
	written map[field]bool
}

func newWalk(d *document) *walk {
	return &walk{document: d, done: map[*yaml.Node]bool{}, written: map[field]bool{}}
}

// node looks at all that a node holds, once.
func (w *walk) node(n *yaml.Node, depth int) {
	n = target(n)
	if n == nil || depth > maxDepth || w.done[n] || w.effort < 0 {
		return
	}
	w.done[n] = true
	switch n.Kind {
	case mapping:
		w.mapping(n, depth)
	case sequence:
		for _, c := range n.Content {
			if c = target(c); c != nil && c.Kind == single {
				w.item(c)
			} else {
				w.node(c, depth+1)
			}
		}
	}
	if len(w.view.data) >= flushAt {
		w.flush()
	}
}

func (w *walk) mapping(n *yaml.Node, depth int) {
	fields := w.fields(n)
	w.object(fields)
	name, value := get(fields, "name"), get(fields, "value")
	named := name != nil && value != nil && name.Kind == single && value.Kind == single
	if named {
		w.pair(name, value, "value:")
	}
	for _, f := range fields {
		switch {
		case f.value == nil:
		case f.value.Kind == single:
			if !named || f.value != name && f.value != value {
				w.pair(f.key, f.value, ":")
			}
		default:
			if f.value.Kind == sequence && commands[f.key.Value] {
				w.command(f.value)
			}
			w.node(f.value, depth+1)
		}
	}
}

// pair writes a name and its value, unless they stand side by side in the
// stream with nothing but the gap between them.
func (w *walk) pair(name, value *yaml.Node, gap string) {
	if value.Value == "" || value.Tag == "!!null" || w.written[field{name, value}] {
		return
	}
	w.written[field{name, value}] = true
	if !w.afford(len(name.Value) + len(value.Value)) {
		return
	}
	key, keyEnd := w.scalar(name)
	t, _ := w.scalar(value)
	if w.within(key, t) {
		return
	}
	meant := w.meant(t)
	folded := commands[name.Value] && !t.verbatim()
	if !w.hidden && !folded && meant == t && (w.readable(t, value) || w.beside(t, keyEnd, gap)) {
		return
	}
	w.view.setting(key, meant)
}

// readable reports whether a value needs no name to be beside it, or is read
// as well where it stands: a text of several words or lines.
func (w *walk) readable(t *text, n *yaml.Node) bool {
	s := strings.TrimSpace(t.string)
	switch {
	case block(s) && t.verbatim():
		return true
	case n.Style&yaml.LiteralStyle != 0:
		return strings.Contains(s, "\n")
	case n.Style&yaml.DoubleQuotedStyle != 0 && !t.verbatim():
		return false
	}
	return strings.ContainsAny(s, " \n")
}

// beside reports whether a value stands as it is behind the name that ends
// there, with the gap between them.
func (w *walk) beside(t *text, end int, gap string) bool {
	if !t.verbatim() || strings.IndexFunc(t.string, delicate) >= 0 {
		return false
	}
	from := int(t.pieces[0].from)
	if end > from || from-end > 80 {
		return false
	}
	between := strings.Trim(w.text.string[end:from], " \t\r\n\"',")
	if gap != ":" {
		between = strings.NewReplacer(`"`, "", "'", "", " ", "").Replace(between)
	} else if strings.Contains(w.text.string[end:from], "\n") {
		return false
	}
	return between == gap
}

// delicate are the characters at which a value that stands bare in a text can
// be taken to end, or to be code.
func delicate(r rune) bool {
	return r > '~' || r <= ' ' || strings.ContainsRune("\"'`,;()[]{}<>#|&\\", r)
}

// item looks at an element of a list, which may be NAME=value.
func (w *walk) item(n *yaml.Node) {
	if n.Value == "" || w.written[field{nil, n}] || !w.afford(len(n.Value)) {
		return
	}
	w.written[field{nil, n}] = true
	t, _ := w.scalar(n)
	if w.within(nil, t) {
		return
	}
	meant := w.meant(t)
	name, value, found := strings.Cut(meant.string, "=")
	if !found || strings.IndexFunc(name, delicate) >= 0 {
		if w.hidden || meant != t {
			w.line(meant)
		}
		return
	}
	if w.hidden || meant != t || strings.IndexFunc(value, delicate) >= 0 && !w.readable(t, n) {
		w.view.setting(meant.part(0, len(name)), meant.part(len(name)+1, len(meant.string)))
	}
}

// line writes a text that has no name.
func (w *walk) line(t *text) {
	if w.view.room > len(t.string) {
		w.view.put(t)
		w.view.glue("\n")
	}
}

// commands are the fields that hold a command line as a list of its words.
var commands = map[string]bool{"command": true, "args": true, "entrypoint": true, "test": true}

// command writes the words of a command line as one line.
func (w *walk) command(n *yaml.Node) {
	if len(n.Content) < 2 || w.written[field{nil, n}] {
		return
	}
	w.written[field{nil, n}] = true
	for _, c := range n.Content {
		if c = target(c); c == nil || c.Kind != single || c.Value == "" || !w.afford(len(c.Value)) || w.view.room < len(c.Value)+2 {
			continue
		}
		t, _ := w.scalar(c)
		w.view.put(w.meant(t))
		w.view.glue(" ")
	}
	w.view.glue("\n")
}

// meant returns a value as the program that reads the document takes it.
func (w *walk) meant(t *text) *text {
	if !w.compose {
		return t
	}
	return w.interpolate(t)
}
