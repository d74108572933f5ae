package rules

import (
	"fmt"
	"strings"
	"testing"
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

// BenchmarkBuiltin is what every scan waits for.
func BenchmarkBuiltin(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Builtin(); err != nil {
			b.Fatal(err)
		}
	}
}
