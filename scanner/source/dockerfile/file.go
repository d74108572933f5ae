package dockerfile

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"sort"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/command"
	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// What is understood of a file; one that is more is scanned as text alone. The
// parser takes a few hundred bytes for each line and each word, and copies a
// heredoc for each of its lines.
const (
	maxFile     = 4 << 20
	maxLines    = 110_000
	maxWords    = 600_000 // a pair of name and value counts as three
	maxHeredocs = 1 << 33 // bytes times lines of a file that may hold one
)

// A file is a Dockerfile as far as it is understood.
type file struct {
	text
	escape       byte
	instructions []*instruction
	stages       []*stage
	names        map[string][]*stage // those with a name, which is in lower case
}

// An instruction is one of a file.
type instruction struct {
	name   string // in capitals, of the innermost: ONBUILD RUN is a RUN
	joined        // without its heredocs
	lines  span   // numbers of the first and the last line, both inclusive
	whole  span   // in the file, heredocs included
	stage  *stage // nil before the first
	onbuild,
	json bool
	pairs   []pair    // of ENV, ARG and LABEL
	bodies  []heredoc // of RUN, COPY and ADD
	command any       // as the instructions package reads it, of COPY and ADD
	to      string    // where COPY and ADD put files, absolute; empty if that is not known
}

// A pair is a name and its value, as stretches of the joined text.
type pair struct {
	name     string
	nameAt   int
	lo, hi   int
	assigned bool // there is a value
}

// A heredoc is the text that follows an instruction.
type heredoc struct {
	name   string
	expand bool
	joined
}

// parse reads a Dockerfile. The error says why it is none.
func parse(data []byte) (f *file, err error) {
	if err := bounded(data); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil { // the parser is not ours, and the file may be anything
			f, err = nil, fmt.Errorf("not a Dockerfile: the parser gave up: %v", r)
		}
	}()
	tree, err := parser.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, notOne(err)
	}
	f = &file{text: newText(data), escape: byte(tree.EscapeToken), names: map[string][]*stage{}}
	for i, node := range tree.AST.Children {
		tree.AST.Children[i] = nil // what is understood takes its place
		if err := f.add(node); err != nil {
			return nil, notOne(err)
		}
	}
	if len(f.stages) == 0 {
		return nil, errors.New("not a Dockerfile: no FROM")
	}
	return f, nil
}

// notOne tells an error of the parser, which may quote the file at length.
func notOne(err error) error {
	return fmt.Errorf("not a Dockerfile: %s", cut(err.Error(), 200))
}

func bounded(data []byte) error {
	lines := bytes.Count(data, []byte{'\n'})
	switch {
	case bytes.IndexByte(data, 0) >= 0:
		return errors.New("not a Dockerfile: no text")
	case len(data) > maxFile:
		return fmt.Errorf("not read as a Dockerfile: longer than %d bytes", maxFile)
	case lines > maxLines:
		return fmt.Errorf("not read as a Dockerfile: more than %d lines", maxLines)
	case words(data) > maxWords:
		return fmt.Errorf("not read as a Dockerfile: more than %d words", maxWords)
	case lines*len(data) > maxHeredocs && bytes.Contains(data, []byte("<<")):
		return errors.New("not read as a Dockerfile: too long for one with heredocs")
	}
	return nil
}

func words(data []byte) int {
	n := 2*bytes.Count(data, []byte{'='}) + bytes.Count(data, []byte{','})
	space := true
	for _, b := range data {
		if b > ' ' && space {
			n++
		}
		space = b <= ' '
	}
	return n
}

// add takes the next instruction.
func (f *file) add(node *parser.Node) error {
	ins := &instruction{name: strings.ToUpper(node.Value), lines: span{node.StartLine, node.EndLine}}
	var next int
	ins.joined, next = f.join(node.StartLine, f.escape)
	ins.whole = span{f.line(node.StartLine).from, f.line(node.EndLine).to}
	if ins.text != node.Original {
		return fmt.Errorf("line %d: not understood", node.StartLine)
	}
	ins.heredocs(&f.text, node.Heredocs, next)
	parsed, err := read(node)
	if err != nil {
		return fmt.Errorf("line %d: %w", node.StartLine, err)
	}
	inner := node
	if ins.onbuild = ins.name == "ONBUILD"; ins.onbuild && node.Next != nil && len(node.Next.Children) == 1 {
		inner = node.Next.Children[0]
		ins.name = strings.ToUpper(inner.Value)
	}
	ins.json = inner.Attributes["json"]
	ins.findPairs(inner)
	switch c := parsed.(type) {
	case *instructions.Stage:
		s := &stage{index: len(f.stages), name: c.Name, from: c.BaseName}
		f.stages = append(f.stages, s)
		if s.name != "" {
			f.names[s.name] = append(f.names[s.name], s)
		}
	case *instructions.CopyCommand, *instructions.AddCommand:
		ins.command = c
	}
	if ins.name != "ARG" && len(f.stages) == 0 {
		return fmt.Errorf("line %d: %s before the first FROM", node.StartLine, ins.name)
	}
	if n := len(f.stages); n > 0 {
		ins.stage = f.stages[n-1]
	}
	f.instructions = append(f.instructions, ins)
	return nil
}

// read lets the instructions package read a node. A flag that it does not know,
// of a newer syntax, is no reason not to understand the rest.
func read(node *parser.Node) (any, error) {
	parsed, err := instructions.ParseInstruction(node)
	if err == nil || len(node.Flags) == 0 {
		return parsed, err
	}
	known := *node
	known.Flags = slices.DeleteFunc(slices.Clone(node.Flags), func(flag string) bool {
		return !strings.HasPrefix(flag, "--from=") && !strings.HasPrefix(flag, "--exclude=")
	})
	if parsed, again := instructions.ParseInstruction(&known); again == nil {
		return parsed, nil
	}
	return nil, err
}

// heredocs finds the bodies that follow line next-1.
func (ins *instruction) heredocs(t *text, docs []parser.Heredoc, next int) {
	for _, d := range docs {
		body := span{t.line(next).from, t.line(next).from}
		for ; next < ins.lines.to+1; next++ {
			line := t.all[t.line(next).from:t.line(next).to]
			if d.Chomp {
				line = strings.TrimLeft(line, "\t")
			}
			if line == d.Name {
				body.to = t.line(next).from
				next++
				break
			}
		}
		ins.bodies = append(ins.bodies, heredoc{name: d.Name, expand: d.Expand,
			joined: joined{text: t.all[body.from:max(body.from, body.to)], parts: []part{{0, body.from}}}})
	}
}

// findPairs finds the names and values of ENV, ARG and LABEL in the joined
// text. The parser keeps them as they are written, in their order.
func (ins *instruction) findPairs(node *parser.Node) {
	at := strings.Index(strings.ToUpper(ins.text), ins.name) + len(ins.name)
	switch strings.ToLower(node.Value) {
	case command.Arg:
		for n := node.Next; n != nil && at >= 0; n = n.Next {
			name, value, assigned := strings.Cut(n.Value, "=")
			at = ins.pair(at, name, value, "=", assigned)
		}
	case command.Env, command.Label:
		for n := node.Next; n != nil && n.Next != nil && n.Next.Next != nil && at >= 0; n = n.Next.Next.Next {
			at = ins.pair(at, n.Value, n.Next.Value, n.Next.Next.Value, true)
		}
	}
}

// pair takes the next pair, which stands at or after at, and returns where it
// ends; -1 if it is not there.
func (ins *instruction) pair(at int, name, value, separator string, assigned bool) int {
	found := strings.Index(ins.text[at:], name)
	if found < 0 || name == "" {
		return -1
	}
	p := pair{nameAt: at + found, assigned: assigned}
	p.name = strings.Trim(name, `"'`)
	p.lo = p.nameAt + len(name)
	p.hi = p.lo
	if !assigned {
		ins.pairs = append(ins.pairs, p)
		return p.hi
	}
	rest := ins.text[p.lo:]
	if separator == "" {
		p.lo += len(rest) - len(strings.TrimLeft(rest, " \t\v\f\r"))
	} else {
		p.lo += len(separator)
	}
	if p.hi = p.lo + len(value); p.hi > len(ins.text) || ins.text[p.lo:p.hi] != value {
		return -1
	}
	ins.pairs = append(ins.pairs, p)
	return p.hi
}

// at returns the instruction that holds an offset, nil if none does.
func (f *file) at(offset int) *instruction {
	i := sort.Search(len(f.instructions), func(i int) bool { return f.instructions[i].whole.to > offset })
	if i == len(f.instructions) || f.instructions[i].whole.from > offset {
		return nil
	}
	return f.instructions[i]
}

// holds reports whether a span is a part of what the builder reads: not of a
// comment between the lines.
func (ins *instruction) holds(s span) bool {
	if _, _, ok := ins.find(s); ok {
		return true
	}
	return slices.ContainsFunc(ins.bodies, func(h heredoc) bool { _, _, ok := h.find(s); return ok })
}

// cut bounds a text.
func cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	return cmp.Or(strings.ToValidUTF8(s[:n], ""), s[:n]) + "..."
}
