package match

import (
	"slices"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"
)

// TestAutomaton: where an automaton is sure it says what the machine does, and it
// is sure of what it is made for.
func TestAutomaton(t *testing.T) {
	for expr, texts := range map[string][]string{
		`(a+?)(b*)c`:                 {"aabbc", "abb", "c"},
		`(?:a|ab)(?:c|bcd)(d*)`:      {"abcd", "abcdd", "acd", "abbcd"},
		`(a|b)*?c`:                   {"ababc", "c", "abab"},
		`(?:(a)|(b))+`:               {"abab", "ba", "c"},
		`(x{2}){2,3}y?`:              {"xxxx", "xxxxxxx", "xxx", "xxxxy"},
		`(?i)[\w.-]*?["']{0,2}(\s*)`: {`pass"`, "a.b-C' \t", ""},
		`(?:foo|foobar)\b`:           {"foobar", "foo", "foob", "foo bar"},
		`a(?:\b|b)$`:                 {"a", "ab", "a b"},
		`(?m)a+$\n?`:                 {"aa\nb", "aa", "ab"},
		`(?i)(?P<name>(?:key)[\w.-]*?)["']{0,2}\s*(?:=>|:=|=)\s*["'](?P<secret>[^\s<>]{3,}?)["'](?:\W|\z)`: {
			`key_a := "bcdefgh"`, `KEY = 'a"b'c' `, `key=>"abc" def"`, `key = "ab"`,
		},
	} {
		p, err := program(expr)
		if err != nil {
			t.Fatal(err)
		}
		var m, walker Machine
		for _, text := range texts {
			for at := range len(text) + 1 {
				want, outcome := m.RunAt(p, []byte(text), at, nil)
				got, sure := walker.walk(p, []byte(text), at)
				if !sure || got != outcome || got == Match && !slices.Equal(walker.caps, want) {
					t.Errorf("%s at %d of %q: %d, %v, %v; want %d, %v", expr, at, text, got, sure, walker.caps, outcome, want)
				}
			}
		}
	}
}

// TestAutomatonUnsure: what it is not made for it leaves to the machine.
func TestAutomatonUnsure(t *testing.T) {
	for expr, text := range map[string]string{
		`a[^b]*b`: "a" + strings.Repeat("x", mostWalked) + "b", `a.b`: "aéb", `(?m)^a`: "a", `(a)(b)(c)(d)`: "abcd",
		`[ab]*?a[ab]{80}c`: strings.Repeat("ab", 100),
	} {
		p, err := program(expr)
		if err != nil {
			t.Fatal(err)
		}
		var m Machine
		if _, sure := m.walk(p, []byte(text), 0); sure {
			t.Errorf("%s is sure of %q", expr, text)
		}
	}
}

// TestAutomatonShared has several goroutines make one automaton.
func TestAutomatonShared(t *testing.T) {
	p, err := program(`([\w.-]*?)["']{0,2}\s*(?:=>|:=|=)\s*["']([^\s<>]{3,}?)["'](?:\W|\z)`)
	if err != nil {
		t.Fatal(err)
	}
	texts := []string{`a = "bcd" `, `b.c => 'd"ef' x`, `d-e := "fgh`, `f == "ghi"`, `"g" = 'h&i'`, `h=>i`}
	var wait sync.WaitGroup
	for n := range 4 {
		wait.Add(1)
		go func() {
			defer wait.Done()
			var m, walker Machine
			for i := range 600 {
				text := []byte(strings.Repeat("x", (i+n)%7) + texts[(i*n+i)%len(texts)])
				want, outcome := m.Run(p, text)
				got, sure := walker.walk(p, text, 0)
				if !sure || got != outcome || got == Match && !slices.Equal(walker.caps, want) {
					t.Errorf("%q: %d, %v, %v; want %d, %v", text, got, sure, walker.caps, outcome, want)
				}
			}
		}()
	}
	wait.Wait()
}

// FuzzAutomaton: a run that an automaton is sure of finds what the machine finds,
// wherever it starts, and what lies out of its sight changes nothing.
func FuzzAutomaton(f *testing.F) {
	f.Add(`[a-z:]*?:(?:[a-z:]+\()?([^ ]{3,}?)(?:[;,]{0,3} |\z)`, []byte("key:key:key:key:key;key,key: key:k"), 9)
	f.Add(`(?i)[\w-]*?=(\S+?)"(?:\W|\z)`, []byte("key=\"a\"key=\"\xc5\xbf\"b\""), 7)
	f.Add(`(?:a*?b)+?c|a+?d$`, []byte("aabaabaabaacaaad"), 5)
	f.Add(`(a|b*|c)?d+?(e|)[^f]{2,3}`, []byte("bbdddexyz"), 30)
	f.Add(`\bé?\B.|(?:x{1,3}?y)+|(z)\b`, []byte("éa xxyxxxyz z"), 12)
	f.Fuzz(func(t *testing.T, expr string, data []byte, size int) {
		if len(expr) > 100 || len(data) > 300 || size < 1 || !utf8.ValidString(expr) {
			return
		}
		p, err := program(expr)
		if err != nil {
			return
		}
		var m Machine
		memory := Memory{runs: fewRuns}
		for at := range min(len(data), 40) {
			shown := data[:at+(size*(at+3)%(len(data)-at+1))]
			want, outcome := m.RunAt(p, shown, at, nil)
			want = slices.Clone(want)
			got, with := m.RunAt(p, shown, at, &memory)
			if outcome == TooMuch || with == TooMuch {
				continue
			}
			if with != outcome || !slices.Equal(got, want) {
				t.Fatalf("%s at %d of %q: %v, %d; want %v, %d", expr, at, shown, got, with, want, outcome)
			}
			sight := m.Sight(p)
			if sight >= len(shown) {
				continue
			}
			for _, other := range [][]byte{data, shown[:sight+1]} {
				if more, outcome := m.RunAt(p, other, at, nil); outcome != TooMuch && !slices.Equal(more, want) {
					t.Fatalf("%s at %d of %q: %v, in %q %v", expr, at, shown, want, other, more)
				}
			}
		}
	})
}
