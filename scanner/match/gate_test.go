package match

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"testing"
)

// TestGate asks gates of many texts, and the expression of each that is shut out.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		expr, literal string
		bars          int
	}{
		{`https?://[^\s:/@]{1,5}:([^\s/@]{3,8})@[^\s/@]{3,6}`, "http://", 2},
		{`https?://[^\s:/@]{1,5}:([^\s/@]{3,8})@[^\s/@]{3,6}`, "https://", 2},
		{`(?i)key(?:[a:]{0,2}=|-)[ab]{2}:[ab@]{1,3}/`, "key", 1}, // the : and the @ may come before
		{`(?i)ky(?:[a:]{0,2}=|-)[ab]?@/?(?:a|k+)`, "k", 1},
		{`key([ab]|:é){0,2}@(?:[ab]:)?=`, "key", 2},
		{`key[ab]*:`, "key", 0},
		{`key(?:[ab]:)+@`, "key", 0},
		{`key:?`, "key:", 0},
		{`key[aké]{0,3}@[^a]{2}a`, "ke", 2},
	} {
		parsed, err := syntax.Parse(c.expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewProgram(parsed)
		if err != nil {
			t.Fatal(err)
		}
		gate := p.Gate(c.literal)
		if gate == nil {
			gate = &Gate{}
		}
		if len(gate.bars) < c.bars || c.bars == 0 && len(gate.bars) > 0 {
			t.Errorf("%s behind %s: %d bars, want %d", c.expr, c.literal, len(gate.bars), c.bars)
		}
		exact := regexp.MustCompile(`\A(?:` + c.expr + `)`)
		random := rand.New(rand.NewPCG(1, 2))
		shut, open, matched := 0, 0, 0
		for range 200_000 {
			text := []byte(c.literal)
			for range random.IntN(14) {
				text = append(text, "aab:@/=-é\xc3 yk"[random.IntN(14)])
			}
			is := exact.Match(text)
			switch out := gate.Shut(text, len(c.literal)); {
			case out && is:
				t.Fatalf("%s: shut out %q, which matches", c.expr, text)
			case out:
				shut++
			default:
				open++
			}
			if is {
				matched++
			}
		}
		if c.bars > 0 && (shut == 0 || open == 0 || matched == 0) {
			t.Errorf("%s: %d shut out, %d let in, %d matched: nothing was tested", c.expr, shut, open, matched)
		}
	}
}
