package benchmarks

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

// synthetic returns n made-up rules: of three, two are a prefix and a run of
// characters, as vendors make tokens today, and one is a keyword and a value
// near it. A larger set starts with the rules of the smaller ones.
func synthetic(tb testing.TB, n int) *rules.Set {
	tb.Helper()
	random := rand.New(rand.NewPCG(seed, 2))
	var out strings.Builder
	for i := range n {
		name := word(random, 2+random.IntN(2))
		length := 16 + random.IntN(33)
		fmt.Fprintf(&out, "[[rules]]\nid = \"synthetic-%d\"\ntitle = \"Synthetic\"\nkind = \"secret\"\n", i)
		if i%3 == 2 {
			fmt.Fprintf(&out, "keywords = [%q]\nreach = 200\n", name)
			fmt.Fprintf(&out, `regex = '''(?i)%s[\w.-]{0,20}["']?\s{0,4}(?:=|:|=>|:=)\s{0,4}["']?([a-z0-9]{%d})\b'''`+"\n", name, length)
			continue
		}
		class := []string{"0-9a-f", "0-9A-Za-z", "0-9A-Za-z_-"}[random.IntN(3)]
		fmt.Fprintf(&out, `regex = '''\b(%s_[%s]{%d})\b'''`+"\n", name, class, length)
	}
	file, err := rules.Load("synthetic.toml", out.String())
	if err != nil {
		tb.Fatal(err)
	}
	return file.Set
}

// word returns a made-up word of so many syllables and a letter.
func word(random *rand.Rand, syllables int) string {
	const consonants, vowels = "bcdfghjklmnpqrstvwxz", "aeiouy"
	var out []byte
	for range syllables {
		out = append(out, consonants[random.IntN(len(consonants))], vowels[random.IntN(len(vowels))])
	}
	return string(append(out, consonants[random.IntN(len(consonants))]))
}

// BenchmarkGrowth is what more rules cost.
func BenchmarkGrowth(b *testing.B) {
	for _, name := range []string{"go", "leaky"} {
		w := named(b, name)
		for _, n := range []int{100, 300, 1000} {
			b.Run(fmt.Sprintf("%s/rules=%d", name, n), func(b *testing.B) {
				s := newScanner(b, synthetic(b, n))
				b.SetBytes(w.chunks.Bytes())
				b.ReportAllocs()
				for b.Loop() {
					s.Scan(b.Context(), w.chunks)
				}
			})
		}
	}
}

// TestSyntheticRules proves that the made-up rules do what they stand for.
func TestSyntheticRules(t *testing.T) {
	set := synthetic(t, 1000)
	if n := len(set.Rules()); n != 1000 {
		t.Fatalf("%d rules", n)
	}
	s := newScanner(t, set)
	for _, r := range set.Rules() {
		if len(r.Anchors()) == 0 {
			t.Fatalf("%s has no anchor: %s", r.ID, r.Expr)
		}
	}
	random := rand.New(rand.NewPCG(seed, 3))
	lines := make([]string, 0, 1000)
	for _, r := range set.Rules() {
		length := 0
		expr := r.Expr
		if _, err := fmt.Sscanf(expr[strings.LastIndexByte(expr, '{'):], "{%d}", &length); err != nil {
			t.Fatal(err)
		}
		if len(r.Keywords) > 0 {
			lines = append(lines, r.Keywords[0]+" = "+strings.ToLower(draw(random, length)))
			continue
		}
		prefix, _, _ := strings.Cut(strings.TrimPrefix(expr, `\b(`), "[")
		const digits = "0123456789abcdef"
		value := make([]byte, length)
		for i := range value {
			value[i] = digits[random.IntN(len(digits))]
		}
		lines = append(lines, prefix+string(value))
	}
	found := foundLines(s, "all.txt", strings.Join(lines, "\n")+"\n")
	if len(found) != len(lines) {
		t.Errorf("secrets found on %d of %d lines", len(found), len(lines))
	}
}
