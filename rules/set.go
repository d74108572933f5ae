package rules

import (
	"fmt"
	"slices"
)

// A Set is an immutable collection of rules with distinct ids, in a fixed
// order, and the allow lists that hold for all of them. It is safe for
// concurrent use.
type Set struct {
	rules []*Rule
	byID  map[string]int
	allow []Allowlist
}

// NewSet returns a set of the rules in the order given, which it keeps no
// slice of. Two rules of one id are an error that names both places, and so is
// a rule that needs one beside it that is not there.
func NewSet(rs []*Rule, allow []Allowlist) (*Set, error) {
	s := &Set{rules: slices.Clone(rs), allow: slices.Clone(allow)}
	if err := s.index(); err != nil {
		return nil, err
	}
	for _, r := range s.rules {
		for _, p := range r.Pairs {
			if p.Required && s.Rule(p.Rule) == nil {
				return nil, fmt.Errorf("%s: rule %q needs the rule %q beside it, which is not there", r.Source, r.ID, p.Rule)
			}
		}
	}
	return s, nil
}

func (s *Set) index() error {
	s.byID = make(map[string]int, len(s.rules))
	for i, r := range s.rules {
		if j, taken := s.byID[r.ID]; taken {
			return fmt.Errorf("%s: rule %q is already defined at %s", r.Source, r.ID, s.rules[j].Source)
		}
		s.byID[r.ID] = i
	}
	return nil
}

// Rules returns the rules in order. The caller must not change the slice.
func (s *Set) Rules() []*Rule { return s.rules }

// Allow returns the allow lists of the whole set. The caller must not change
// the slice.
func (s *Set) Allow() []Allowlist { return s.allow }

// Rule returns the rule of that id, or nil.
func (s *Set) Rule(id string) *Rule {
	if i, ok := s.byID[id]; ok {
		return s.rules[i]
	}
	return nil
}

// Merge returns a set of s's rules, those of over in their place or behind
// them, and both sets' allow lists.
func (s *Set) Merge(over *Set) (*Set, error) {
	merged := slices.Clone(s.rules)
	for _, r := range over.rules {
		if i, ok := s.byID[r.ID]; ok {
			merged[i] = r
		} else {
			merged = append(merged, r)
		}
	}
	return NewSet(merged, slices.Concat(s.allow, over.allow))
}

// Without returns a set that lacks the rules of those ids; an id that is not
// in s is an error, and so is one that a rule that stays needs beside it.
func (s *Set) Without(ids ...string) (*Set, error) {
	for _, id := range ids {
		if s.Rule(id) == nil {
			return nil, fmt.Errorf("cannot disable unknown rule %q", id)
		}
	}
	return NewSet(slices.DeleteFunc(slices.Clone(s.rules), func(r *Rule) bool {
		return slices.Contains(ids, r.ID)
	}), s.allow)
}
