package match

import (
	"math/rand/v2"
	"regexp"
	"regexp/syntax"
	"strings"
	"testing"
)

// TestGate asks gates of many texts, and the expression of each that is shut out.
func TestGate(t *testing.T) {
	for _, c := range []struct {
		expr    string
		heads   string // what may stand before the literal, of one length each
		literal string
		gates   int
	}{
		{`https?://[^\s:/@]{1,5}:([^\s/@]{3,8})@[^\s/@]{3,6}`, "", "http://", 2},
		{`https?://[^\s:/@]{1,5}:([^\s/@]{3,8})@[^\s/@]{3,6}`, "", "https://", 2},
		{`(?i)key(?:[a:]{0,2}=|-)[ab]{2}:[ab@]{1,3}/`, "", "key", 1}, // the : and the @ may come before
		{`(?i)ky(?:[a:]{0,2}=|-)[ab]?@/?(?:a|k+)`, "", "k", 1},
		{`key([ab]|:é){0,2}@(?:[ab]:)?=`, "", "key", 2},
		{`key[ab]*:`, "", "key", 0},
		{`key(?:[ab]:)+@`, "", "key", 0},
		{`key:?`, "", "key:", 0},
		{`key[aké]{0,3}@[^a]{2}a`, "", "ke", 2},
		{`https?://[ab]{1,3}@[ab]`, "https ahttp xttps", "://", 1},
		{`https?://[ab]{1,3}@[ab]`, "http ttps htta", "://", 1},
		{`(?i)[ab]y?:[ab]{0,3}@a`, "aY xy ba ab", ":", 1},
		{`[ab@]{2}y?k:/[ab]{0,3}@a`, "a@y b@a aby a@@", "k:/", 1},
		{`(?i)[ab]k:[ab]{0,3}@a`, "ak", ":", 0}, // the Kelvin sign is longer
		{`[aé]{2}k:[ab]{0,3}@a`, "aa", "k:", 0},
	} {
		parsed, err := syntax.Parse(c.expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewProgram(parsed)
		if err != nil {
			t.Fatal(err)
		}
		heads := strings.Split(c.heads, " ")
		before := len(heads[0])
		gate := p.Gate(c.literal, before)
		gates := 0
		for g := gate; g != nil; g = g.next {
			gates++
		}
		if gates < c.gates || c.gates == 0 && gates > 0 {
			t.Errorf("%s behind %s: %d gates, want %d", c.expr, c.literal, gates, c.gates)
		}
		exact := regexp.MustCompile(`\A(?:` + c.expr + `)`)
		random := rand.New(rand.NewPCG(1, 2))
		shut, open, matched := 0, 0, 0
		for range 200_000 {
			text := []byte(heads[random.IntN(len(heads))] + c.literal)
			for range random.IntN(14) {
				text = append(text, "aab:@/=-é\xc3 yk"[random.IntN(14)])
			}
			is := exact.Match(text)
			out := gate != nil && (!gate.Fits(text, before) || gate.Shut(text, before+len(c.literal), &Passed{}))
			switch {
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
		if c.gates > 0 && (shut == 0 || open == 0 || matched == 0) {
			t.Errorf("%s: %d shut out, %d let in, %d matched: nothing was tested", c.expr, shut, open, matched)
		}
	}
}

// TestPassed: what a gate passed before does not change its answer.
func TestPassed(t *testing.T) {
	var gates []*Gate
	for _, expr := range []string{`key[a-e]{0,40}:[a-e]{2}@`, `key[a-y]{0,300}=`} {
		parsed, err := syntax.Parse(expr, syntax.Perl)
		if err != nil {
			t.Fatal(err)
		}
		p, err := NewProgram(parsed)
		if err != nil {
			t.Fatal(err)
		}
		gates = append(gates, p.Gate("key", 0))
	}
	random := rand.New(rand.NewPCG(5, 6))
	shut := 0
	for range 500 {
		text := make([]byte, 700)
		rare := 1 + random.IntN(300)
		for i := range text {
			if text[i] = "abcde"[random.IntN(5)]; random.IntN(rare) == 0 {
				text[i] = ":@=y"[random.IntN(4)]
			}
		}
		var passed Passed
		for at := 0; at < len(text); at += random.IntN(30) - 3 {
			at = max(at, 0)
			gate, end := gates[random.IntN(8)/7], min(len(text), at+random.IntN(400))
			want := gate.Shut(text[:end], min(at, end), &Passed{})
			if got := gate.Shut(text[:end], min(at, end), &passed); got != want {
				t.Fatalf("%q from %d: %v, want %v", text[:end], at, got, want)
			}
			if want {
				shut++
			}
		}
	}
	if shut == 0 {
		t.Error("nothing was shut out")
	}
}
