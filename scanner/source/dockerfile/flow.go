package dockerfile

// A scope holds the variables of a stage.
type scope struct {
	env   map[string]value
	args  map[string]value
	above *scope // of the stage it goes on from: its environment counts
	depth int
}

// maxDepth bounds the stages that an environment is inherited through.
const maxDepth = 100

func newScope(above *scope) *scope {
	s := &scope{env: map[string]value{}, args: map[string]value{}}
	if above != nil && above.depth < maxDepth {
		s.above, s.depth = above, above.depth+1
	}
	return s
}

// lookup returns what a variable stands for while the image is built.
func (s *scope) lookup(name string) (value, bool) {
	if v, ok := s.environment(name); ok {
		return v, ok
	}
	v, ok := s.args[name]
	return v, ok
}

// environment returns what a variable stands for in a container.
func (s *scope) environment(name string) (value, bool) {
	for ; s != nil; s = s.above {
		if v, ok := s.env[name]; ok {
			return v, true
		}
	}
	return nil, false
}

// What the resolved texts of a file may come to.
const (
	maxResolved       = 64 << 20 // bytes
	maxResolvedPieces = 500_000
)

// A walk goes through a file as the builder does, and resolves what each
// instruction says.
type walk struct {
	file    *file
	given   map[string]string // --build-arg
	budget  budget
	left    int // bytes of resolved texts
	globals *scope
	now     *scope
}

// A resolved is an instruction and what it says once variables are replaced:
// nil where that was too much.
type resolved struct {
	*instruction
	says  value
	scope *scope
}

// walk calls visit for each instruction in turn. It reports whether all was
// within bounds; what was not stays as it is written.
func (f *file) walk(given map[string]string, visit func(*walk, resolved)) (whole bool) {
	w := &walk{file: f, given: given, budget: budget{pieces: maxResolvedPieces}, left: maxResolved}
	w.globals = newScope(nil)
	w.now = w.globals
	for _, ins := range f.instructions {
		if ins.name == "FROM" && !ins.onbuild {
			w.begin(ins.stage)
		}
		says := w.resolve(ins)
		w.track(ins)
		visit(w, resolved{ins, says, w.now})
	}
	return !w.budget.spent
}

// begin enters a stage.
func (w *walk) begin(s *stage) {
	s.base = w.file.stageNamed(w.word(s.from, w.globals), s.index)
	s.pulls, s.workdir = nil, ""
	var above *scope
	if s.base != nil {
		above, s.workdir = s.base.env, s.base.workdir
	}
	w.now = newScope(above)
	s.env = w.now
}

// word returns a word as the builder reads it.
func (w *walk) word(text string, s *scope) string {
	in := joined{text: text, parts: []part{{}}}
	return w.expansion(&in, s.lookup, unquoted).expand(0, len(text)).String()
}

func (w *walk) expansion(in *joined, lookup func(string) (value, bool), q quoting) expansion {
	return expansion{in: in, lookup: lookup, quoting: q, escape: w.file.escape, budget: &w.budget}
}

// resolve returns the text of an instruction with its variables replaced, and
// remembers those that it sets.
func (w *walk) resolve(ins *instruction) value {
	if ins.onbuild { // kept as it is for another build
		return w.spend(w.texts(ins, unknown))
	}
	values := w.values(ins)
	known := w.now.lookup
	switch ins.name {
	case "FROM":
		known = w.globals.lookup
	case "CMD", "ENTRYPOINT", "HEALTHCHECK":
		known = w.now.environment
	}
	v := w.arguments(ins, values)
	if v == nil {
		v = w.texts(ins, known)
	}
	for i, p := range ins.pairs {
		switch {
		case values[i] == nil:
		case ins.name == "ENV":
			w.now.env[p.name] = values[i]
		case ins.name == "ARG":
			w.now.args[p.name] = values[i]
		}
	}
	return w.spend(v)
}

func unknown(string) (value, bool) { return nil, false }

// texts resolves an instruction and its heredocs as they are written.
func (w *walk) texts(ins *instruction, known func(string) (value, bool)) value {
	v := w.expansion(&ins.joined, known, quoted).expand(0, len(ins.text))
	for i := range ins.bodies {
		b := &ins.bodies[i]
		x := w.expansion(&b.joined, known, plain)
		switch {
		case ins.name == "RUN":
			x.quoting = quoted
		case !b.expand:
			x.lookup = unknown
		}
		v = append(append(v, piece{text: "\n"}), x.expand(0, len(b.text))...)
	}
	return v
}

// spend counts what was resolved, and gives up where it is too much.
func (w *walk) spend(v value) value {
	for _, p := range v {
		w.left -= len(p.text)
	}
	if w.left < 0 {
		w.budget.spent = true
		return nil
	}
	return v
}

// values returns what each pair of ENV or ARG stands for, nil where it says
// nothing.
func (w *walk) values(ins *instruction) []value {
	values := make([]value, len(ins.pairs))
	for i, p := range ins.pairs {
		given, ok := w.given[p.name]
		switch {
		case ins.name == "ARG" && ok:
			values[i] = value{{text: given, from: ins.span(p.nameAt, p.nameAt+len(p.name))}}
		case p.assigned:
			values[i] = w.expansion(&ins.joined, w.now.lookup, unquoted).expand(p.lo, p.hi)
		case ins.name == "ARG" && w.now != w.globals:
			values[i] = w.global(ins, p)
		}
	}
	return values
}

// global returns the value that an ARG without one takes from that before the
// first FROM.
func (w *walk) global(ins *instruction, p pair) value {
	v, _ := w.globals.lookup(p.name)
	var own value
	for _, piece := range v {
		piece.ref = ins.span(p.nameAt, p.nameAt+len(p.name))
		own = append(own, piece)
	}
	if w.budget.pieces -= len(own); w.budget.pieces < 0 {
		w.budget.spent = true
		return nil
	}
	return own
}

// arguments returns an ARG with the values that it does not say itself, nil if
// there is none.
func (w *walk) arguments(ins *instruction, values []value) value {
	if ins.name != "ARG" {
		return nil
	}
	var v value
	others := false
	for i, p := range ins.pairs {
		if i == 0 {
			v = ins.pieces(0, p.nameAt)
		} else {
			v = append(v, piece{text: " "})
		}
		v = append(v, ins.pieces(p.nameAt, p.nameAt+len(p.name))...)
		if values[i] != nil {
			v = append(append(v, piece{text: "="}), values[i]...)
		}
		_, given := w.given[p.name]
		others = others || given || values[i] != nil && !p.assigned
	}
	if !others {
		return nil
	}
	return v
}
