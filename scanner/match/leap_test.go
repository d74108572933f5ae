package match

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// TestLeap: a search that leaps finds what package regexp finds, in texts in which
// the stretch nearly stands, and characters of several bytes and what is no text
// stand where a leap may end.
func TestLeap(t *testing.T) {
	for _, expr := range []string{
		`(?:^|[ ,])([a-d]{14})(?:,|$)`, `\b[0-9][a-d]{13}_[a-d]{2,3}\b`, `(?:key-[0-9a-f]{12}|[0-9a-f]{12}-[0-9a-f]{4})`, `[é ][^x]?[a-d]{14}`, `[^ ][a-d]{14}`,
		`(?P<name>[0-9a-d]{0,20})-(?P<rest>[^ ,-]{2,9})[,\n]`, `[a-d]+9`, `([0-9a-d]{1,9}_){1,2}9`, `(?:^[a-d]{14}|^k)`, `\b(?:9|k)[^_]?`,
	} {
		p, err := program(expr)
		if err != nil {
			t.Fatal(err)
		}
		p.fronted.Do(p.front)
		if p.leap == nil && strings.Contains(expr, "{12}") { // a rung may be a character of several bytes
			t.Errorf("%s: no leap", expr)
		}
		whole, found := regexp.MustCompile(expr), 0
		random := rand.New(rand.NewPCG(1, 2))
		pieces := []string{"abcdabcdabcdab", "dcbadcba", "0123abc", "a", "_", "-", "key-", " ", ",", "é", "日", "\xff", "\x80\x80\x80\x80", "\n", "9", "0abcdabcdabcda_ab"}
		for range 3000 {
			var data []byte
			for range random.IntN(14) {
				data = append(data, pieces[random.IntN(len(pieces))]...)
			}
			var m Machine
			var got [][]int
			m.All(p, data, 0, len(data), nil, func(groups []int) { got = append(got, slices.Clone(groups)) })
			want := whole.FindAllSubmatchIndex(data, -1)
			if !slices.EqualFunc(got, want, slices.Equal) {
				t.Fatalf("%s in %q: %v, want %v", expr, data, got, want)
			}
			found += len(want)
		}
		if found == 0 {
			t.Errorf("%s is never found", expr)
		}
	}
}

// TestEnter: a run from where Enter comes to finds what one from where it began does,
// but for where the match starts, and none where it says so.
func TestEnter(t *testing.T) {
	random := rand.New(rand.NewPCG(11, 12))
	for _, expr := range []string{
		`(?P<name>[\w.-]*?)["']{0,2}\s*(?:=>|->|[:=])\s*(?P<value>[a-z]{2,}?)(?:\s|\z)`,
		`(?i)([k.]*?)(?:=|\bk|;s)([^=]+?)(?:=|\z)`,
		`([a-c]*?)(?:b|=)(c?)`,
		`([a-c]*?)\z`,
		`([a-c]*?)b*`,
	} {
		p, err := program(expr)
		if err != nil {
			t.Fatal(err)
		}
		skipped, none, found := 0, 0, 0
		for range 50_000 {
			data := make([]byte, random.IntN(30))
			for i := range data {
				data[i] = `aabbcckk..--==>:;s "é`[random.IntN(22)]
			}
			at := random.IntN(len(data) + 1)
			var m Machine
			want, _ := m.RunAt(p, data, at, nil)
			want = slices.Clone(want)
			begin, may := p.Enter(data, at)
			got, _ := m.RunAt(p, data, begin, nil)
			if !may && want != nil {
				t.Fatalf("%s: %q from %d finds %v, and may not", expr, data, at, want)
			}
			if want != nil && got != nil {
				found++
				want[0], want[2] = begin, begin
			}
			if !slices.Equal(got, want) {
				t.Fatalf("%s: %q from %d finds %v, from %d %v", expr, data, at, want, begin, got)
			}
			if begin > at {
				skipped++
			}
			if !may {
				none++
			}
		}
		if found == 0 || p.enter != nil && skipped == 0 {
			t.Errorf("%s: %d skipped, %d none, %d found: nothing was tested", expr, skipped, none, found)
		}
	}
}
