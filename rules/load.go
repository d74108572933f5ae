package rules

import (
	"errors"
	"fmt"

	"github.com/BurntSushi/toml"
)

// A File is what one TOML file says: its own rules and what it asks of the
// built-in ones.
type File struct {
	Set *Set
	// Builtin: the built-in rules are wanted beside these.
	Builtin bool
	// Disable names rules, built-in or of a file, that are not wanted.
	Disable []string
	// Warnings are things a foreign format says that have no effect here, or
	// another one than there. Each opens with file and line.
	Warnings []string
}

// Load reads rules in sluice's own format. The name stands in errors and in
// Rule.Source. Every error is "name:line: what is wrong"; several are joined.
// What a rule needs beside it may be in another file: NewSet, Merge and
// Without see to that.
func Load(name, text string) (*File, error) {
	at := newLocator(name, text)
	var doc document
	meta, err := toml.Decode(text, &doc)
	if err != nil {
		return nil, at.decoding("", err)
	}
	rules, ruleErr := tables[ruleTable](&meta, at, "rules", doc.Rules)
	allow, allowErr := tables[allowTable](&meta, at, "allow", doc.Allow)
	if err := errors.Join(ruleErr, allowErr); err != nil {
		return nil, err
	}
	var errs []error
	for _, unknown := range at.unknown(meta.Undecoded()) {
		errs = append(errs, errors.New(unknown))
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	set := &Set{}
	for i := range rules {
		r, err := rules[i].rule()
		if err != nil {
			errs = append(errs, at.wrong(fmt.Sprintf("rules[%d]", i), fmt.Sprintf("rule %q", rules[i].ID), err))
			continue
		}
		r.Source = at.at(fmt.Sprintf("rules[%d]", i))
		set.rules = append(set.rules, r)
	}
	for i := range allow {
		a, err := allow[i].allowlist()
		if err != nil {
			errs = append(errs, at.wrong(fmt.Sprintf("allow[%d]", i), "allow", err))
		}
		set.allow = append(set.allow, a)
	}
	if err := errors.Join(append(errs, set.index())...); err != nil {
		return nil, err
	}
	return &File{Set: set, Builtin: doc.Extend.Builtin == nil || *doc.Extend.Builtin, Disable: doc.Extend.Disable}, nil
}

// tables decodes each table of an array by itself, so that an error can name
// the one it is in.
func tables[T any](meta *toml.MetaData, at *locator, name string, raw []toml.Primitive) ([]T, error) {
	out := make([]T, len(raw))
	var errs []error
	for i := range raw {
		if err := meta.PrimitiveDecode(raw[i], &out[i]); err != nil {
			errs = append(errs, at.decoding(fmt.Sprintf("%s[%d]", name, i), err))
		}
	}
	return out, errors.Join(errs...)
}

// A keyError is an error in the value of one key of a table.
type keyError struct {
	key string // relative to the table: allow[0].regexes
	err error
}

func (e keyError) Error() string { return e.err.Error() }
func (e keyError) Unwrap() error { return e.err }

// inKey says in which key of a table an error is; the error may name one below
// that already.
func inKey(key string, err error) error {
	if err == nil {
		return nil
	}
	var below keyError
	if errors.As(err, &below) {
		key += "." + below.key
	}
	return keyError{key: key, err: err}
}

// wrong places an error in what a table says.
func (l *locator) wrong(path, what string, err error) error {
	var in keyError
	if errors.As(err, &in) {
		path += "." + in.key
	}
	return fmt.Errorf("%s: %s: %w", l.at(path), what, err)
}
