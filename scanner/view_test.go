package scanner

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"net/url"
	"strings"
	"testing"
)

func inBase64(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }

func inGzip(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = w.Write([]byte(s))
	_ = w.Close()
	return b.String()
}

// TestViews: what is encoded is found where it stands, and says how it does.
func TestViews(t *testing.T) {
	s := testScanner(t)
	const token = "tok_" + "9b3f07c1e5a82d64"
	const plain = "some text and " + token + ", and more"
	for _, c := range []struct{ name, stands, encoded string }{
		{"as it is", token, ""},
		{"base64", inBase64(plain), "base64"},
		{"hex", hex.EncodeToString([]byte(plain)), "hex"},
		{"percent", "url?x%3D" + token + "%26y", "percent encoding"},
		{"escapes", `url?x\u003d` + token + `\u0026y`, "escapes"},
		{"gzip", inBase64(inGzip(plain)), "gzip in base64"},
		{"three deep", inBase64(inBase64(inBase64(plain))), "base64 in base64 in base64"},
		{"four deep", inBase64(inBase64(inBase64(inBase64(plain)))), "none"},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := "first line\n é: "
			r := s.Scan(t.Context(), text{data: before + c.stands + " \n"})
			if c.encoded == "none" {
				if len(r.Findings) > 0 {
					t.Error("found")
				}
				return
			}
			if len(r.Findings) != 1 || len(r.Findings[0].Occurrences) != 1 || r.Findings[0].Secret.Reveal() != token {
				t.Fatal(describe(r))
			}
			at := r.Findings[0].Occurrences[0]
			from, to := int(at.Span.Offset)-len(before), int(at.Span.Offset+at.Span.Length)-len(before)
			if at.Encoded != c.encoded || from < 0 || to > len(c.stands) || at.Span.Line != 2 || at.Span.Column != 5+from {
				t.Errorf("%q at %+v", at.Encoded, at.Span)
			}
			if c.encoded == "base64" {
				if got, err := base64.RawStdEncoding.DecodeString(c.stands[from/4*4 : (to+3)/4*4]); err != nil || !strings.Contains(string(got), token) {
					t.Errorf("the span decodes to %q", got)
				}
			}
			if !r.Complete {
				t.Error(r.Problems)
			}
		})
	}
}

// TestViewsAreOne: a secret in several encodings is one finding, and one that
// a rule sees raw and decoded at one place stands there once.
func TestViewsAreOne(t *testing.T) {
	s := testScanner(t)
	const token = "tok_" + "9b3f07c1e5a82d64"
	r := s.Scan(t.Context(), text{data: token + "\n" + inBase64("x="+token+" and more") + "\n" + "a%20b " + url.QueryEscape(" & ") + token})
	if len(r.Findings) != 1 || len(r.Findings[0].Occurrences) != 3 {
		t.Fatal(describe(r))
	}
}

// TestViewCut: where a view is cut within a long stretch no value ends, and what
// stands there is found nevertheless, once.
func TestViewCut(t *testing.T) {
	s := testScanner(t)
	eachByte := func(form string) func(string) string {
		return func(s string) string {
			var b strings.Builder
			for i := range len(s) {
				fmt.Fprintf(&b, form, s[i])
			}
			return b.String()
		}
	}
	for name, encode := range map[string]func(string) string{
		"base64":       inBase64,
		"hex":          func(s string) string { return hex.EncodeToString([]byte(s)) },
		"percent":      eachByte("%%%02x"),
		"some percent": func(s string) string { return strings.ReplaceAll(s, ",", "%2C") },
		"escapes":      eachByte(`\u%04x`),
		"twice":        func(s string) string { return eachByte(`\x%02x`)(strings.ReplaceAll(s, ",", "%2C")) },
		"UTF-16":       func(s string) string { return inBase64(strings.Join(strings.Split(s, ""), "\x00") + "\x00") },
	} {
		t.Run(name, func(t *testing.T) {
			random := rand.New(rand.NewPCG(1, 2))
			for range 6 {
				var plain strings.Builder
				tokens := 0
				for i := range 4000 { // what is a token but for its end, over and over
					fmt.Fprintf(&plain, "tok_"+"%016x%s,", random.Uint64(), strings.Repeat("g", 1+random.IntN(4)))
					if i%40 == 0 {
						fmt.Fprintf(&plain, "tok_"+"%016x,", random.Uint64())
						tokens++
					}
				}
				r := s.Scan(t.Context(), text{data: strings.Repeat(" ", random.IntN(100)) + encode(plain.String()) + "\n"})
				if len(r.Findings) != tokens {
					t.Errorf("%d findings, want %d", len(r.Findings), tokens)
				}
				for _, f := range r.Findings {
					if v := f.Secret.Reveal(); !strings.Contains(plain.String(), v+",") {
						t.Errorf("%s is no value, %d bytes in", v, f.Occurrences[0].Span.Offset)
					}
					if len(f.Occurrences) != 1 {
						t.Errorf("%s stands at %d places", f.Secret.Reveal(), len(f.Occurrences))
					}
				}
				if !r.Complete {
					t.Error(r.Problems)
				}
			}
		})
	}
}

// TestViewBudget: what is left out of a bomb is a problem that names the line.
func TestViewBudget(t *testing.T) {
	s := testScanner(t)
	for name, data := range map[string]string{
		"one":  "\n" + inBase64(inGzip(strings.Repeat(" ", 40<<20))),
		"many": "\n" + strings.Repeat(inBase64(inGzip(strings.Repeat(" ", 1<<20)))+"\n", 100),
	} {
		r := s.Scan(t.Context(), text{data: data})
		if r.Complete || len(r.Problems) == 0 || !strings.Contains(r.Problems[0].Err, "line ") {
			t.Errorf("%s: complete %v, %v", name, r.Complete, r.Problems)
		}
	}
}

// TestViewsOfNoise: what only looks encoded costs no problem.
func TestViewsOfNoise(t *testing.T) {
	s := testScanner(t)
	random := rand.New(rand.NewPCG(4, 4))
	noise := make([]byte, 1<<20)
	for i := range noise {
		noise[i] = byte(random.Uint32())
	}
	if r := s.Scan(t.Context(), text{data: base64.StdEncoding.EncodeToString(noise)}); !r.Complete {
		t.Error(r.Problems)
	}
}
