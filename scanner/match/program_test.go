package match

import (
	"fmt"
	"maps"
	"regexp"
	"regexp/syntax"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"
)

// regexpAt is what package regexp finds at the start of data.
func regexpAt(re *regexp.Regexp, data []byte) []int { return re.FindSubmatchIndex(data) }

func TestProgram(t *testing.T) {
	for expr, texts := range map[string][]string{
		``:                                     {"", "x"},
		`abc`:                                  {"abc", "abx", "ab", "abcd"},
		`(?i)key[ks]`:                          {"KEYK", "\u212aeys", "keyſ", "keyx"},
		`a*ab`:                                 {"aaab", "ab", "b", "aaaa"},
		`a*?(a+)(b?)`:                          {"aaab", "a", ""},
		`(?:a|ab)(?:c|bcd)(d*)`:                {"abcd", "abcdd", "acd", "abbcd"},
		`(a|b)*?c`:                             {"ababc", "c", "abab"},
		`(?:(a)|(b))+`:                         {"abab", "ba", "c"},
		`[^\s"]{2,4}"`:                         {`ééé"`, "\xff\xfe\"", `ab"`, `abcde"`, `é"`},
		`.{0,3}é`:                              {"ééé", "aéb", "\xc3é", "é", "\n"},
		`(?s).{2,}?x`:                          {"a\nx", "xx", "xxx"},
		`(x{2}){2,3}`:                          {"xxxx", "xxxxxxx", "xxx"},
		`(?:ab?){2,3}?b`:                       {"abab", "aab", "ababab"},
		`(?:foo|foobar)\b`:                     {"foobar", "foo", "foob", "foo bar"},
		`a(?:\b|b)$`:                           {"a", "ab", "a b", "ac"},
		`(?m)^a$`:                              {"a\nb", "a", "ab"},
		`a\z`:                                  {"a", "a\n"},
		`(|a)b`:                                {"b", "ab", "aab"},
		`(?:a|)(?:a|)aa`:                       {"aa", "aaa", "aaaa", "aaaaa"},
		`\x{FFFD}+b`:                           {"\xff\xfeb", "\uFFFDb", "éb"},
		`[a-zé]+é`:                             {"aéé", "é", "ab"},
		`(?P<n>\w+?)\s*=\s*(?P<v>\S{3,}?)[;)]`: {"name = value;", "a=bcd)", "x = ab;"},
	} {
		p, err := program(expr)
		if err != nil {
			t.Errorf("%s: %v", expr, err)
			continue
		}
		re := regexp.MustCompile(`\A(?:` + expr + `)`)
		var m Machine
		for _, text := range texts {
			got, outcome := m.Run(p, []byte(text))
			if want := regexpAt(re, []byte(text)); !slices.Equal(got, want) || (outcome == Match) != (want != nil) {
				t.Errorf("%s on %q: %v, %d; want %v", expr, text, got, outcome, want)
			}
		}
	}
}

// program parses and compiles an expression.
func program(expr string) (*Program, error) {
	parsed, err := syntax.Parse(expr, syntax.Perl)
	if err != nil {
		return nil, err
	}
	return NewProgram(parsed)
}

func TestProgramRefuses(t *testing.T) {
	for _, expr := range []string{`(a*)*`, `(?:a?|b)+`, `(?:abc|de|f){1000}`, `(?:\b){2}`} {
		if _, err := program(expr); err == nil {
			t.Errorf("%s is compiled", expr)
		}
	}
}

// TestTooMuch: what would take for ever is given up.
func TestTooMuch(t *testing.T) {
	p, err := program(`(?:a|a?a)+c`)
	if err != nil {
		t.Fatal(err)
	}
	var m Machine
	if _, outcome := m.Run(p, []byte(strings.Repeat("a", 100)+"b")); outcome != TooMuch {
		t.Errorf("outcome %d", outcome)
	}
}

// FuzzProgram: a program finds what package regexp finds.
func FuzzProgram(f *testing.F) {
	for _, seed := range [][2]string{
		{`a.*?b{2}$`, "axbbb abb"},
		{`a[^ ]*?(?:x{1,3}[rn]|x{0,3}"|[,;]{0,5}(?: |\z))`, `axxxxxxxxr"xxx"x;;;`},
		{`(?i)(?P<name>(?:key)[\w.-]*?)["']{0,2}\s*(?:=>|:=|=)\s*["'](?P<secret>[^\s<>]{3,}?)["'](?:\W|\z)`, `key_a := "bcdefgh"` + "\n"},
		{`(a|b*|c)?d+?(e|)[^f]{2,3}`, "bbdddexyz"}, {`(?:x{1,3}?y)+|z`, "xxyxxxyz"}, {`\bé?\B.`, "éa"}, {`[\x{80}-\x{10ffff}a]*b`, "\xffaéb"},
	} {
		f.Add(seed[0], []byte(seed[1]))
	}
	f.Fuzz(func(t *testing.T, expr string, data []byte) {
		if len(expr) > 100 || len(data) > 200 || !utf8.ValidString(expr) {
			return
		}
		re, err := regexp.Compile(`\A(?:` + expr + `)`)
		if err != nil {
			return
		}
		p, err := program(expr)
		if err != nil {
			return
		}
		var m Machine
		got, outcome := m.Run(p, data)
		if outcome == TooMuch {
			return
		}
		if want := regexpAt(re, data); !slices.Equal(got, want) {
			t.Errorf("%s on %q: %v, want %v", expr, data, got, want)
		}
		whole := regexp.MustCompile(expr)
		var all [][]int
		if !m.All(p, data, 0, len(data), nil, func(groups []int) { all = append(all, slices.Clone(groups)) }) {
			return
		}
		if want := whole.FindAllSubmatchIndex(data, -1); !slices.EqualFunc(all, want, slices.Equal) {
			t.Errorf("all of %s in %q: %v, want %v", expr, data, all, want)
		}
	})
}

// TestAllUpTo: what starts further on is not looked for.
func TestAllUpTo(t *testing.T) {
	p, err := program(`[a-z]+`)
	if err != nil {
		t.Fatal(err)
	}
	for last, want := range []int{1, 1, 1, 1, 2, 2, 2} {
		n := 0
		var m Machine
		if !m.All(p, []byte("abc def"), 0, last, nil, func([]int) { n++ }) || n != want {
			t.Errorf("up to %d: %d, want %d", last, n, want)
		}
	}
}

// FuzzDry: overlapping windows over a stream find the same with what is known
// from those before as without.
func FuzzDry(f *testing.F) {
	f.Add(`a{2,4}b`, []byte("aaab aab xaaaab ab"), 5)
	f.Add(`(?:user|pass)=\w{3,}?;`, []byte("user=a;pass=abc;user=abcd pass=;"), 9)
	f.Add(`a=\w{3,}?;`, []byte("aaaaaaaaaaaaa=bcdefghijklmnopqrstuvw;   "), 30)
	f.Add(`a=\w{20,30}?;`, []byte("aaaaaaaaaaaaa=bcdefghijklmnopqrstuvwxyz;    "), 30)
	f.Add(`[ ,]d:\w{26,30};`, []byte("---------------------- d:bcdefghijklmnopqrstuvwxyz012; d:ab     "), 50)
	f.Add(`(?i)passwordpassword=.{2}`, []byte("xx passwordpassword=ab passwordpassword=cd"), 12)
	f.Add(`(?P<n>[a-d.]{1,6}):(?P<v>[^ @]{2,9})@t`, []byte("aaaabbbbcc:abcd@t a.b.c:x@t abcdabcdabcd:a:bb:@t dd:abc@x"), 25)
	f.Add(`\bx[^y]*y|x$`, []byte("xx ax y x\nx"), 4)
	f.Add(`(?:^|[ ,])[a-d]{14}(?:,|$)`, []byte("ab,abcdabcdabcdab,dcba cbadabcdabcdab dé,aaaaaaaaaaaaaa"), 40)
	f.Fuzz(func(t *testing.T, expr string, data []byte, size int) {
		if len(expr) > 100 || len(data) > 200 || size < 1 || size > 50 || !utf8.Valid(data) {
			return
		}
		p, err := program(expr)
		if err != nil {
			return
		}
		var m Machine
		var dry Dry
		for lo := 0; lo < len(data); lo += max(1, size/3) {
			if !utf8.RuneStart(data[lo]) {
				continue
			}
			window := data[lo:min(len(data), lo+size)]
			find := func(d *Dry) (all [][]int, ok bool) {
				ok = m.All(p, window, lo, len(window), d, func(groups []int) { all = append(all, slices.Clone(groups)) })
				return all, ok
			}
			want, all := find(nil)
			got, still := find(&dry)
			if all && (!still || !slices.EqualFunc(got, want, slices.Equal)) {
				t.Fatalf("%s in %q of %q: %v, want %v; dry %v", expr, window, data, got, want, dry)
			}
		}
	})
}

// FuzzOnce: of what overlapping windows find over a stream nothing is lost where
// each match needs to be found once.
func FuzzOnce(f *testing.F) {
	f.Add(`a{2,4}b`, []byte("aaab aab xaaaab ab"), 5)
	f.Add(` \w{3} `, []byte(" abc def ghi jkl mno pqr stu vwx yza bcd efg hij"), 17)
	f.Add(` \w{3} `, []byte(" abc def  ghi jkl mno  pqr stu vwx yza  bcd efg hij"), 30)
	f.Add(`(?P<n>[a-d.]{1,6}):(?P<v>[^ @]{2,9})@t`, []byte("aaaabbbbcc:abcd@t a.b.c:x@t abcdabcdabcd:a:bb:@t dd:abc@x"), 25)
	f.Add(`x.{0,3}?x|yx`, []byte("xaxaxyxaaxaaayxaxxxaxaxyx"), 9)
	f.Add(`[ ,]d:\w{26,30};`, []byte("---------------------- d:bcdefghijklmnopqrstuvwxyz012; d:ab     "), 50)
	f.Add(`(?i)passwordpassword=.{2}`, []byte("xx passwordpassword=ab passwordpassword=cd"), 12)
	f.Fuzz(func(t *testing.T, expr string, data []byte, size int) {
		if len(expr) > 100 || len(data) > 200 || size < 1 || size > 50 || !utf8.Valid(data) {
			return
		}
		p, err := program(expr)
		if err != nil {
			return
		}
		var m Machine
		dry := Dry{Once: true}
		want, got := map[string]bool{}, map[string]bool{}
		for lo := 0; lo < len(data); lo += max(1, size/3) {
			if !utf8.RuneStart(data[lo]) {
				continue
			}
			window := data[lo:min(len(data), lo+size)]
			find := func(d *Dry, all map[string]bool) bool {
				return m.All(p, window, lo, len(window)-size/4, d, func(groups []int) {
					if groups[0] > 0 && groups[1] < len(window) { // else more in sight could make it another
						all[fmt.Sprint(lo+groups[0], lo+groups[1])] = true
					}
				})
			}
			if !find(nil, want) || !find(&dry, got) {
				return
			}
			if !maps.Equal(got, want) {
				t.Fatalf("%s in %q of %q: %v, want %v; dry %v", expr, window, data, got, want, dry)
			}
		}
	})
}

// FuzzMemory: runs with a memory of those before find what they find without,
// wherever each starts and its data ends.
func FuzzMemory(f *testing.F) {
	f.Add(`[a-z:]*?:(?:[a-z:]+\()?([^ ]{3,}?)(?:[;,]{0,3} |\z)`, []byte("key:key:key:key:key;key,key: key:k"), 9)
	f.Add(`[a-z:]*?:(?:[a-z:[+\()?([^ ]{3,}?)(?:[;,]{0,3} |\z)`, []byte("key:key:key:key:key;key,key: key:k"), 9)
	f.Add(`(?i)[\w-]*?=(\S+?)"(?:\W|\z)`, []byte(`key="a"key="\xc5\xbf"b"`), 7)
	f.Add(`(?:a*?b)+?c|a+?d$`, []byte("aabaabaabaacaaad"), 5)
	f.Add(`[^\n]*?(?:é|\xff)x`, []byte("aé\xc3aé€\xe2\x82aaéa€\x82\xffaé"), 11)
	f.Add(`[^x]*[\x{80}-\x{fffd}]+b`, []byte("é\xc3éé€\xe2\x82aaéa€\x82\xffaébbéé"), 6)
	f.Fuzz(func(t *testing.T, expr string, data []byte, size int) {
		if len(expr) > 100 || len(data) > 300 || size < 1 {
			return
		}
		p, err := program(expr)
		if err != nil {
			return
		}
		var m Machine
		var memory Memory
		for _, at := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 7, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 22, 24, 25} {
			if at >= len(data) {
				break
			}
			shown := data[:at+(size*(at+3)%(len(data)-at+1))]
			want, outcome := m.RunAt(p, shown, at, nil)
			want = slices.Clone(want)
			got, with := m.RunAt(p, shown, at, &memory)
			sight := m.Sight(p)
			if outcome != TooMuch && (with != outcome || !slices.Equal(got, want)) {
				t.Fatalf("%s at %d of %q: %v, %d; want %v, %d", expr, at, shown, got, with, want, outcome)
			}
			if outcome == TooMuch || sight >= len(shown) {
				continue
			}
			// What lies out of sight changes nothing, nor does it if it is not there.
			for _, other := range [][]byte{data, shown[:sight+1]} {
				if more, _ := m.RunAt(p, other, at, nil); !slices.Equal(more, want) {
					t.Fatalf("%s at %d of %q: %v, in %q %v", expr, at, shown, want, other, more)
				}
			}
		}
	})
}
