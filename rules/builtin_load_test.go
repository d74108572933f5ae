package rules

import (
	"math"
	"net/url"
	"slices"
	"strings"
	"testing"
)

// TestBuiltin holds every built-in rule to what the reports promise of it, and
// its expression and checksum, without the rest of the pipeline, to its own
// examples.
func TestBuiltin(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range set.Rules() {
		t.Run(r.ID, func(t *testing.T) {
			requireProse(t, r)
			for _, e := range r.Match {
				requireMatch(t, r, e)
			}
			for _, e := range r.NoMatch {
				requireNoMatch(t, r, e)
			}
		})
	}
}

func requireProse(t *testing.T, r *Rule) {
	t.Helper()
	if r.Description == "" {
		t.Errorf("%s: the description is missing", r.Source)
	}
	if r.Kind == Secret && r.Remediation.Revoke == "" {
		t.Errorf("%s: remediation.revoke is missing", r.Source)
	}
	if len(r.Match) == 0 || len(r.NoMatch) == 0 {
		t.Errorf("%s: %d match and %d nomatch examples; at least one of each is needed", r.Source, len(r.Match), len(r.NoMatch))
	}
	if r.Confidence == Certain && len(r.References) == 0 {
		t.Errorf("%s: high confidence without a reference", r.Source)
	}
	for _, ref := range r.References {
		if u, err := url.Parse(ref); err != nil || u.Scheme != "https" || u.Host == "" {
			t.Errorf("%s: %q is no https URL", r.Source, ref)
		}
	}
}

func requireMatch(t *testing.T, r *Rule, e Example) {
	t.Helper()
	text, want, err := e.Expand(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Regexp() == nil {
		return
	}
	values := valuesIn(r, text)
	switch {
	case len(values) == 0:
		t.Errorf("nothing is found in %q (%s)", e, text)
	case want != "" && values[0] != want:
		t.Errorf("in %q: found %q, want %q", e, values[0], want)
	}
}

func requireNoMatch(t *testing.T, r *Rule, e Example) {
	t.Helper()
	text, _, err := e.Expand(r)
	if err != nil {
		t.Fatal(err)
	}
	if r.Regexp() == nil {
		return
	}
	if values := valuesIn(r, text); len(values) > 0 && !needsPair(r) {
		t.Errorf("in %q (%s): found %q", e, text, values)
	}
}

// valuesIn returns what the rule finds in the text by its keywords, expression,
// checksum, entropy and allow lists: all that this package decides.
func valuesIn(r *Rule, text string) []string {
	if !anchored(r, text) {
		return nil
	}
	var values []string
	for _, m := range r.Regexp().FindAllStringSubmatch(text, -1) {
		value := ""
		if r.SecretGroup >= 0 {
			value = m[r.SecretGroup]
		}
		if r.ChecksumHolds(value) && entropy(value) >= r.Entropy && !allowedValue(r, value) {
			values = append(values, value)
		}
	}
	return values
}

func anchored(r *Rule, text string) bool {
	return r.Anchoring == Everywhere || slices.ContainsFunc(r.Anchors(), func(a Anchor) bool {
		return strings.Contains(strings.ToLower(text), a.Literal)
	})
}

func entropy(value string) (bits float64) {
	counts := map[byte]float64{}
	for i := range len(value) {
		counts[value[i]]++
	}
	for _, n := range counts {
		bits -= n / float64(len(value)) * math.Log2(n/float64(len(value)))
	}
	return bits
}

func allowedValue(r *Rule, value string) bool {
	for _, a := range r.Allow {
		for _, re := range a.Regexes {
			if a.Target == OnSecret && re.MatchString(value) {
				return true
			}
		}
		for _, w := range a.StopWords {
			if strings.Contains(strings.ToLower(value), w) {
				return true
			}
		}
	}
	return false
}

func needsPair(r *Rule) bool {
	for _, p := range r.Pairs {
		if p.Required {
			return true
		}
	}
	return false
}
