package classify

import (
	"bytes"
	"path"
	"regexp"
	"strings"
	"sync"
)

// A File is what the path of a file says of its content.
type File struct {
	quoting  bool // a language in which a text stands in quotes
	setting  bool // settings of programs, or environment variables
	manual   bool // documentation of a system
	changes  bool // it tells of a program's history, or documents it in its own language
	snakeOil bool // a key made for tests
	speech   bool // what a program says in some language, by what it calls that
}

// FileOf reads a path, in which "!/" parts an archive from its member. What an
// image's configuration holds is named config.
func FileOf(name string) *File {
	lower := strings.ToLower(name)
	base := path.Base(lower)
	kind := strings.TrimPrefix(path.Ext(base), ".")
	return &File{
		quoting: quotingTypes[kind],
		setting: settingTypes[kind] || strings.HasPrefix(base, ".env") || strings.HasPrefix(base, "dockerfile") ||
			strings.HasPrefix(name, "config."),
		manual:   inManual(name),
		changes:  path.Ext(name) == ".pod" || tellsChanges(lower),
		speech:   speechTypes[kind] || translates(lower),
		snakeOil: strings.Contains(lower, "snake") && snakeOil().MatchString(lower),
	}
}

// manual matches where a file system keeps its documentation (FHS 3.0,
// sections 4.11 and 4.9).
var manual = sync.OnceValue(func() *regexp.Regexp {
	return regexp.MustCompile(`(^|/)share/(doc|man|info|help|gtk-doc|vim/vim\d+/doc)/|(^|/)man/man[1-9]/`)
})

// inManual is manual, quick to say no.
func inManual(name string) bool {
	return (strings.Contains(name, "share/") || strings.Contains(name, "man/man")) && manual().MatchString(name)
}

// tellsChanges reports whether a file, or an archive that it is packed in,
// tells of a program's history. The name is in lower case.
func tellsChanges(name string) bool {
	for part := range strings.SplitSeq(name, "!") {
		base := strings.TrimSuffix(path.Base(part), ".gz")
		if kind := path.Ext(base); changeTypes[strings.TrimPrefix(kind, ".")] {
			base = strings.TrimSuffix(base, kind)
		}
		if changeNames[base] {
			return true
		}
	}
	return false
}

// translates reports whether a file is in a folder of translations. The name is in
// lower case.
func translates(name string) bool {
	for folder := range strings.SplitSeq(path.Dir(name), "/") {
		if speechFolders[folder] {
			return true
		}
	}
	return false
}

var (
	speechFolders = set(`locale locales i18n l10n lang langs language languages translation translations intl`)
	speechTypes   = set(`po pot xlf xliff arb strings resx ftl`)
)

var (
	changeNames = set(`changelog changes news relnote relnotes`)
	changeTypes = set(`debian md rst txt`)
)

var settingTypes = set(`env ini properties conf cfg cnf yml yaml toml`)

var quotingTypes = set(`go js mjs cjs jsx ts mts cts tsx vue svelte py pyi rb erb rake php java kt kts scala groovy gradle cs vb fs fsx
	swift m mm h hh hxx c cc cpp cxx hpp ipp inl def rs dart ex exs erl hs lua pl pm r jl clj cljs elm coffee tf hcl nix json json5 jsonc ipynb bats
	css scss less sass sql proto graphql zig nim d v sol aspx cshtml jsp ejs ps1 psm1 psd1 snap storyboard xib xaml resx`)

// speaksOf reports whether a value is one word, as a translation of one is.
func speaksOf(v []byte) bool {
	for i, b := range v {
		if !isLetter(b) && b < 0x80 && b != '-' && b != '\'' || i > 0 && isUpper(b) && isLower(v[i-1]) {
			return false
		}
	}
	return true
}

// inside reports whether the end of the line so far is in a text or a comment.
func inside(line []byte) bool {
	if comments(line) {
		return true
	}
	quote := byte(0)
	for i := 0; i < len(line); i++ {
		switch b := line[i]; {
		case b == '\\':
			i++
		case quote == 0 && isQuote(b):
			quote = b
		case quote == b:
			quote = 0
		}
	}
	return quote != 0
}

// comments reports whether a line begins a comment, in one language or another.
func comments(line []byte) bool {
	trimmed := bytes.TrimLeft(line, " \t")
	for _, mark := range []string{"//", "#", "*", "/*", "--", ";", "<!--", "%"} {
		if bytes.HasPrefix(trimmed, []byte(mark)) {
			return true
		}
	}
	return false
}

// raw reports whether the end of the text is in a raw string of several lines:
// whether the last mark of one, before the line, opens it.
func raw(text []byte) bool {
	for _, mark := range [...]string{"`", `"""`, "'''"} {
		at := lastIndex(text, []byte(mark))
		if at < 0 {
			continue
		}
		before := bytes.TrimRight(text[:at], " \t")
		if len(before) > 0 && bytes.IndexByte([]byte("=(,:{[+"), before[len(before)-1]) >= 0 || bytes.HasSuffix(before, []byte("return")) {
			return true
		}
	}
	return false
}

// lastIndex is bytes.LastIndex by way of bytes.Index, which is many times as
// fast where the mark is rare.
func lastIndex(text, mark []byte) int {
	last := -1
	for at := 0; ; {
		i := bytes.Index(text[at:], mark)
		if i < 0 {
			return last
		}
		last = at + i
		at = last + 1
	}
}
