package rules

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// manyRules writes a file of n rules like those that ship with the program.
func manyRules(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `
[[rules]]
id = "vendor-%[1]d-token"
title = "Vendor %[1]d token"
description = "Opens all that the account of vendor %[1]d may do."
severity = "high"
confidence = "high"
provider = "Vendor %[1]d"
regex = '\bvnd%[1]dk_(?P<secret>[0-9A-Za-z]{20,40}(?:_(?:live|test))?)\b'
references = ["https://vendor%[1]d.example/docs/tokens"]
match = ["VENDOR_TOKEN=«vnd%[1]dk_{base62:32}»"]
nomatch = ["vnd%[1]dk_{base62:8}"]

[[rules.allow]]
stopwords = ["example"]

[rules.remediation]
revoke = "Delete the token."
where = "https://vendor%[1]d.example/tokens"
check = "A request with the token answers 401."
`, i)
	}
	return b.String()
}

// BenchmarkLoad shows that the time a user's file takes grows as its rules do.
func BenchmarkLoad(b *testing.B) {
	for _, n := range []int{100, 1000, 4000} {
		text := manyRules(n)
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			for b.Loop() {
				if _, err := LoadFile("x.toml", text, nil); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*n), "µs/rule")
		})
	}
}

// TestLoadIsLinear holds that eight times the text takes about eight times as
// long, whatever is wrong with it. A loader that searches all of the text for
// each thing it has to place takes 64 times as long.
func TestLoadIsLinear(t *testing.T) {
	for name, rule := range map[string]string{
		"sluice":       "[[rules]]\nid = 'r%[1]d'\ntitle = 'A'\nregex = 'token%[1]d'\n",
		"gitleaks":     "[[rules]]\nid = 'r%[1]d'\nregex = 'token%[1]d'\nkeywords = ['token']\n",
		"unknown key":  "[[rules]]\nid = 'r%[1]d'\ntitle = 'A'\nregex = 'token%[1]d'\ncolour = 1\n",
		"unknown keys": "key%[1]d = 1\n",
		"wrong type":   "[[rules]]\nid = 'r%[1]d'\ntitle = 1\nregex = 'token%[1]d'\n",
	} {
		t.Run(name, func(t *testing.T) {
			few, many := fastest(rule, 1000), fastest(rule, 8000)
			if many > 24*few {
				t.Errorf("%v for 1,000, %v for 8,000", few, many)
			}
		})
	}
}

// fastest returns the shortest time of several that a text of n such rules
// takes.
func fastest(rule string, n int) time.Duration {
	var text strings.Builder
	for i := range n {
		fmt.Fprintf(&text, rule, i)
	}
	least := time.Hour
	for range 3 {
		start := time.Now()
		_, _ = LoadFile("x.toml", text.String(), nil) // an error is as good
		least = min(least, time.Since(start))
	}
	return least
}

// BenchmarkBuiltin is what every scan waits for.
func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
