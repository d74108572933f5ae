package scanner

import (
	"errors"
	"path"
	"strings"
	"testing"
	"time"
)

// shellGlob stands for the matcher that commands hand in.
func shellGlob(pattern string) (func(string) bool, error) {
	if _, err := path.Match(pattern, ""); err != nil || pattern == "" {
		return nil, errors.New("bad pattern")
	}
	return func(name string) bool { ok, _ := path.Match(pattern, name); return ok }, nil
}

func ignores(t testing.TB, lines ...string) *Policy {
	t.Helper()
	f, err := ParseIgnores("ignore", strings.Join(lines, "\n"), shellGlob)
	if err != nil {
		t.Fatal(err)
	}
	return &Policy{Ignores: []*IgnoreFile{f}, Stale: func([]Circle) bool { return true }}
}

func TestIgnores(t *testing.T) {
	tree, layer := &Origin{Path: "d/a"}, &Origin{Kind: InLayer, Path: "d/a", Layer: &Layer{}}
	commit := &Origin{Kind: InCommit, Path: "d/a", Commit: &Commit{ID: "1"}}
	print := scanPlaced(t, nil, aToken, tree).Findings[0].Fingerprint
	for name, c := range map[string]struct {
		line    string
		origins []*Origin
		hidden  bool
	}{
		"path":                {"d/* # why", []*Origin{tree}, true},
		"path in history":     {"d/* # why", []*Origin{commit}, true},
		"path in an image":    {"d/* # why", []*Origin{layer}, false},
		"path of an image":    {"image:d/* # why", []*Origin{layer}, true},
		"image's in the tree": {"image:d/* # why", []*Origin{tree}, false},
		"another path":        {"e/* # why", []*Origin{tree}, false},
		"one of two":          {"d/* # why", []*Origin{tree, layer}, false},
		"fingerprint":         {print + " # why", []*Origin{tree, layer, commit}, true},
		"member":              {"a.zip # why", []*Origin{{Path: "a.zip", Member: "x"}}, true},
		"ends later":          {"d/* # why until: 2026-05-02", []*Origin{tree}, true},
		"has ended":           {"d/* # why until: 2026-04-01", []*Origin{tree}, false},
		"hash in the name":    {"d/a#b # why", []*Origin{{Path: "d/a#b"}}, true},
	} {
		p := ignores(t, "# comment", "", c.line)
		p.Now = time.Date(2026, 5, 1, 0, 0, 0, 0, time.UTC)
		r := scanPlaced(t, p, aToken, c.origins...)
		if hidden := len(r.Hidden) == 1; hidden != c.hidden || len(r.Hidden)+len(r.Findings) != 1 {
			t.Errorf("%s: hidden %v", name, hidden)
			continue
		}
		if c.hidden && (*r.Hidden[0].Suppression != Suppression{Kind: Ignored, Reason: "why", Where: "ignore:3", Expires: r.Hidden[0].Suppression.Expires}) {
			t.Errorf("%s: %+v", name, r.Hidden[0].Suppression)
		}
		if stale := len(r.Stale) == 1; stale == c.hidden && name != "one of two" {
			t.Errorf("%s: stale %v", name, stale)
		}
	}
}

func TestIgnoreErrors(t *testing.T) {
	for line, want := range map[string]string{
		"d/*":                     "no reason",
		"d/* #":                   "no reason",
		"d/* # until: 2026-01-01": "no reason",
		"d/*# why":                "no reason",
		"v1:abc # why":            "no fingerprint",
		"v2:" + strings.Repeat("0", 32) + " # why": "no fingerprint",
		"d/* # why until: 2026-13-01":              "not a date",
		"!d/* # why":                               "an entry hides",
		"[ # why":                                  "bad pattern",
		"a # " + strings.Repeat("x", 999):          "at most",
	} {
		_, err := ParseIgnores("ignore", "# one\n"+line+"\n", shellGlob)
		if err == nil || !strings.HasPrefix(err.Error(), "ignore:2: ") || !strings.Contains(err.Error(), want) {
			t.Errorf("%.60q: %v", line, err)
		}
	}
	if _, err := ParseIgnores("ignore", strings.Repeat("a # b\n", maxIgnores+1), shellGlob); err == nil {
		t.Error("no bound")
	}
}

func TestGitleaksIgnores(t *testing.T) {
	id := strings.Repeat("ab", 20)
	commit := func(id string) *Origin { return &Origin{Kind: InCommit, Path: "d/a:b", Commit: &Commit{ID: id}} }
	ours := func(id string) []string { return map[string][]string{"theirs": {"prefixed"}}[id] }
	for name, c := range map[string]struct {
		line   string
		origin *Origin
		hidden bool
	}{
		"everywhere":      {"d/a:b:theirs:2", commit(id), true},
		"its own id":      {"d/a:b:prefixed:2", commit(id), true},
		"in the tree":     {"d/a:theirs:2", &Origin{Path: "d/a"}, true},
		"with a dot":      {"./d/a:theirs:2", &Origin{Path: "d/a"}, true},
		"a backslash":     {`d\a:theirs:2`, &Origin{Path: "d/a"}, true},
		"one commit":      {id + ":d/a:b:theirs:2", commit(id), true},
		"another commit":  {id + ":d/a:b:theirs:2", commit("cd"), false},
		"not in the tree": {id + ":d/a:theirs:2", &Origin{Path: "d/a"}, false},
		"another line":    {"d/a:theirs:3", &Origin{Path: "d/a"}, false},
		"another rule":    {"d/a:unheard-of:2", &Origin{Path: "d/a"}, false},
		"in an archive":   {"d/a.zip!x:theirs:2", &Origin{Path: "d/a.zip", Member: "x"}, true},
		"not in an image": {"d/a:theirs:2", &Origin{Kind: InLayer, Path: "d/a", Layer: &Layer{}}, false},
	} {
		f, warnings := ParseGitleaksIgnores("gl", "# x\n\n"+c.line+"\n", ours)
		r := scanPlaced(t, &Policy{Ignores: []*IgnoreFile{f}}, "\n"+aToken, c.origin)
		if len(warnings) > 0 || (len(r.Hidden) == 1) != c.hidden {
			t.Errorf("%s: %d hidden, warnings %q", name, len(r.Hidden), warnings)
		}
		if c.hidden && r.Hidden[0].Suppression.Where != "gl:3" {
			t.Errorf("%s: %+v", name, r.Hidden[0].Suppression)
		}
	}
	f, _ := ParseGitleaksIgnores("gl", id+":d/a:b:theirs:2\n", ours)
	renamed := &Origin{Kind: InCommit, Path: "e", Commit: &Commit{ID: "cd", Rank: 1}}
	for name, c := range map[string]struct {
		data    string
		origins []*Origin
		open    int
	}{
		"renamed later":   {"\n" + aToken, []*Origin{commit(id), renamed}, 0},
		"and in the tree": {"\n" + aToken, []*Origin{commit(id), renamed, {Path: "e"}}, 1},
		"only there":      {"\n" + aToken, []*Origin{renamed}, 1},
		"another beside":  {"\n" + aToken + "\n" + another, []*Origin{commit(id), renamed}, 1},
	} {
		if r := scanPlaced(t, &Policy{Ignores: []*IgnoreFile{f}}, c.data, c.origins...); len(r.Findings) != c.open {
			t.Errorf("%s: %d open", name, len(r.Findings))
		}
	}
	_, warnings := ParseGitleaksIgnores("gl", "nonsense\na:b\na:b:x\n:rule:1\n", ours)
	if len(warnings) != 4 || !strings.HasPrefix(warnings[0], "gl:1: ") {
		t.Errorf("warnings %q", warnings)
	}
}

// FuzzIgnores: what is read hides something and has a reason, whatever the file.
func FuzzIgnores(f *testing.F) {
	f.Add("# c\nv1:0123456789abcdef0123456789abcdef # why until: 2027-01-01\nimage:a/** # b\n")
	f.Add("a:b:c:1\n" + strings.Repeat("0", 40) + ":p:r:2\n")
	f.Fuzz(func(t *testing.T, text string) {
		if file, err := ParseIgnores("f", text, shellGlob); err == nil {
			for i := range file.entries {
				if s := file.suppression(i); s.Reason == "" || strings.ContainsAny(s.Reason, "\n") {
					t.Errorf("%+v", s)
				}
			}
			if len(file.globs)+len(file.byPrint) > len(file.entries) {
				t.Error("entries that are not there")
			}
		}
		file, _ := ParseGitleaksIgnores("f", text, func(string) []string { return nil })
		for _, entries := range file.byPlace {
			for _, i := range entries {
				if len(file.entries[i].rules) != 1 {
					t.Errorf("%+v", file.entries[i])
				}
			}
		}
	})
}
