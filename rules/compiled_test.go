package rules

import (
	"encoding/binary"
	"errors"
	stdflag "flag"
	"os"
	"path/filepath"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = stdflag.Bool("update", false, "make builtin.bin anew from builtin/*.toml")

// TestCompiled holds the built-in set to be what its TOML says, field by field,
// and with -update makes it so.
func TestCompiled(t *testing.T) {
	want := fromTOML(t)
	form := compile(want)
	if *update {
		if err := os.WriteFile("builtin.bin", []byte(form), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if form != compiled {
		t.Error("builtin.bin is not what builtin/*.toml say: run go generate ./rules")
	}
	got, err := decompile(form)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, exactly); diff != "" {
		t.Error(diff)
	}
}

// exactly compares rules with all that they hold but what is worked out later.
var exactly = cmp.Options{
	cmp.AllowUnexported(Set{}, Rule{}, Example{}),
	cmp.Comparer(func(a, b *Pattern) bool { return a.String() == b.String() }),
	cmp.Comparer(func(a, b *lazy) bool { return (a == nil) == (b == nil) }),
}

type builtinFile struct{ name, text string }

// builtinFiles returns what the built-in rules are written in, in order.
func builtinFiles(t testing.TB) []builtinFile {
	t.Helper()
	names, err := filepath.Glob("builtin/*.toml")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	var files []builtinFile
	for _, name := range names {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, builtinFile{"rules/" + filepath.ToSlash(name), string(text)})
	}
	return files
}

// fromTOML loads the built-in rules from what they are written in.
func fromTOML(t testing.TB) *Set {
	t.Helper()
	all := &Set{}
	var errs []error
	for _, f := range builtinFiles(t) {
		file, err := Load(f.name, f.text)
		if err != nil {
			errs = append(errs, err)
			continue
		}
		all.rules = append(all.rules, file.Set.rules...)
		all.allow = append(all.allow, file.Set.allow...)
	}
	set, err := NewSet(all.rules, all.allow)
	if err := errors.Join(append(errs, err)...); err != nil {
		t.Fatal(err)
	}
	return set
}

// A writer is the codec that writes.
type writer struct{ form []byte }

func (w *writer) number(n uint64) uint64 {
	w.form = binary.AppendUvarint(w.form, n)
	return n
}

func (w *writer) text(s string) string {
	w.number(uint64(len(s)))
	w.form = append(w.form, s...)
	return s
}

func (w *writer) count(n int) int { return int(w.number(uint64(n))) }

func (w *writer) part(carry func(codec)) string {
	var part writer
	carry(&part)
	return w.text(string(part.form))
}

func compile(s *Set) string {
	var w writer
	carrySet(&w, &Set{rules: s.rules, allow: s.allow})
	return string(w.form)
}

// TestCarried holds that every field of a rule, and of what it is made of, is
// in the compiled form: one that is added to a type and forgotten there fails.
func TestCarried(t *testing.T) {
	full := &Rule{lazy: &lazy{}, cut: 4096, anchors: make([]Anchor, 2)}
	fill(reflect.ValueOf(full).Elem())
	fill(reflect.ValueOf(full.anchors))
	full.SecretGroup = -1 // what gitleaks' rules may have
	full.Match, full.NoMatch = []Example{{"a", 1 << 63}, {"", 3}}, []Example{{"c", 0}}
	for i := range reflect.TypeOf(*full).NumField() {
		if reflect.ValueOf(*full).Field(i).IsZero() {
			t.Errorf("the test does not fill %s", reflect.TypeOf(*full).Field(i).Name)
		}
	}
	want := &Set{rules: []*Rule{full, {ID: "bare"}}, allow: full.Allow}
	if err := want.index(); err != nil {
		t.Fatal(err)
	}
	got, err := decompile(compile(want))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, exactly); diff != "" {
		t.Error(diff)
	}
}

// fill sets every exported field to something that is not its zero value.
func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.String:
		v.SetString("text of " + v.Type().Name())
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Int:
		v.SetInt(1234567)
	case reflect.Uint8:
		v.SetUint(1)
	case reflect.Float64:
		v.SetFloat(3.25)
	case reflect.Slice:
		if v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		}
		for i := range v.Len() {
			fill(v.Index(i))
		}
	case reflect.Pointer:
		v.Set(reflect.ValueOf(&Pattern{expr: "a+"}))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				fill(v.Field(i))
			}
		}
	}
}

// FuzzDecompile holds that no form makes the reader panic or take memory beyond
// its size, so that one that is out of date is an error.
func FuzzDecompile(f *testing.F) {
	f.Add(compile(&Set{rules: []*Rule{{ID: "a", Expr: "b", Tags: []string{"c"}, anchors: []Anchor{{Literal: "b"}}, lazy: &lazy{}}}}))
	f.Add("\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01")
	f.Add(compiled[:1000])
	f.Fuzz(func(t *testing.T, form string) {
		if set, err := decompile(form); err == nil && len(set.rules) > len(form) {
			t.Errorf("%d rules of %d bytes", len(set.rules), len(form))
		}
	})
}
