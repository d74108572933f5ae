package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"
)

// document mirrors the TOML; what is optional and has a default that is not
// the zero value is a pointer.
type document struct {
	Extend struct {
		Builtin *bool    `toml:"builtin"`
		Disable []string `toml:"disable"`
	} `toml:"extend"`
	Rules []toml.Primitive `toml:"rules"` // ruleTable
	Allow []toml.Primitive `toml:"allow"` // allowTable
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
	Generic     bool         `toml:"generic"`
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
	Pairs       []pairTable  `toml:"pairs"`
	References  []string     `toml:"references"`
	Remediation Remediation  `toml:"remediation"`
	Match       []string     `toml:"match"`
	NoMatch     []string     `toml:"nomatch"`
	ExamplePath string       `toml:"example_path"`
}

type pairTable struct {
	Rule     string `toml:"rule"`
	Bytes    int    `toml:"bytes"`
	Lines    int    `toml:"lines"`
	Required bool   `toml:"required"`
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
		Provider: t.Provider, Tags: t.Tags, Generic: t.Generic, Expr: t.Regex, Entropy: t.Entropy, Checksum: t.Checksum, Judge: t.Judge,
		References: t.References, Remediation: t.Remediation,
		Match: examples(t.ID, t.Match), NoMatch: examples(t.ID, t.NoMatch), ExamplePath: t.ExamplePath,
	}
	if t.Severity != nil {
		r.Severity = *t.Severity
	}
	if t.Confidence != nil {
		r.Confidence = *t.Confidence
	}
	if err := t.check(); err != nil {
		return nil, err
	}
	var err error
	if r.Paths, err = patterns(t.Paths); err != nil {
		return nil, inKey("paths", err)
	}
	for i := range t.Allow {
		a, err := t.Allow[i].allowlist()
		if err != nil {
			return nil, inKey(fmt.Sprintf("allow[%d]", i), err)
		}
		r.Allow = append(r.Allow, a)
	}
	for _, p := range t.Pairs {
		r.Pairs = append(r.Pairs, Pair(p))
	}
	if t.Regex == "" {
		return r, nil
	}
	if r.SecretGroup, err = secretGroup(t.Regex, t.SecretGroup); err != nil {
		return nil, err
	}
	return r, r.anchor(t)
}

// check refuses what is wrong whatever the expressions say.
func (t *ruleTable) check() error {
	switch {
	case !idShape.MatchString(t.ID):
		return inKey("id", errors.New("the id must be lower-case words joined by hyphens"))
	case t.Title == "":
		return errors.New("a title is missing")
	case t.Regex == "" && len(t.Paths) == 0:
		return errors.New("neither regex nor paths is given")
	case t.Checksum != "" && checksums[t.Checksum].valid == nil:
		return inKey("checksum", fmt.Errorf("unknown checksum %q", t.Checksum))
	case t.Judge != "" && !slices.Contains(judges, t.Judge):
		return inKey("judge", fmt.Errorf("unknown judge %q (one of %v)", t.Judge, judges))
	case t.Reach < 0 || t.Reach > MaxReach:
		return inKey("reach", fmt.Errorf("reach %d is not within 0 and %d", t.Reach, MaxReach))
	case t.Entropy < 0 || t.Entropy > 8:
		return inKey("entropy", fmt.Errorf("entropy %v is not within 0 and 8 bits a byte", t.Entropy))
	case t.Unanchored && len(t.Keywords)+len(t.Near) > 0, len(t.Keywords) > 0 && len(t.Near) > 0:
		return errors.New("of keywords, near and unanchored only one can be given")
	}
	for i, p := range t.Pairs {
		key := fmt.Sprintf("pairs[%d]", i)
		switch {
		case p.Rule == "":
			return inKey(key, errors.New("a pair names no rule"))
		case p.Bytes < 0 || p.Bytes > MaxReach || p.Lines < 0:
			return inKey(key, fmt.Errorf("a pair within %d bytes and %d lines: bytes must be within 0 and %d, lines not below 0", p.Bytes, p.Lines, MaxReach))
		}
	}
	return nil
}

func secretGroup(expr string, given *int) (int, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return 0, inKey("regex", err)
	}
	named := slices.Index(parsed.CapNames(), "secret")
	switch {
	case given == nil:
		return max(named, 0), nil
	case named > 0:
		return 0, inKey("secret_group", errors.New("both secret_group and a group named secret are given"))
	case *given < 0 || *given > parsed.MaxCap():
		return 0, inKey("secret_group", fmt.Errorf("secret_group %d: the expression has %d groups", *given, parsed.MaxCap()))
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
		return a, inKey("condition", fmt.Errorf("unknown condition %q (any or all)", t.Condition))
	}
	targets := map[string]Target{"": OnSecret, "secret": OnSecret, "match": OnMatch, "line": OnLine}
	target, ok := targets[t.Target]
	if !ok {
		return a, inKey("target", fmt.Errorf("unknown target %q (secret, match or line)", t.Target))
	}
	a.Target = target
	if err := a.fill(t.Regexes, t.Paths, t.StopWords); err != nil {
		return a, err
	}
	if a.empty() {
		return a, errors.New("nothing is allowed")
	}
	return a, nil
}

// fill reads the conditions of an allow list, whatever format they came in.
func (a *Allowlist) fill(regexes, paths, stopWords []string) error {
	for key, list := range map[string][]string{"regexes": regexes, "paths": paths, "stopwords": stopWords} {
		if slices.Contains(list, "") {
			return inKey(key, errors.New("an empty string would allow everything"))
		}
	}
	var err error
	if a.Regexes, err = patterns(regexes); err != nil {
		return inKey("regexes", err)
	}
	if a.Paths, err = patterns(paths); err != nil {
		return inKey("paths", err)
	}
	for _, w := range stopWords {
		a.StopWords = append(a.StopWords, strings.ToLower(w))
	}
	return nil
}

func (a *Allowlist) empty() bool {
	return len(a.Regexes)+len(a.Paths)+len(a.StopWords)+len(a.Commits) == 0
}
