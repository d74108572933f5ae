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

// gitleaksDocument mirrors the TOML of gitleaks, whose keys ignore case. An
// allow list can be a table or an array of tables under either name.
type gitleaksDocument struct {
	Title      string           `toml:"title"`
	MinVersion string           `toml:"minVersion"`
	Extend     gitleaksExtend   `toml:"extend"`
	Rules      []toml.Primitive `toml:"rules"` // gitleaksRule
	Allowlist  *toml.Primitive  `toml:"allowlist"`
	Allowlists *toml.Primitive  `toml:"allowlists"`
}

type gitleaksExtend struct {
	UseDefault    bool       `toml:"useDefault"`
	Path          string     `toml:"path"`
	URL           string     `toml:"url"`
	DisabledRules stringList `toml:"disabledRules"`
}

type gitleaksRule struct {
	ID          string             `toml:"id"`
	Description string             `toml:"description"`
	Regex       string             `toml:"regex"`
	SecretGroup int                `toml:"secretGroup"` // 0: the first that is not empty
	Entropy     float64            `toml:"entropy"`
	Path        string             `toml:"path"`
	Keywords    stringList         `toml:"keywords"`
	Tags        stringList         `toml:"tags"`
	SkipReport  bool               `toml:"skipReport"`
	Required    []gitleaksRequired `toml:"required"`
	Allowlist   *toml.Primitive    `toml:"allowlist"`
	Allowlists  *toml.Primitive    `toml:"allowlists"`

	source  string // file:line of the table
	group   string // file:line of secretGroup
	unnamed bool   // the id was made from the description
	allow   []Allowlist
}

type gitleaksRequired struct {
	ID            string `toml:"id"`
	WithinLines   *int   `toml:"withinLines"`
	WithinColumns *int   `toml:"withinColumns"`

	where string
}

type gitleaksAllowTable struct {
	Description string     `toml:"description"`
	Condition   string     `toml:"condition"`
	Regexes     stringList `toml:"regexes"`
	RegexTarget string     `toml:"regexTarget"`
	StopWords   stringList `toml:"stopwords"`
	Paths       stringList `toml:"paths"`
	Commits     stringList `toml:"commits"`
	TargetRules stringList `toml:"targetRules"`
}

// A gitleaksAllow is an allow list whose rules are still named as gitleaks
// names them.
type gitleaksAllow struct {
	Allowlist
	targets []string
	where   string
}

// A stringList takes one string for a list of one.
type stringList []string

// UnmarshalTOML implements toml.Unmarshaler.
func (l *stringList) UnmarshalTOML(value any) error {
	values, ok := value.([]any)
	if !ok {
		values = []any{value}
	}
	for _, v := range values {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("a list of strings holds %v", v)
		}
		*l = append(*l, s)
	}
	return nil
}

// A gitleaksParser reads the tables of one file.
type gitleaksParser struct {
	*gitleaks
	meta    *toml.MetaData
	at      *locator
	errs    []error
	unnamed int // rules
}

func (p *gitleaksParser) fail(path, what string, err error) {
	p.errs = append(p.errs, p.at.wrong(path, what, err))
}

// rule reads a rule, nil where that is wrong.
func (p *gitleaksParser) rule(path string, raw toml.Primitive) *gitleaksRule {
	r := &gitleaksRule{source: p.at.at(path), group: p.at.at(path + ".secretGroup")}
	if err := p.meta.PrimitiveDecode(raw, r); err != nil {
		p.errs = append(p.errs, p.at.decoding(path, err))
		return nil
	}
	if r.ID == "" {
		r.unnamed = true
		p.unnamed++
		r.ID = strings.Trim(notID.ReplaceAllString(strings.ToLower(r.Description), "-"), "-")
	}
	for _, a := range slices.Concat(p.allowlists(path+".allowlist", r.Allowlist), p.allowlists(path+".allowlists", r.Allowlists)) {
		if len(a.targets) > 0 {
			p.warn(a.where, "targetRules has no effect in the allow list of a rule")
		}
		r.allow = append(r.allow, a.Allowlist)
	}
	for i := range r.Required {
		r.Required[i].where = p.at.at(fmt.Sprintf("%s.required[%d]", path, i))
	}
	if err := r.check(); err != nil {
		p.fail(path, fmt.Sprintf("rule %q", r.ID), err)
		return nil
	}
	return r
}

var notID = regexp.MustCompile(`[^\pL\pN]+`)

func (r *gitleaksRule) check() error {
	if r.ID == "" {
		return errors.New("neither id nor description is given")
	}
	if _, err := syntax.Parse(r.Regex, syntax.Perl); err != nil {
		return inKey("regex", err)
	}
	if err := roomToPin(r.Regex); err != nil {
		return inKey("regex", err)
	}
	if _, err := NewPattern(r.Path); err != nil {
		return inKey("path", err)
	}
	for i, q := range r.Required {
		if q.ID == "" {
			return inKey(fmt.Sprintf("required[%d]", i), errors.New("required names no rule"))
		}
	}
	return nil
}

// inherit takes over what a rule does not say from the one of its id in the
// file that its own extends.
func (r *gitleaksRule) inherit(base *gitleaksRule) {
	r.Description = cmp.Or(r.Description, base.Description)
	r.Regex = cmp.Or(r.Regex, base.Regex)
	if r.SecretGroup == 0 {
		r.SecretGroup, r.group = base.SecretGroup, base.group
	}
	r.Entropy = cmp.Or(r.Entropy, base.Entropy)
	r.Path = cmp.Or(r.Path, base.Path)
	r.SkipReport = r.SkipReport || base.SkipReport
	r.Keywords = slices.Concat(base.Keywords, r.Keywords)
	r.Tags = slices.Concat(base.Tags, r.Tags)
	r.Required = slices.Concat(base.Required, r.Required)
	r.allow = slices.Concat(base.allow, r.allow)
}

// allowlists reads a table or an array of tables. A list that names nothing is
// left out.
func (p *gitleaksParser) allowlists(path string, raw *toml.Primitive) []gitleaksAllow {
	if raw == nil {
		return nil
	}
	var out []gitleaksAllow
	tables, paths := p.oneOrMany(path, *raw)
	for i, raw := range tables {
		var t gitleaksAllowTable
		if err := p.meta.PrimitiveDecode(raw, &t); err != nil {
			p.errs = append(p.errs, p.at.decoding(paths[i], err))
			continue
		}
		where := p.at.at(paths[i])
		if t.dropEmpty() {
			p.warn(where, "an empty string, which would allow everything, has no effect")
		}
		a, err := t.allowlist()
		a.where = where
		switch {
		case err != nil:
			p.fail(paths[i], "allow list", err)
		case a.empty():
			p.warn(where, "the allow list names nothing")
		default:
			out = append(out, a)
		}
	}
	return out
}

// oneOrMany returns the tables under a key, be it a table or an array of them,
// and the path of each.
func (p *gitleaksParser) oneOrMany(path string, raw toml.Primitive) (tables []toml.Primitive, paths []string) {
	if err := p.meta.PrimitiveDecode(raw, &tables); err != nil {
		return []toml.Primitive{raw}, []string{path}
	}
	for i := range tables {
		paths = append(paths, fmt.Sprintf("%s[%d]", path, i))
	}
	return tables, paths
}

// dropEmpty drops the conditions that hold for everything, and reports whether
// there were any.
func (t *gitleaksAllowTable) dropEmpty() bool {
	dropped := false
	for _, list := range []*stringList{&t.Regexes, &t.Paths, &t.StopWords} {
		n := len(*list)
		*list = slices.DeleteFunc(*list, func(s string) bool { return s == "" })
		dropped = dropped || len(*list) < n
	}
	return dropped
}

func (t *gitleaksAllowTable) allowlist() (gitleaksAllow, error) {
	a := gitleaksAllow{Allowlist: Allowlist{Description: t.Description}, targets: t.TargetRules}
	switch strings.ToUpper(t.Condition) {
	case "", "OR", "||":
	case "AND", "&&":
		a.All = true
	default:
		return a, inKey("condition", fmt.Errorf("unknown condition %q (OR or AND)", t.Condition))
	}
	switch strings.ToLower(t.RegexTarget) {
	case "", "secret":
	case "match":
		a.Target = OnMatch
	case "line":
		a.Target = OnLine
	default:
		return a, inKey("regexTarget", fmt.Errorf("unknown regexTarget %q (secret, match or line)", t.RegexTarget))
	}
	for _, c := range t.Commits {
		a.Commits = append(a.Commits, strings.ToLower(strings.TrimSpace(c)))
	}
	return a, a.fill(t.Regexes, t.Paths, t.StopWords)
}
