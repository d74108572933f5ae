package rules

// Builtin returns the rules that sluice ships with.
func Builtin() (*Set, error) { return decompile(compiled) }

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
