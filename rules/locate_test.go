package rules

import (
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

const located = `# a comment with [[rules]]
extend.builtin = true
[[rules]]          # the first
id = "one"
regex = '''
[[rules]]
id = "no key"
'''
match = ["[[rules]]", # ]
  "id = 1",
  """
description = "no key" \""" """,
]
  [[rules.allow]]
  paths = ['a']
[rules.remediation]
"where" = 'x'
[[ rules ]]
'id' = "two" # id = "three"
pairs = [{ rule = "one",
  lines = 3 }]
  [[rules.allow]]
  paths = []
  [[rules.allow]]
  paths = ["''''''", """""""", '''''''']
[last]
key = 1`

func TestLocate(t *testing.T) {
	at := newLocator("x.toml", located)
	for path, want := range map[string]string{
		"extend.builtin":             "x.toml:2",
		"rules[0]":                   "x.toml:3",
		"rules[0].regex":             "x.toml:5",
		"rules[0].match":             "x.toml:9",
		"rules[0].allow[0]":          "x.toml:14",
		"rules[0].allow[0].paths":    "x.toml:15",
		"rules[0].remediation.where": "x.toml:17",
		"rules[1]":                   "x.toml:18",
		"rules[1].id":                "x.toml:19",
		"rules[1].pairs":             "x.toml:20",
		"rules[1].pairs[0].lines":    "x.toml:20", // of an inline table, its first line
		"rules[1].allow[1].paths":    "x.toml:25",
		"rules[1].description":       "x.toml:18", // of a key that is not there, its table
		"last.key":                   "x.toml:27",
		"nowhere":                    "x.toml:1",
	} {
		if got := at.at(path); got != want {
			t.Errorf("%s is at %s, want %s", path, got, want)
		}
	}
}

// TestLocateSeesEveryKey compares what the locator sees with what the decoder
// does, in all of the built-in files.
func TestLocateSeesEveryKey(t *testing.T) {
	texts := []string{strings.ReplaceAll(located, "{ rule = \"one\",\n  lines = 3 }", ""), gitleaksIDText}
	for _, f := range builtinFiles(t) {
		texts = append(texts, f.text, strings.ReplaceAll(f.text, "\n", "\r\n"))
	}
	for i, text := range texts {
		var doc map[string]any
		meta, err := toml.Decode(text, &doc)
		if err != nil {
			t.Fatal(i, err)
		}
		var want, got []string
		for _, k := range meta.Keys() {
			if k.String() != "extend" { // which only a dotted key names
				want = append(want, k.String())
			}
		}
		for _, p := range newLocator("x.toml", text).places {
			got = append(got, p.key)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("text %d: %s", i, diff)
		}
	}
}
