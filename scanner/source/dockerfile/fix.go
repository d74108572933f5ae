package dockerfile

import (
	"cmp"
	"encoding/json"
	"fmt"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
)

// maxLeaks bounds those of an instruction that is rewritten.
const maxLeaks = 100

// A leak is what an instruction gives away: a part of a secret that stands in
// it, or a reference to one.
type leak struct {
	at       span
	name     string // of the variable that the instruction would take it from
	referred bool
}

// disjoint orders leaks and leaves the first of those that overlap, made as
// long as all of them.
func disjoint(leaks []leak) []leak {
	slices.SortFunc(leaks, func(a, b leak) int {
		return cmp.Or(cmp.Compare(a.at.from, b.at.from), cmp.Compare(b.at.to, a.at.to), cmp.Compare(a.name, b.name))
	})
	kept := leaks[:0]
	for _, l := range leaks {
		if n := len(kept) - 1; n >= 0 && kept[n].at.meets(l.at) {
			kept[n].at.to = max(kept[n].at.to, l.at.to)
			kept[n].referred = kept[n].referred && l.referred
			continue
		}
		kept = append(kept, l)
	}
	return kept
}

func spansOf(leaks []leak, referred bool) []span {
	var spans []span
	for _, l := range leaks {
		if referred || !l.referred {
			spans = append(spans, l.at)
		}
	}
	return spans
}

// replaced returns the text with what stands at the spans, in order, replaced.
func (j *joined) replaced(spans []span, by func(lo int, s span) string) string {
	var b strings.Builder
	done := 0
	for _, s := range spans {
		if lo, hi, ok := j.find(s); ok && lo >= done {
			b.WriteString(j.text[done:lo])
			b.WriteString(by(lo, s))
			done = hi
		}
	}
	return b.String() + j.text[done:]
}

// inBody reports whether a span lies in a heredoc.
func (ins *instruction) inBody(s span) bool {
	return slices.ContainsFunc(ins.bodies, func(h heredoc) bool { _, _, ok := h.find(s); return ok })
}

// nameAt returns the name of what is assigned the value at s.
func (ins *instruction) nameAt(t *text, s span, h *scanner.Hit) string {
	if lo, _, ok := ins.find(s); ok {
		for _, p := range ins.pairs {
			if p.nameAt <= lo && lo <= p.hi {
				return p.name
			}
		}
	}
	before := t.all[t.line(t.lineAt(s.from)).from:s.from]
	before = before[max(0, len(before)-200):]
	if m := assigned.FindStringSubmatch(before); m != nil && !strings.Contains(before[strings.LastIndexAny(before, " \t\"'")+1:], "://") {
		return m[1] + m[2]
	}
	return cmp.Or(h.Rule.ID, "secret")
}

// assigned matches what ends where a value begins: NAME=, name: or --name.
var assigned = regexp.MustCompile(`(?:--([A-Za-z][\w-]*)[=\s]["']?|([A-Za-z_][\w-]*)["']?(?:=|:[ \t]*)["']?)$`)

// nameOf makes a variable's name of any name.
func nameOf(name string) string {
	name = strings.Trim(strings.ToUpper(notName.ReplaceAllString(name, "_")), "_")
	if name == "" || name[0] >= '0' && name[0] <= '9' {
		name = "SECRET_" + name
	}
	return cut(strings.TrimSuffix(name, "_"), 60)
}

var notName = regexp.MustCompile(`\W+`)

// A rewriting makes one instruction need no secret.
type rewriting struct {
	ins   *instruction
	leaks []leak
	names []string
}

// fix returns the instruction rewritten to be safe. It holds nothing of what
// leaks.
func (f *file) fix(ins *instruction, leaks []leak) string {
	r := rewriting{ins: ins, leaks: leaks}
	for _, l := range leaks {
		if name := nameOf(l.name); !slices.Contains(r.names, name) {
			r.names = append(r.names, name)
		}
	}
	if len(r.names) == 0 {
		return ""
	}
	text := ins.name + " ..."
	if len(leaks) <= maxLeaks {
		text = r.rewrite()
	}
	if ins.onbuild {
		text = "ONBUILD " + text
	}
	return cut(strings.Join(strings.FieldsFunc(text, func(c rune) bool { return c == '\n' }), "\n"), 2*maxShown)
}

func (r *rewriting) rewrite() string {
	switch r.ins.name {
	case "RUN":
		return r.run() + r.build()
	case "ARG":
		return r.without("ARG") + "RUN " + r.mounts() + "..." + r.build()
	case "ENV":
		return r.without("ENV") + r.start()
	case "LABEL":
		return cmp.Or(r.without("LABEL"), "# no LABEL: anyone who can pull the image reads it")
	case "COPY", "ADD":
		return r.copy()
	case "CMD", "ENTRYPOINT", "HEALTHCHECK":
		return r.command() + "\n" + r.start()
	}
	return r.text()
}

// mounts are the flags that give a RUN its secrets.
func (r *rewriting) mounts() string {
	var b strings.Builder
	for _, name := range r.names {
		fmt.Fprintf(&b, "--mount=type=secret,id=%s,env=%s ", strings.ToLower(name), name)
	}
	return b.String()
}

// build is the command that hands a build its secrets.
func (r *rewriting) build() string {
	var b strings.Builder
	for _, name := range r.names {
		fmt.Fprintf(&b, " --secret id=%s,env=%s", strings.ToLower(name), name)
	}
	return "\n# docker build" + b.String() + " ."
}

// start is the command that hands a container its secrets.
func (r *rewriting) start() string {
	return "# docker run --env " + strings.Join(r.names, " --env ") + " ..."
}

// without returns the instruction without the pairs that leak, empty if there
// are no others.
func (r *rewriting) without(name string) string {
	var kept []string
	for _, p := range r.ins.pairs {
		at := r.ins.span(p.nameAt, max(p.hi, p.nameAt+1))
		if slices.ContainsFunc(r.leaks, func(l leak) bool { return l.at.meets(at) }) {
			continue
		}
		text := p.name
		if p.assigned {
			text += "=" + r.ins.joined.text[p.lo:p.hi]
		}
		kept = append(kept, text)
	}
	if len(kept) == 0 {
		return ""
	}
	return name + " " + strings.Join(kept, " ") + "\n"
}

// text returns the instruction with references to variables instead of what
// leaks.
func (r *rewriting) text() string {
	return strings.TrimSpace(withoutOnbuild.ReplaceAllString(r.ins.replaced(spansOf(r.leaks, false), r.reference), ""))
}

var withoutOnbuild = regexp.MustCompile(`(?i)^\s*ONBUILD\s+`)

// reference returns what stands for the leak at s of the file and lo of the
// text, with regard to the quotes that are open there.
func (r *rewriting) reference(lo int, s span) string {
	name := ""
	for _, l := range r.leaks {
		if l.at == s {
			name = "$" + nameOf(l.name)
		}
	}
	var quote byte
	for text, i := r.ins.joined.text, 0; i < lo; i++ {
		switch c := text[i]; {
		case c == '\\' && quote != '\'':
			i++
		case (c == '\'' || c == '"') && (quote == 0 || quote == c):
			quote ^= c
		}
	}
	switch {
	case quote == '\'' && !r.ins.json:
		return `'"` + name + `"'`
	case strings.HasPrefix(r.ins.joined.text[min(lo+s.to-s.from, len(r.ins.joined.text)):], "_"):
		return "${" + name[1:] + "}"
	}
	return name
}

var commandParts = regexp.MustCompile(`(?s)^(\w+)((?:\s+--\S+)*)\s*(.*)$`)

// parts returns the command, its flags and its arguments, a JSON array of them
// as a shell would take it.
func (r *rewriting) parts() (name, flags, args string) {
	m := commandParts.FindStringSubmatch(r.text())
	if m == nil {
		return r.ins.name, "", "..."
	}
	name, flags, args = m[1], m[2], m[3]
	var words []string
	if start := strings.IndexByte(args, '['); r.ins.json && start >= 0 && json.Unmarshal([]byte(args[start:]), &words) == nil {
		args = args[:start] + shellLine(words)
	}
	return name, flags, args
}

// shellLine returns a command as one line for a shell; a variable in it counts.
func shellLine(words []string) string {
	if len(words) == 3 && words[1] == "-c" && strings.HasSuffix(words[0], "sh") {
		return words[2]
	}
	quoted := make([]string, len(words))
	for i, w := range words {
		if quoted[i] = w; w == "" || strings.ContainsAny(w, " \t\n\"'\\`;&|<>()*?#~!{}[]") {
			quoted[i] = `"` + shellQuotes.Replace(w) + `"`
		}
	}
	return strings.Join(quoted, " ")
}

var shellQuotes = strings.NewReplacer(`\`, `\\`, `"`, `\"`, "`", "\\`")

func (r *rewriting) run() string {
	name, flags, args := r.parts()
	text := name + " " + r.mounts() + strings.TrimSpace(flags+" "+args)
	for _, b := range r.ins.bodies {
		body := b.replaced(spansOf(r.leaks, false), func(_ int, s span) string {
			for _, l := range r.leaks {
				if l.at == s {
					return "$" + nameOf(l.name)
				}
			}
			return ""
		})
		text += "\n" + strings.TrimSuffix(body, "\n") + "\n" + b.name
	}
	return text
}

func (r *rewriting) command() string {
	name, flags, args := r.parts()
	if r.ins.json && name != "HEALTHCHECK" {
		args = "exec " + args
	}
	return strings.TrimSpace(name + flags + " " + args)
}

// copy rewrites COPY and ADD: what a heredoc holds becomes a mounted secret, a
// remote source is fetched with one.
func (r *rewriting) copy() string {
	dest := r.ins.dest()
	if slices.ContainsFunc(r.leaks, func(l leak) bool { return r.ins.inBody(l.at) }) {
		id := strings.ToLower(nameOf(path.Base(dest)))
		return fmt.Sprintf("RUN --mount=type=secret,id=%s,target=%s ...\n# docker build --secret id=%s,src=FILE .", id, dest, id)
	}
	_, flags, args := r.parts()
	args = userInfo.ReplaceAllString(args, "$1")
	if strings.Contains(args, ".git") {
		return r.ins.name + flags + " " + args + "\n# docker build --secret id=GIT_AUTH_TOKEN,env=GIT_AUTH_TOKEN ."
	}
	if fields := strings.Fields(args); len(fields) == 2 && strings.Contains(fields[0], "://") {
		return "RUN --mount=type=secret,id=netrc,target=/root/.netrc curl -fsSL --netrc -o " + fields[1] + " " + fields[0] +
			"\n# docker build --secret id=netrc,src=$HOME/.netrc ."
	}
	return r.ins.name + flags + " " + args
}

var userInfo = regexp.MustCompile(`(://)[^/\s@]*@`)

// fix returns what to write instead of taking the file at a path of the
// context.
func (t *taken) fix(rel string) string {
	id := strings.ToLower(nameOf(path.Base(rel)))
	target := t.dest
	if strings.HasSuffix(target, "/") || target == "." || path.Ext(target) == "" && path.Base(target) != path.Base(rel) {
		target = path.Join(target, path.Base(rel))
	}
	return cut(fmt.Sprintf("RUN --mount=type=secret,id=%s,target=%s ...\n# docker build --secret id=%s,src=%s .\n# .dockerignore: %s",
		id, target, id, rel, rel), maxShown)
}
