package classify

import (
	"bytes"
	"math/rand/v2"
	"strings"
	"testing"
)

const (
	inBase62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	inBase64 = inBase62 + "+/"
	inHex    = "0123456789abcdef"
	inLower  = "abcdefghijklmnopqrstuvwxyz"
	inBase32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
)

// random returns n characters of an alphabet, the same ones for one seed.
func random(seed uint64, alphabet string, n int) string {
	r := rand.New(rand.NewPCG(seed, 7))
	var b strings.Builder
	for range n {
		b.WriteByte(alphabet[r.IntN(len(alphabet))])
	}
	return b.String()
}

// candidate makes a candidate of a text in which the name stands in ‹› and the
// value in «».
func candidate(t testing.TB, path, text string) *Candidate {
	t.Helper()
	c := &Candidate{File: FileOf(path)}
	cut := func(open, end string) (int, int) {
		i := strings.Index(text, open)
		text = strings.Replace(text, open, "", 1)
		j := strings.Index(text, end)
		text = strings.Replace(text, end, "", 1)
		return i, j
	}
	nameFrom, nameTo := cut("‹", "›")
	c.Start, c.End = cut("«", "»")
	if c.Start < 0 || c.End < 0 {
		t.Fatalf("no value in %q", text)
	}
	c.Data, c.MatchStart, c.MatchEnd = []byte(text), c.Start, c.End
	if nameFrom >= 0 {
		c.Name, c.MatchStart = c.Data[nameFrom:nameTo], nameFrom
	}
	return c
}

func judged(t *testing.T, judge, path, text string, want Class) Verdict {
	t.Helper()
	v := Judge(judge, candidate(t, path, text))
	if v.Class != want {
		t.Errorf("%s in %s: class %d (%s), want %d", text, path, v.Class, v.Reason, want)
	}
	return v
}

// TestAnyRule holds the judge of every rule to what it may refuse.
func TestAnyRule(t *testing.T) {
	for value, want := range map[string]Class{
		"AKIA" + random(1, "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16): Secret,
		random(2, inBase64, 40):                      Secret,
		"AKIAIOSFODNN7" + "EXAMPLE":                  Placeholder,
		"ghp" + "_" + strings.Repeat("x", 36):        Placeholder,
		"0123456789abcdef0123456789abcdef":           Placeholder,
		"<your-token-here>":                          Placeholder,
		"changeme":                                   Placeholder,
		"${TOKEN}":                                   Reference,
		"{{ vault.token }}":                          Reference,
		"ENC[AES256_GCM,data:x,iv:y,tag:z,type:str]": Sealed,
		"password":                                   Secret, // not for every rule to say
	} {
		judged(t, "", "x", "«"+value+"»", want)
	}
}

// TestAnyRuleKeepsRecall makes what generators make: none of it is refused.
func TestAnyRuleKeepsRecall(t *testing.T) {
	for _, alphabet := range []string{inBase62, inBase64, inHex, inLower, strings.ToUpper(inHex)} {
		for seed := range uint64(3000) {
			v := random(seed, alphabet, 16+int(seed%48))
			if verdict, is := stand([]byte(v), traitsOf([]byte(v))); is {
				t.Errorf("%s: %s", v, verdict.Reason)
			}
		}
	}
}

func TestEntropy(t *testing.T) {
	for text, want := range map[string]float64{"": 0, "aaaa": 0, "abab": 1, "abcd": 2} {
		if got := Entropy([]byte(text)); got != want {
			t.Errorf("%q: %v, want %v", text, got, want)
		}
	}
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	if got := Entropy(every); got != 8 {
		t.Errorf("all bytes: %v, want 8", got)
	}
}

// FuzzJudge feeds every judge any text and any place in it: none panics, and
// none changes the text.
func FuzzJudge(f *testing.F) {
	for _, text := range []string{
		"password = \"x\"", "-----BEGIN PRIVATE KEY-----\nMII", "a.b.c", "{{", "$", "%", "<>", "'''\n key: v", "basic eDp5", "", "é=ü",
	} {
		f.Add([]byte(text), uint16(0), uint16(3), uint16(4), uint16(9), "a/.env")
	}
	f.Fuzz(func(t *testing.T, data []byte, nameFrom, nameTo, start, end uint16, path string) {
		clamp := func(n uint16, least int) int { return max(least, min(int(n), len(data))) }
		c := Candidate{Data: data, File: FileOf(path)}
		c.MatchStart = clamp(nameFrom, 0)
		to := clamp(nameTo, c.MatchStart)
		c.Start = clamp(start, to)
		c.End = clamp(end, c.Start)
		c.MatchEnd = len(data)
		if c.Start == c.End {
			return // the engine drops empty values before
		}
		for _, judge := range []string{"", "assigned", "basic", "password", "jwt", "pem", "unknown"} {
			c.Name = data[c.MatchStart:to]
			before := bytes.Clone(data)
			v := Judge(judge, &c)
			if !bytes.Equal(before, data) {
				t.Fatalf("judge %q changed the data", judge)
			}
			if v.Class > Ordinary {
				t.Fatalf("judge %q: class %d", judge, v.Class)
			}
		}
	})
}
