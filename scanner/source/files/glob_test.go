package files

import (
	"strings"
	"testing"
)

func TestGlob(t *testing.T) {
	for pattern, c := range map[string]struct{ yes, no string }{
		"testdata/":          {"testdata/a a/testdata/b", "testdata a/testdata"},
		"testdata/**":        {"testdata/a testdata/b/c", "a/testdata/b testdata"},
		"/a":                 {"a a/b", "b/a"},
		"*.pem":              {"a.pem b/c.pem x.pem/y", "a.pem.txt"},
		"**/fixtures/*.json": {"fixtures/a.json a/b/fixtures/c.json", "fixtures/a/b.json"},
		`/a\*b`:              {"a*b", "axb"},
		"commit:*":           {"commit:0123", "tag:v1"},
	} {
		match, err := Glob(pattern)
		if err != nil {
			t.Errorf("%q: %v", pattern, err)
			continue
		}
		for path := range strings.FieldsSeq(c.yes) {
			if !match(path) {
				t.Errorf("%q does not match %q", pattern, path)
			}
		}
		for path := range strings.FieldsSeq(c.no) {
			if match(path) {
				t.Errorf("%q matches %q", pattern, path)
			}
		}
	}
	for _, bad := range []string{"", "/", "[a", "!a"} {
		if _, err := Glob(bad); err == nil {
			t.Errorf("%q: no error", bad)
		}
	}
}
