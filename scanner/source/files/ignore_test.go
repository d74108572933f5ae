package files

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestPatterns(t *testing.T) {
	for _, c := range []struct {
		lines string
		path  string // a folder ends in a slash
		want  bool
	}{
		{"a", "a", true}, {"a", "b/a", true}, {"a", "a/", true}, {"a", "ab", false},
		{"/a", "a", true}, {"/a", "b/a", false}, {"b/a", "b/a", true}, {"b/a", "c/b/a", false},
		{"a/", "a", false}, {"a/", "a/", true}, {"a/", "b/a/", true}, {"/a/", "b/a/", false},
		{"*.log", "x.log", true}, {"*.log", "d/.log", true}, {"*.log", "x.log2", false},
		{"d/*.log", "d/x.log", true}, {"d/*.log", "d/e/x.log", false},
		{"**/x", "x", true}, {"**/x", "a/b/x", true}, {"a/**/x", "a/x", true}, {"a/**/x", "a/b/c/x", true}, {"a/**/x", "b/a/x", false},
		{"a/**", "a/", false}, {"a/**", "a/b", true}, {"a/**", "a/b/c/", true}, {"**", "a", true}, {"a**b", "a/b", false}, {"a**b", "axxb", true},
		{"?", "a", true}, {"?", "ab", false}, {"d/?", "d/e", true}, {"d?e", "d/e", false},
		{"[ab]", "b", true}, {"[!ab]", "b", false}, {"[^ab]", "c", true}, {"x[!a]y", "x/y", false}, {"d/x[!a]y", "d/x/y", false},
		{"[]a]", "]", true}, {"[!]]", "]", false}, {"[a-c]", "b", true}, {"[a", "[a", false},
		{`\#x`, "#x", true}, {"#x", "#x", false}, {`\!x`, "!x", true}, {`\*`, "*", true}, {`\*`, "a", false}, {"{a,b}", "a", false}, {"{a,b}", "{a,b}", true},
		{"a ", "a", true}, {`a\ `, "a ", true}, {"a\t", "a", false}, {"a\r\n", "a", true}, {"\ufeffa", "a", true}, {"", "a", false}, {"/", "a", false},
		{"*\n!a", "a", false}, {"*\n!a", "b", true}, {"!a\n*", "a", true}, {"*\n!d/", "d", true}, {"*\n!d/", "d/", false},
	} {
		f := &ignoreFile{within: folderPrefix(filepath.FromSlash("/repo")), patterns: parseIgnores(c.lines)}
		path, folder := strings.CutSuffix(c.path, "/")
		if got := f.ignores(filepath.FromSlash("/repo/"+path), folder); got != c.want {
			t.Errorf("%q on %q: %t, want %t", c.lines, c.path, got, c.want)
		}
	}
}

func TestGitIgnore(t *testing.T) {
	dir := tree(t, map[string]string{
		".git/info/exclude": "local.txt\n",
		".gitignore":        "*.log\n/build/\nnode_modules\n",
		"local.txt":         "", "a.log": "", "a.txt": "",
		"build/out.txt": "", "src/build/in.txt": "",
		"src/.gitignore": "!keep.log\nsecret/*\n!secret/open\n",
		"src/keep.log":   "", "src/drop.log": "", "src/secret/x": "", "src/secret/open": "",
		"src/deep/keep.log": "", "src/deep/.gitignore": "keep.log\n",
		"node_modules/m/index.js": "", "node_modules/m/.gitignore": "!index.js\n",
		"inner/.git/info/exclude": "mine\n", "inner/a.log": "", "inner/mine": "", "inner/build/x": "",
		"module/.git": "gitdir: elsewhere", "module/b.log": "",
	})
	ignored := func(path string) sourcetest.Skip { return sourcetest.Skip{Path: path, Reason: scanner.SkipIgnored} }
	git := func(path string) sourcetest.Skip { return sourcetest.Skip{Path: path, Reason: scanner.SkipVCS} }
	t.Run("whole", func(t *testing.T) {
		rec := scan(t, open(t, Options{Base: dir, GitIgnore: true}, dir))
		wantPaths(t, rec, ".gitignore", "a.txt", "inner/a.log", "inner/build/x", "module/.git", "module/b.log",
			"src/.gitignore", "src/build/in.txt", "src/deep/.gitignore", "src/keep.log", "src/secret/open")
		wantSkips(t, rec, git(".git"), ignored("a.log"), ignored("build"), git("inner/.git"), ignored("inner/mine"), ignored("local.txt"),
			ignored("node_modules"), ignored("src/deep/keep.log"), ignored("src/drop.log"), ignored("src/secret/x"))
	})
	t.Run("off", func(t *testing.T) {
		if n := len(scan(t, open(t, Options{Base: dir}, dir)).Streams()); n != 20 {
			t.Errorf("%d files", n)
		}
	})
	t.Run("part of it", func(t *testing.T) {
		rec := scan(t, open(t, Options{Base: dir, GitIgnore: true}, filepath.Join(dir, "src", "deep")))
		wantPaths(t, rec, "src/deep/.gitignore")
		wantSkips(t, rec, ignored("src/deep/keep.log"))
	})
	t.Run("named", func(t *testing.T) {
		rec := scan(t, open(t, Options{Base: dir, GitIgnore: true}, filepath.Join(dir, "build"), filepath.Join(dir, "a.log")))
		wantPaths(t, rec, "a.log", "build/out.txt")
	})
}

func TestGitIgnoreTooLong(t *testing.T) {
	dir := tree(t, map[string]string{"sub/.gitignore": "*\n" + strings.Repeat("#\n", maxIgnoreFile/2), "sub/a": "1"})
	rec := scan(t, open(t, Options{Base: dir, GitIgnore: true}, dir))
	if p := rec.Problems(); len(p) != 1 || p[0].Path != "sub/.gitignore" {
		t.Errorf("problems %v", p)
	}
	if string(rec.Stream(t, "sub/a").Content) != "1" {
		t.Error("the file is not scanned")
	}
}
