package rules

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// defaultReach bounds the matches of an expression that has no bound itself.
const defaultReach = 4 << 10

// A File is what one TOML file says: its own rules and what it asks of the
// built-in ones.
type File struct {
	Set *Set
	// Builtin: the built-in rules are wanted beside these.
	Builtin bool
	// Disable names rules, built-in or of a file, that are not wanted.
	Disable []string
	// Warnings are things a foreign format says that have no effect here.
	Warnings []string
}

// Load reads rules in sluice's own format. The name stands in errors and in
// Rule.Source. Every error is "name:line: what is wrong"; several are joined.
func Load(name, text string) (*File, error) {
	var doc document
	meta, err := toml.Decode(text, &doc)
	at := locator{name: name, lines: strings.Split(text, "\n")}
	if err != nil {
		return nil, at.syntax(err)
	}
	var errs []error
	for _, key := range meta.Undecoded() {
		errs = append(errs, fmt.Errorf("%s: unknown key %q", at.key(key), key))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	rs := make([]*Rule, 0, len(doc.Rules))
	for i := range doc.Rules {
		r, err := doc.Rules[i].rule()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: rule %q: %w", at.table("rules", i), doc.Rules[i].ID, err))
			continue
		}
		r.Source = at.table("rules", i)
		rs = append(rs, r)
	}
	allow := make([]Allowlist, 0, len(doc.Allow))
	for i := range doc.Allow {
		a, err := doc.Allow[i].allowlist()
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at.table("allow", i), err))
		}
		allow = append(allow, a)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	set, err := NewSet(rs, allow)
	if err != nil {
		return nil, err
	}
	return &File{Set: set, Builtin: doc.Extend.Builtin == nil || *doc.Extend.Builtin, Disable: doc.Extend.Disable}, nil
}

// document mirrors the TOML; what is optional and has a default that is not
// the zero value is a pointer.
type document struct {
	Extend struct {
		Builtin *bool    `toml:"builtin"`
		Disable []string `toml:"disable"`
	} `toml:"extend"`
	Rules []ruleTable  `toml:"rules"`
	Allow []allowTable `toml:"allow"`
}

type ruleTable struct {
	ID          string       `toml:"id"`
	Title       string       `toml:"title"`
	Description string       `toml:"description"`
	Kind        Kind         `toml:"kind"`
	Severity    *Severity    `toml:"severity"`
	Confidence  *Confidence  `toml:"confidence"`
	Provider    string       `toml:"provider"`
	Tags        []string     `toml:"tags"`
	Keywords    []string     `toml:"keywords"`
	Near        []string     `toml:"near"`
	Unanchored  bool         `toml:"unanchored"`
	Regex       string       `toml:"regex"`
	SecretGroup *int         `toml:"secret_group"`
	Reach       int          `toml:"reach"`
	Entropy     float64      `toml:"entropy"`
	Checksum    string       `toml:"checksum"`
	Judge       string       `toml:"judge"`
	Paths       []string     `toml:"paths"`
	Allow       []allowTable `toml:"allow"`
	Pairs       []struct {
		Rule     string `toml:"rule"`
		Bytes    int    `toml:"bytes"`
		Lines    int    `toml:"lines"`
		Required bool   `toml:"required"`
	} `toml:"pairs"`
	References  []string    `toml:"references"`
	Remediation Remediation `toml:"remediation"`
	Match       []string    `toml:"match"`
	NoMatch     []string    `toml:"nomatch"`
	ExamplePath string      `toml:"example_path"`
}

type allowTable struct {
	Description string   `toml:"description"`
	Condition   string   `toml:"condition"`
	Regexes     []string `toml:"regexes"`
	Target      string   `toml:"target"`
	StopWords   []string `toml:"stopwords"`
	Paths       []string `toml:"paths"`
	Commits     []string `toml:"commits"`
	Rules       []string `toml:"rules"`
}

var idShape = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)

func (t *ruleTable) rule() (*Rule, error) {
	r := &Rule{
		ID: t.ID, Title: t.Title, Description: t.Description, Kind: t.Kind, Severity: Medium, Confidence: Plausible,
		Provider: t.Provider, Tags: t.Tags, Expr: t.Regex, Entropy: t.Entropy, Checksum: t.Checksum, Judge: t.Judge,
		References: t.References, Remediation: t.Remediation,
		Match: examples(t.ID, t.Match), NoMatch: examples(t.ID, t.NoMatch), ExamplePath: t.ExamplePath,
	}
	if t.Severity != nil {
		r.Severity = *t.Severity
	}
	if t.Confidence != nil {
		r.Confidence = *t.Confidence
	}
	var err error
	switch {
	case !idShape.MatchString(t.ID):
		return nil, fmt.Errorf("the id must be lower-case words joined by hyphens")
	case t.Title == "":
		return nil, errors.New("a title is missing")
	case t.Regex == "" && len(t.Paths) == 0:
		return nil, errors.New("neither regex nor paths is given")
	case t.Checksum != "" && checksums[t.Checksum].valid == nil:
		return nil, fmt.Errorf("unknown checksum %q", t.Checksum)
	case t.Judge != "" && !slices.Contains(judges, t.Judge):
		return nil, fmt.Errorf("unknown judge %q (one of %v)", t.Judge, judges)
	case t.Reach < 0 || t.Reach > MaxReach:
		return nil, fmt.Errorf("reach %d is not within 0 and %d", t.Reach, MaxReach)
	}
	if r.Paths, err = compileAll(t.Paths); err != nil {
		return nil, fmt.Errorf("paths: %w", err)
	}
	for i := range t.Allow {
		a, err := t.Allow[i].allowlist()
		if err != nil {
			return nil, err
		}
		r.Allow = append(r.Allow, a)
	}
	for _, p := range t.Pairs {
		r.Pairs = append(r.Pairs, Pair{Rule: p.Rule, Bytes: p.Bytes, Lines: p.Lines, Required: p.Required})
	}
	if t.Regex == "" {
		return r, nil
	}
	if r.SecretGroup, err = secretGroup(t.Regex, t.SecretGroup); err != nil {
		return nil, err
	}
	return r, r.anchor(t)
}

// anchor derives the literals that the matcher looks for from the expression
// and from what the table says of it.
func (r *Rule) anchor(t *ruleTable) error {
	r.compile = lazily(r.Expr)
	derived, longest, err := derive(r.Expr)
	if err != nil {
		return err
	}
	reach := cmp.Or(t.Reach, defaultReach)
	switch {
	case t.Unanchored:
		r.Anchoring = Everywhere
	case len(t.Near) > 0:
		r.Anchoring, r.Keywords = Near, t.Near
		for _, k := range t.Near {
			r.anchors = append(r.anchors, Anchor{Literal: strings.ToLower(k), Before: NearReach, After: NearReach})
		}
	case len(t.Keywords) > 0:
		r.Keywords = t.Keywords
		r.anchors = anchorsAt(t.Keywords, derived, min(longest, reach))
	case derived == nil:
		return errNoAnchor
	default:
		r.anchors = derived
	}
	for i := range r.anchors {
		a := &r.anchors[i]
		if len(a.Literal) < 2 {
			return fmt.Errorf("the anchor %q is too short", a.Literal)
		}
		if r.Anchoring == Inside {
			a.BeforeMin, a.Before, a.After = min(a.BeforeMin, reach), min(a.Before, reach), min(a.After, reach)
		}
	}
	return nil
}

// anchorsAt anchors an expression by the keywords its author names, with the
// offsets of the derived anchors where they are the same literals.
func anchorsAt(keywords []string, derived []Anchor, longest int) []Anchor {
	as := make([]Anchor, 0, len(keywords))
	for _, k := range keywords {
		a := Anchor{Literal: strings.ToLower(k), Before: longest, After: longest}
		if i := slices.IndexFunc(derived, func(d Anchor) bool { return d.Literal == a.Literal }); i >= 0 {
			a = derived[i]
		}
		as = append(as, a)
	}
	return as
}

func secretGroup(expr string, given *int) (int, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return 0, err
	}
	named := slices.Index(parsed.CapNames(), "secret")
	switch {
	case given == nil:
		return max(named, 0), nil
	case named > 0:
		return 0, errors.New("both secret_group and a group named secret are given")
	case *given < 0 || *given > parsed.MaxCap():
		return 0, fmt.Errorf("secret_group %d: the expression has %d groups", *given, parsed.MaxCap())
	}
	return *given, nil
}

func (t *allowTable) allowlist() (Allowlist, error) {
	a := Allowlist{Description: t.Description, Commits: t.Commits, Rules: t.Rules}
	switch t.Condition {
	case "", "any":
	case "all":
		a.All = true
	default:
		return a, fmt.Errorf("allow: unknown condition %q (any or all)", t.Condition)
	}
	targets := map[string]Target{"": OnSecret, "secret": OnSecret, "match": OnMatch, "line": OnLine}
	target, ok := targets[t.Target]
	if !ok {
		return a, fmt.Errorf("allow: unknown target %q (secret, match or line)", t.Target)
	}
	a.Target = target
	for _, w := range t.StopWords {
		a.StopWords = append(a.StopWords, strings.ToLower(w))
	}
	var err error
	if a.Regexes, err = compileAll(t.Regexes); err != nil {
		return a, fmt.Errorf("allow: %w", err)
	}
	if a.Paths, err = compileAll(t.Paths); err != nil {
		return a, fmt.Errorf("allow: %w", err)
	}
	if len(a.Regexes)+len(a.Paths)+len(a.StopWords)+len(a.Commits) == 0 {
		return a, errors.New("allow: nothing is allowed")
	}
	return a, nil
}

func compileAll(exprs []string) ([]*regexp.Regexp, error) {
	var out []*regexp.Regexp
	for _, e := range exprs {
		re, err := regexp.Compile(e)
		if err != nil {
			return nil, err
		}
		out = append(out, re)
	}
	return out, nil
}
