package rules

import (
	"embed"
	"errors"
	"io/fs"
	"slices"
)

//go:embed builtin/*.toml
var builtin embed.FS

// Builtin returns the rules that sluice ships with.
func Builtin() (*Set, error) {
	names, err := fs.Glob(builtin, "builtin/*.toml")
	if err != nil {
		return nil, err
	}
	slices.Sort(names)
	var all []*Rule
	var allow []Allowlist
	var errs []error
	for _, name := range names {
		text, err := builtin.ReadFile(name)
		if err != nil {
			return nil, err
		}
		file, err := Load("rules/"+name, string(text))
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all = append(all, file.Set.rules...)
		allow = append(allow, file.Set.allow...)
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return NewSet(all, allow)
}

// Apply returns the set that the file asks for: its own rules, over the
// built-in ones where it wants those, without the disabled ones.
func (f *File) Apply() (*Set, error) {
	set := f.Set
	if f.Builtin {
		base, err := Builtin()
		if err != nil {
			return nil, err
		}
		if set, err = base.Merge(f.Set); err != nil {
			return nil, err
		}
	}
	return set.Without(f.Disable...)
}
