package scanner

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

// TestAllowComments holds the comments of many languages against one value.
func TestAllowComments(t *testing.T) {
	for _, c := range []struct{ text, reason string }{
		{`TOKEN=%s # sluice:allow[prefixed] made up`, "made up"},
		{`t = "%s" // sluice:allow[prefixed] made up`, "made up"},
		{`t = "%s" /* sluice:allow[prefixed] made up */`, "made up"},
		{`<t>%s</t> <!-- sluice:allow[prefixed] made up -->`, "made up"},
		{`t: "%s" {# sluice:allow[prefixed] made up #}`, "made up"},
		{`SELECT '%s' -- sluice:allow[prefixed] made up`, "made up"},
		{`(def t "%s") ; sluice:allow[prefixed] made up`, "made up"},
		{`t = '%s' %% sluice:allow[prefixed] made up`, "made up"},
		{`{"t": "%s", "why": "sluice:allow[prefixed] made up"},`, "made up"},
		{`t = %s # sluice:allow[ other , prefixed ]: made up (for tests)`, "made up (for tests)"},
		{"# sluice:allow[prefixed] made up\nTOKEN=%s", "made up"},
		{"a=1\n    // sluice:allow[prefixed] made up\n    TOKEN=%s\n", "made up"},
		{"<!-- sluice:allow[prefixed] made up -->\r\n<t>%s</t>\r\n", "made up"},
		{"REM sluice:allow[prefixed] made up\nset TOKEN=%s", "made up"},
		{`TOKEN=%s # gitleaks:allow`, "gitleaks:allow"},
		{"# sluice:allow[prefixed] made up\n\nTOKEN=%s", ""},                             // not right above
		{"TOKEN=%s\n# sluice:allow[prefixed] made up", ""},                               // below
		{"a = 1 # sluice:allow[prefixed] made up\nTOKEN=%s", ""},                         // another line's
		{"# gitleaks:allow\nTOKEN=%s", ""},                                               // gitleaks looks at the line only
		{`TOKEN=%s # sluice:allow[assigned] made up`, ""},                                // another rule
		{`TOKEN=%s # sluice:allow[prefixed]`, ""},                                        // no reason
		{`TOKEN=%s # sluice:allow[] made up`, ""},                                        // no rule
		{`TOKEN=%s # sluice:allow made up`, ""},                                          // no rule
		{`TOKEN=%s # sluice:allowed[prefixed] made up`, ""},                              // another word
		{"TOKEN=%s # sluice:allow[pre\nfixed] made up", ""},                              // over two lines
		{"TOKEN=%s # " + strings.Repeat("x", Margin) + "sluice:allow[prefixed] far", ""}, // out of sight
	} {
		data := strings.Replace(c.text, "%s", aToken, 1)
		data = strings.ReplaceAll(data, "%%", "%")
		r := scanPlaced(t, &Policy{}, data, &Origin{Path: "a"})
		switch {
		case len(r.Findings)+len(r.Hidden) != 1:
			t.Errorf("%q: %d findings", c.text, len(r.Findings)+len(r.Hidden))
		case c.reason == "" && len(r.Hidden) > 0:
			t.Errorf("%.80q: hidden: %+v", c.text, r.Hidden[0].Suppression)
		case c.reason != "" && (len(r.Hidden) == 0 || r.Hidden[0].Suppression.Reason != c.reason || r.Hidden[0].Suppression.Kind != Inline):
			t.Errorf("%.80q: not hidden, or %+v", c.text, r)
		}
	}
}

// TestAllowIsForOneLine: what stands on the next line is another matter.
func TestAllowIsForOneLine(t *testing.T) {
	r := scanPlaced(t, &Policy{}, "a="+aToken+" # sluice:allow[prefixed] made up\nb="+another+"\n", &Origin{Path: "a"})
	if len(r.Hidden) != 1 || len(r.Findings) != 1 || r.Findings[0].Secret.Reveal() != another {
		t.Errorf("hidden %+v, open %+v", r.Hidden, r.Findings)
	}
	if got := r.Hidden[0].Suppression.Where; got != "a:1" {
		t.Errorf("where %q", got)
	}
}

// TestAllowIsTrustedInTheTree and nowhere else: what is brought from elsewhere
// does not say of itself that it is harmless.
func TestAllowIsTrustedInTheTree(t *testing.T) {
	data := aToken + " # sluice:allow[prefixed] made up, gitleaks:allow"
	for _, c := range []struct {
		origin Origin
		hidden int
	}{
		{Origin{Path: "a"}, 1},
		{Origin{Path: "a", Kind: Staged}, 1},
		{Origin{Kind: Stdin}, 1},
		{Origin{Path: "Dockerfile", Exposed: "layer"}, 1},
		{Origin{Path: "a.zip", Member: "a"}, 0},
		{Origin{Path: "a", Kind: InCommit, Commit: &Commit{ID: "1"}}, 0},
		{Origin{Path: "a", Kind: InLayer, Layer: &Layer{}}, 0},
		{Origin{Path: "a", Kind: Config}, 0},
		{Origin{Path: "a", Kind: History}, 0},
		{Origin{Path: "a", Kind: Blob}, 0},
	} {
		if r := scanPlaced(t, &Policy{}, data, &c.origin); len(r.Hidden) != c.hidden {
			t.Errorf("%+v: %d hidden", c.origin, len(r.Hidden))
		} else if told := len(r.Findings) == 1 && strings.Contains(r.Findings[0].Reason, "the comment in line 1 counts in the working tree alone"); told == (c.hidden == 1) {
			t.Errorf("%+v: %+v", c.origin, r.Findings)
		}
		if r := scanPlaced(t, &Policy{NoInline: true}, data, &c.origin); len(r.Hidden) != 0 {
			t.Errorf("%+v: hidden without comments", c.origin)
		}
	}
}

// TestAllowWhereverCut: a comment is seen however the stream is cut.
func TestAllowWhereverCut(t *testing.T) {
	data := strings.Repeat("nothing here\n", 12000) + "x " + aToken + " # sluice:allow[prefixed] made up\n" + strings.Repeat("nothing here\n", 12000)
	at := strings.Index(data, "tok_")
	s, err := New(Options{Rules: testSet(t), Policy: &Policy{}})
	if err != nil {
		t.Fatal(err)
	}
	for _, cut := range []int{at - 5, at, at + 4, at + 20, at + 30, at + Margin, at + Overlap - 1, at + Overlap/2} {
		if r := s.Scan(t.Context(), text{data: data, cuts: []int{cut}, path: "a"}); len(r.Hidden) != 1 || len(r.Findings) != 0 {
			t.Errorf("cut at %d: %d hidden, %d open", cut-at, len(r.Hidden), len(r.Findings))
		}
	}
}

func FuzzAllowances(f *testing.F) {
	f.Add("# sluice:allow[a,b] why */\nx", 28, 1)
	f.Add("x // gitleaks:allow", 0, 1)
	f.Fuzz(func(t *testing.T, text string, start, n int) {
		if start < 0 || n < 0 || start > len(text) || n > len(text)-start {
			return
		}
		for _, a := range allowancesIn([]byte(text), start, start+n, 5) {
			if len(a.reason) > maxReason || strings.ContainsAny(a.reason, "\n") || a.line < 4 || utf8.ValidString(text) && !utf8.ValidString(a.reason) {
				t.Errorf("%+v", a)
			}
			if a.allows([]string{"rule"}) && a.reason == "" {
				t.Errorf("allows without a reason: %+v", a)
			}
			if said := a.refusal([]string{"rule"}, true); (said == "") != a.allows([]string{"rule"}) {
				t.Errorf("%+v: %q", a, said)
			}
		}
	})
}

// TestExcerpt: what is shown beside a value holds no part of another one.
func TestExcerpt(t *testing.T) {
	s, err := New(Options{Rules: testSet(t), Excerpts: true})
	if err != nil {
		t.Fatal(err)
	}
	block := "<<BEGIN>>" + strings.Repeat("7f3ac9e1b05d2864ae19c70d53fb8e42\n", 20) + "c2f91b7e<<END>>"
	data := fmt.Sprintf("one\ntwo\nthree\nfour %s\npassword = %s and %s%s\nsix\n%s\n", another, aWord, strings.Repeat("-", 300), aToken, block)
	r := s.Scan(t.Context(), text{data: data, path: "a"})
	if len(r.Findings) != 4 {
		t.Fatalf("%d findings: %s", len(r.Findings), describe(r))
	}
	for _, f := range r.Findings {
		if f.Excerpt == nil {
			t.Fatalf("%s: no excerpt", f.Rule.ID)
		}
		shown := f.Excerpt.Before + "|" + f.Excerpt.After
		for _, bad := range []string{aToken[4:], another[4:], aWord, "7f3ac9e1b05d2864", "c2f91b7e"} {
			if strings.Contains(shown, bad) {
				t.Errorf("%s: %q in %q", f.Rule.ID, bad, shown)
			}
		}
		if f.Secret.Reveal() == aWord && (!strings.HasPrefix(f.Excerpt.Before, "two\nthree\nfour ") || !strings.HasSuffix(f.Excerpt.Before, "password = ") || f.Excerpt.Line != 5) {
			t.Errorf("excerpt %+v", f.Excerpt)
		}
		if len(shown) > 9*excerptWidth {
			t.Errorf("%s: %d bytes", f.Rule.ID, len(shown))
		}
	}
	if r := testScanner(t).Scan(t.Context(), text{data: data, path: "a"}); r.Findings[0].Excerpt != nil {
		t.Error("an excerpt that nobody asked for")
	}
}

// TestExcerptOfKeyTail: the last line of a key that begins out of sight is too
// short to be recognised by itself.
func TestExcerptOfKeyTail(t *testing.T) {
	m := newMasker(nil)
	e := &Excerpt{Line: 9, Before: "c2hvcnQgdGFpbA==\n-----END PRIVATE KEY-----\nx = "}
	if got := e.masked(m).Before; strings.Contains(got, "c2hvcnQ") || !strings.HasSuffix(got, "x = ") {
		t.Errorf("%q", got)
	}
}
