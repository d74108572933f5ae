package rules

import (
	"errors"
	"fmt"
	"path"
	"slices"

	"github.com/BurntSushi/toml"
)

// mostExtended is how many files deep a configuration may extend others, as
// gitleaks documents it.
const mostExtended = 2

// LoadGitleaks reads a configuration of gitleaks 8. A file that extends
// another names it by a path, which open gets as it is written and whose text
// it returns; two files deep is the bound.
//
// What gitleaks documents holds here, with these differences:
//
//   - useDefault means sluice's built-in rules. Where disabledRules,
//     targetRules, required or the id of a rule names one of gitleaks' own
//     rules, it means those of ours that gitleaks_ids.toml lists for it; ours
//     go by their own ids too. A rule without an expression changes them; one
//     with an expression takes their place.
//   - A file without any rule that could find something, its own or extended,
//     gets the built-in ones. Under gitleaks it finds nothing.
//   - A keyword must stand within NearReach of a match, or in it; gitleaks looks
//     for it in the whole fragment, whose size depends on how it reads. Of an
//     expression without a bound, a match extends 4 KiB from its anchor, or
//     MaxReach where that is a long literal.
//   - withinColumns bounds nothing, and withinLines = 0 is read as 1.
//   - skipReport makes the finding an identifier: it is reported, but fails no
//     build.
//   - A rule without an id, as older versions allowed, is called after its
//     description. Of two rules of one id in a file the later one holds.
//   - A list may be written as one string.
//
// Keys that gitleaks does not document have no effect. File.Warnings tells of
// each of these where it matters; errors are like those of Load.
func LoadGitleaks(name, text string, open func(path string) (string, error)) (*File, error) {
	return (&gitleaks{open: open, builtin: Builtin}).load(name, text)
}

// gitleaks reads one configuration and those that it extends.
type gitleaks struct {
	open     func(path string) (string, error)
	builtin  func() (*Set, error)
	trail    []string // the files extended so far
	warnings []string
}

func (g *gitleaks) load(name, text string) (*File, error) {
	c, err := g.read(name, text)
	if err != nil {
		return nil, err
	}
	t, err := newTranslation(g, c)
	if err != nil {
		return nil, err
	}
	return t.file()
}

func (g *gitleaks) warn(where, format string, args ...any) {
	g.warnings = append(g.warnings, where+": "+fmt.Sprintf(format, args...))
}

// A gitleaksConfig is what a file and those it extends say together.
type gitleaksConfig struct {
	name     string
	rules    []*gitleaksRule
	byID     map[string]int
	allow    []gitleaksAllow
	builtin  bool
	disabled []disabled
}

// disabled is a rule that is not wanted from what a file extends.
type disabled struct {
	id, where string
	met       bool // a file had it
}

func (g *gitleaks) read(name, text string) (*gitleaksConfig, error) {
	at := newLocator(name, text)
	var doc gitleaksDocument
	meta, err := toml.Decode(text, &doc)
	if err != nil {
		return nil, at.decoding("", err)
	}
	p := &gitleaksParser{gitleaks: g, meta: &meta, at: at}
	c := &gitleaksConfig{name: name, builtin: doc.Extend.UseDefault, byID: map[string]int{}}
	for i, raw := range doc.Rules {
		if r := p.rule(fmt.Sprintf("rules[%d]", i), raw); r != nil {
			c.add(g, r)
		}
	}
	c.allow = slices.Concat(p.allowlists("allowlist", doc.Allowlist), p.allowlists("allowlists", doc.Allowlists))
	for _, id := range doc.Extend.DisabledRules {
		c.disabled = append(c.disabled, disabled{id: id, where: at.at("extend.disabledRules")})
	}
	if len(p.errs) > 0 {
		return nil, errors.Join(p.errs...)
	}
	if n := p.unnamed; n > 0 {
		g.warn(at.line(1), "rules without an id are called after their descriptions: %d", n)
	}
	for _, unknown := range at.unknown(meta.Undecoded()) {
		g.warnings = append(g.warnings, unknown+": it has no effect")
	}
	return c, g.extend(c, &doc.Extend, at)
}

// add appends a rule, or puts it in the place of an earlier one of its id.
func (c *gitleaksConfig) add(g *gitleaks, r *gitleaksRule) {
	for name, n := r.ID, 2; r.unnamed && c.index(r.ID) >= 0; n++ {
		r.ID = fmt.Sprintf("%s-%d", name, n)
	}
	if i := c.index(r.ID); i >= 0 {
		g.warn(r.source, "rule %q is already defined at %s; this one holds", r.ID, c.rules[i].source)
		c.rules[i] = r
		return
	}
	c.append(r)
}

func (c *gitleaksConfig) append(r *gitleaksRule) {
	c.byID[r.ID] = len(c.rules)
	c.rules = append(c.rules, r)
}

// index returns which rule has an id, -1 if none has.
func (c *gitleaksConfig) index(id string) int {
	if i, ok := c.byID[id]; ok {
		return i
	}
	return -1
}

// disables reports whether rules of that id are not inherited.
func (c *gitleaksConfig) disables(id string) bool {
	return slices.ContainsFunc(c.disabled, func(d disabled) bool { return d.id == id })
}

// extend reads the file that a configuration extends and lays the
// configuration over it.
func (g *gitleaks) extend(c *gitleaksConfig, e *gitleaksExtend, at *locator) error {
	if e.URL != "" {
		g.warn(at.at("extend.url"), "url has no effect: nothing is fetched")
	}
	if e.Path == "" {
		return nil
	}
	where, file := at.at("extend.path"), path.Clean(e.Path)
	switch {
	case e.UseDefault:
		return fmt.Errorf("%s: of path and useDefault only one can be given", where)
	case slices.Contains(g.trail, file):
		return fmt.Errorf("%s: %s extends itself", where, e.Path)
	case len(g.trail) == mostExtended:
		return fmt.Errorf("%s: %s is more than %d files deep", where, e.Path, mostExtended)
	}
	g.trail = append(g.trail, file)
	text, err := g.open(e.Path)
	if err != nil {
		return fmt.Errorf("%s: extend %s: %w", where, e.Path, err)
	}
	base, err := g.read(e.Path, text)
	if err != nil {
		return err
	}
	c.over(base)
	return nil
}

// over adds what a configuration inherits: all that base says, but for what it
// disables and what its own rules say themselves.
func (c *gitleaksConfig) over(base *gitleaksConfig) {
	for i := range c.disabled {
		c.disabled[i].met = base.index(c.disabled[i].id) >= 0
	}
	for _, r := range base.rules {
		switch i := c.index(r.ID); {
		case c.disables(r.ID):
		case i < 0:
			c.append(r)
		default:
			c.rules[i].inherit(r)
		}
	}
	c.allow = append(c.allow, base.allow...)
	c.disabled = append(c.disabled, base.disabled...)
	c.builtin = base.builtin
}
