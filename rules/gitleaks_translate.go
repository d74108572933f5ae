package rules

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"regexp/syntax"
	"slices"
	"strings"
)

// A translation turns a configuration of gitleaks into rules of ours.
type translation struct {
	*gitleaks
	config  *gitleaksConfig
	base    *Set                // the built-in rules; nil: not wanted
	ids     map[string][]string // of gitleaks' own rules, those of ours
	rules   []*Rule
	disable map[string]bool // of the built-in rules
}

func newTranslation(g *gitleaks, c *gitleaksConfig) (*translation, error) {
	t := &translation{gitleaks: g, config: c, disable: map[string]bool{}}
	whole := func(r *gitleaksRule) bool { return r.Regex != "" || r.Path != "" }
	if !c.builtin && !slices.ContainsFunc(c.rules, whole) {
		g.warn(c.name+":1", "no rule with a regex or a path, and nothing that has any is extended: the built-in rules are used")
		c.builtin = true
	}
	if !c.builtin {
		return t, nil
	}
	var err error
	if t.base, err = g.builtin(); err != nil {
		return nil, err
	}
	t.ids, err = gitleaksIDs()
	return t, err
}

func (t *translation) file() (*File, error) {
	for _, d := range t.config.disabled {
		for _, r := range t.ours(d.id) {
			t.disable[r.ID] = true
		}
		if !d.met && !t.known(d.id) {
			t.warn(d.where, "disabledRules: there is no rule %q", d.id)
		}
	}
	for _, r := range t.config.rules {
		if bases := t.bases(r); t.standsAlone(r) {
			for _, b := range bases {
				t.disable[b.ID] = true
			}
		}
	}
	t.disableDependents()
	var errs []error
	for _, r := range t.config.rules {
		errs = append(errs, t.add(r))
	}
	set := &Set{rules: t.rules, allow: t.allowlists()}
	if err := errors.Join(append(errs, set.index())...); err != nil {
		return nil, err
	}
	// A rule of the file that has the id of a built-in one is in its place
	// already.
	unwanted := slices.DeleteFunc(slices.Sorted(maps.Keys(t.disable)), func(id string) bool { return set.Rule(id) != nil })
	return &File{Set: set, Builtin: t.base != nil, Disable: unwanted, Warnings: t.warnings}, nil
}

// ours returns the built-in rules that an id means: one of gitleaks', else one
// of ours.
func (t *translation) ours(id string) []*Rule {
	if t.base == nil {
		return nil
	}
	meant, theirs := t.ids[id]
	if !theirs {
		meant = []string{id}
	}
	var out []*Rule
	for _, our := range meant {
		if r := t.base.Rule(our); r != nil {
			out = append(out, r)
		}
	}
	return out
}

// known reports whether an id is that of a built-in rule, of gitleaks or ours.
func (t *translation) known(id string) bool {
	_, theirs := t.ids[id]
	return theirs || len(t.ours(id)) > 0
}

// bases returns the built-in rules that a rule of the file changes or
// replaces.
func (t *translation) bases(r *gitleaksRule) []*Rule {
	if t.config.disables(r.ID) {
		return nil
	}
	return t.ours(r.ID)
}

// standsAlone reports whether a rule of the file becomes one under its own id.
func (t *translation) standsAlone(r *gitleaksRule) bool {
	return r.Regex != "" || r.Path != "" && len(t.bases(r)) == 0
}

// named returns the ids, in the finished set, of the rules that an id in the
// configuration means.
func (t *translation) named(id string) []string {
	if i := t.config.index(id); i >= 0 && t.standsAlone(t.config.rules[i]) {
		return []string{id}
	}
	var out []string
	for _, r := range t.ours(id) {
		if !t.disable[r.ID] {
			out = append(out, r.ID)
		}
	}
	return out
}

// disableDependents disables the built-in rules that find nothing without a
// disabled one.
func (t *translation) disableDependents() {
	for more := t.base != nil; more; {
		more = false
		for _, r := range t.base.Rules() {
			for _, p := range r.Pairs {
				if p.Required && t.disable[p.Rule] && t.config.index(p.Rule) < 0 && !t.disable[r.ID] {
					t.warn(t.config.name+":1", "the built-in rule %q is disabled with %q, which it needs beside it", r.ID, p.Rule)
					t.disable[r.ID], more = true, true
				}
			}
		}
	}
}

// add adds what a rule of the file becomes.
func (t *translation) add(r *gitleaksRule) error {
	bases := t.bases(r)
	switch {
	case t.standsAlone(r):
		own, err := t.rule(r)
		if err != nil {
			return err
		}
		if len(bases) > 0 {
			own.inherit(bases[0])
		}
		t.rules = append(t.rules, own)
	case t.base == nil:
		return fmt.Errorf("%s: rule %q: neither regex nor path is given", r.source, r.ID)
	case len(bases) == 0:
		t.warn(r.source, "rule %q has no effect: it has neither regex nor path, and there is no built-in rule for it", r.ID)
	}
	if !t.standsAlone(r) {
		for _, b := range bases {
			t.change(b, r)
		}
	}
	return nil
}

// rule makes a rule out of what the file says of it.
func (t *translation) rule(r *gitleaksRule) (*Rule, error) {
	title, _, _ := strings.Cut(strings.TrimSpace(r.Description), "\n")
	own := &Rule{
		ID: r.ID, Title: cmp.Or(title, r.ID), Description: r.Description, Severity: Medium, Confidence: Plausible,
		Tags: r.Tags, Expr: r.Regex, SecretGroup: -1, Entropy: r.Entropy, Paths: r.paths(), Allow: r.allow,
		Pairs: t.pairs(r), Source: r.source,
	}
	if r.SkipReport {
		own.Kind = Identifier
	}
	if r.Regex == "" {
		own.SecretGroup = 0
		return own, nil
	}
	if r.SecretGroup != 0 {
		var err error
		if own.SecretGroup, err = groupOf(r); err != nil {
			return nil, err
		}
	}
	if err := own.anchorLoosely(r.Keywords); err != nil {
		return nil, fmt.Errorf("%s: rule %q: %w", r.source, r.ID, err)
	}
	if own.Anchoring == Everywhere {
		t.warn(r.source, "rule %q is slow: no literal stands in every match, and it names no keywords", r.ID)
	}
	return own, nil
}

func groupOf(r *gitleaksRule) (int, error) {
	parsed, err := syntax.Parse(r.Regex, syntax.Perl)
	if err != nil {
		return 0, fmt.Errorf("%s: rule %q: %w", r.source, r.ID, err)
	}
	if n := parsed.MaxCap(); r.SecretGroup < 0 || r.SecretGroup > n {
		return 0, fmt.Errorf("%s: rule %q: secretGroup %d: the expression has %d groups", r.group, r.ID, r.SecretGroup, n)
	}
	return r.SecretGroup, nil
}

func (r *gitleaksRule) paths() []*Pattern {
	if r.Path == "" {
		return nil
	}
	return []*Pattern{{expr: r.Path}} // which was checked when it was read
}

// inherit takes over from the rule whose place r takes what does not hang on
// its expression.
func (r *Rule) inherit(base *Rule) {
	if r.Description == "" {
		r.Title, r.Description = base.Title, base.Description
	}
	r.Severity, r.Provider, r.Generic = base.Severity, base.Provider, base.Generic
	r.References, r.Remediation = base.References, base.Remediation
	r.Tags = slices.Concat(base.Tags, r.Tags)
	r.Allow = slices.Concat(base.Allow, r.Allow)
}

// change lays what the file says of a built-in rule over that rule.
func (t *translation) change(base *Rule, r *gitleaksRule) {
	if i := t.config.index(base.ID); t.disable[base.ID] || i >= 0 && t.standsAlone(t.config.rules[i]) {
		return
	}
	i := slices.IndexFunc(t.rules, func(done *Rule) bool { return done.ID == base.ID })
	if i < 0 {
		i = len(t.rules)
		t.rules = append(t.rules, base)
	}
	changed := *t.rules[i]
	changed.Description = cmp.Or(r.Description, changed.Description)
	changed.Entropy = cmp.Or(r.Entropy, changed.Entropy)
	changed.Tags = slices.Concat(changed.Tags, r.Tags)
	changed.Allow = slices.Concat(changed.Allow, r.allow)
	changed.Pairs = slices.Concat(changed.Pairs, t.pairs(r))
	changed.Source = r.source
	if r.Path != "" {
		changed.Paths = r.paths()
	}
	if r.SkipReport {
		changed.Kind = Identifier
	}
	if r.SecretGroup != 0 {
		t.warn(r.group, "secretGroup has no effect: the built-in rule %q has another expression", base.ID)
	}
	t.rules[i] = &changed
}

// pairs names the rules that must find something near.
func (t *translation) pairs(r *gitleaksRule) []Pair {
	var out []Pair
	for _, q := range r.Required {
		ids := t.named(q.ID)
		if len(ids) != 1 {
			t.warn(q.where, "required has no effect: %d rules answer to %q", len(ids), q.ID)
			continue
		}
		p := Pair{Rule: ids[0], Required: true}
		if q.WithinLines != nil {
			p.Lines = max(*q.WithinLines, 1)
			if *q.WithinLines < 1 {
				t.warn(q.where, "withinLines = %d is read as 1", *q.WithinLines)
			}
		}
		if q.WithinColumns != nil {
			t.warn(q.where, "withinColumns has no effect")
		}
		out = append(out, p)
	}
	return out
}

// allowlists returns the allow lists of the whole set. One for rules that are
// not there is left out: it must not become one for all.
func (t *translation) allowlists() []Allowlist {
	var out []Allowlist
	for _, a := range t.config.allow {
		for _, id := range a.targets {
			ids := t.named(id)
			if len(ids) == 0 && !t.known(id) {
				t.warn(a.where, "targetRules: there is no rule %q", id)
			}
			a.Rules = append(a.Rules, ids...)
		}
		if len(a.targets) == 0 || len(a.Rules) > 0 {
			out = append(out, a.Allowlist)
		}
	}
	return out
}
