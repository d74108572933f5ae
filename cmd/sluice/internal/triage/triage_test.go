package triage

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gdamore/tcell/v2"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/files"
)

// aToken makes up a token that a built-in rule knows.
func aToken() string {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	token := "glpat-"
	for range 20 {
		token += string(base62[rand.IntN(len(base62))])
	}
	return token
}

const madeUp = "Tr0ub" + "4dor&3xyz"

// found scans files and returns what is in them.
func found(t *testing.T, texts map[string]string) []scanner.Finding {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for name, text := range texts {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	engine, err := scanner.New(scanner.Options{Rules: set, Excerpts: true})
	if err != nil {
		t.Fatal(err)
	}
	source, err := files.Open([]string{dir}, files.Options{Base: dir})
	if err != nil {
		t.Fatal(err)
	}
	return engine.Scan(t.Context(), source).Findings
}

// three are findings in an order that is known: two tokens, then a password.
func three(t *testing.T) (findings []scanner.Finding, tokens []string) {
	t.Helper()
	tokens = []string{aToken(), aToken()}
	findings = found(t, map[string]string{
		"a.env":       "# one\nTOKEN=" + tokens[0] + "\nOTHER=" + tokens[1] + "\n",
		"d [x]/b.env": "TOKEN=" + tokens[1] + "\n",
		"c.yml":       "db:\n  password: \"" + madeUp + "\"\n",
	})
	if len(findings) != 3 || findings[2].Secret.Reveal() != madeUp {
		t.Fatalf("%d findings", len(findings))
	}
	return findings, tokens
}

func TestSession(t *testing.T) {
	findings, _ := three(t)
	s := New(findings)
	for _, bad := range []string{"", " \n ", "x until: 2027-01-01", strings.Repeat("x", 301)} {
		if s.Decide(Known, bad) == nil {
			t.Errorf("reason %.20q: no error", bad)
		}
	}
	if s.Decided() != 0 || s.At() != 0 {
		t.Errorf("%d decided, at %d", s.Decided(), s.At())
	}
	s.Move(1)
	if err := s.Decide(NoMatter, "  read by\nthe tests "); err != nil || s.At() != 2 || s.Reason() != "read by the tests" {
		t.Errorf("%v, at %d, reason %q", err, s.At(), s.Reason())
	}
	if err := s.Decide(Known, "on a laptop"); err != nil || s.At() != 0 {
		t.Errorf("%v, at %d: want the one left over", err, s.At())
	}
	if err := s.Decide(NoSecret, "made up"); err != nil || s.Decided() != 3 {
		t.Errorf("%v, %d decided", err, s.Decided())
	}
	want := []string{
		findings[0].Fingerprint + "  # made up",
		"/a.env  # read by the tests", `/d \[x\]/b.env  # read by the tests`,
	}
	if got := s.Ignores(); !slices.Equal(got, want) {
		t.Errorf("ignores %q", got)
	}
	if _, err := scanner.ParseIgnores("f", strings.Join(s.Ignores(), "\n"), files.Glob); err != nil {
		t.Error(err)
	}
	if reasons, known := s.Known(); !slices.Equal(reasons, []string{"on a laptop"}) || len(known["on a laptop"]) != 1 {
		t.Errorf("known %v", known)
	}
	s.Move(-9)
	s.Undo()
	if c, _ := s.Decision(); c != Undecided || s.Decided() != 2 || s.At() != 0 {
		t.Errorf("undone: %v, %d decided", c, s.Decided())
	}
	s.Move(99)
	if s.At() != 2 {
		t.Errorf("at %d", s.At())
	}
}

// TestPatterns: an entry names the file that it was made for and no other one.
func TestPatterns(t *testing.T) {
	for _, path := range []string{"a", "a b/c#d", "a/# x", "[a]*?", `back\slash`, "!a", "v1:x", "{a,b}", "ä/ö"} {
		f := scanner.Finding{Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: &scanner.Origin{Path: path}}}}}
		entries, err := patterns(&f)
		if err != nil || len(entries) != 1 {
			t.Fatalf("%q: %v", path, err)
		}
		if _, err := scanner.ParseIgnores("f", entries[0]+"  # why", files.Glob); err != nil {
			t.Errorf("%q: %v", path, err)
		}
		match, err := files.Glob(entries[0])
		if err != nil || !match(path) || match("x/"+path) || match(path+"x") {
			t.Errorf("%q: %q, %v", path, entries[0], err)
		}
	}
	image := scanner.Finding{Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: &scanner.Origin{Kind: scanner.InLayer, Path: "a"}}}}}
	if entries, err := patterns(&image); err != nil || !slices.Equal(entries, []string{"image:/a"}) {
		t.Errorf("%q, %v", entries, err)
	}
	for _, path := range []string{"", "a\nb", " a", "dir-****/a"} {
		f := scanner.Finding{Occurrences: []scanner.Occurrence{{Place: scanner.Place{Origin: &scanner.Origin{Path: path}}}}}
		if _, err := patterns(&f); err == nil {
			t.Errorf("%q: no error", path)
		}
	}
}

// A stage is a screen that nobody sees, with the session running on it.
type stage struct {
	*testing.T
	view   *view
	screen tcell.SimulationScreen
	ended  chan bool
}

func perform(t *testing.T, s *Session) *stage {
	t.Helper()
	st := &stage{t, newView(s), tcell.NewSimulationScreen("UTF-8"), make(chan bool, 1)}
	go func() {
		write, err := st.view.run(st.screen)
		if err != nil {
			t.Error(err)
		}
		st.ended <- write
	}()
	st.shows("1 of ") // keys go nowhere before
	return st
}

func (s *stage) types(text string) {
	for _, r := range text {
		if r == '\n' {
			s.screen.InjectKey(tcell.KeyEnter, 0, 0)
		} else {
			s.screen.InjectKey(tcell.KeyRune, r, 0)
		}
	}
}

// shows waits until a text is on the screen and returns all of it.
func (s *stage) shows(text string) string {
	s.Helper()
	var all string
	for range 500 {
		var b strings.Builder
		s.view.app.QueueUpdate(func() { // between two drawings
			cells, width, _ := s.screen.GetContents()
			for i, c := range cells {
				if i%width == 0 {
					b.WriteByte('\n')
				}
				b.WriteString(string(c.Runes))
			}
		})
		if all = b.String(); strings.Contains(all, text) {
			return all
		}
		time.Sleep(10 * time.Millisecond)
	}
	s.Fatalf("%q is not on the screen:\n%s", text, all)
	return ""
}

func (s *stage) end() bool {
	s.Helper()
	select {
	case write := <-s.ended:
		return write
	case <-time.After(10 * time.Second):
		s.Fatal("it goes on")
		return false
	}
}

func TestRun(t *testing.T) {
	findings, tokens := three(t)
	s := New(findings)
	st := perform(t, s)
	var seen strings.Builder
	seen.WriteString(st.shows("1 of 3, 0 decided: undecided"))
	st.shows(">     2  TOKEN=glpa****")
	st.shows("      3  OTHER=****")
	st.shows("revoke: ")
	st.types("b")
	st.shows("why (to the baseline): ")
	st.types("known\n")
	seen.WriteString(st.shows("2 of 3, 1 decided"))
	st.shows("d [x]/b.env:1:7")
	st.types("p")
	st.shows("1 of 3, 1 decided: to the baseline, known")
	st.types("n")
	st.shows("2 of 3")
	st.types("i")
	st.shows("why (ignored by fingerprint): known") // the last reason is there again
	st.screen.InjectKey(tcell.KeyEscape, 0, 0)
	st.shows("b baseline")
	st.types("f")
	st.shows("why (ignored by path): known")
	st.types("!\n")
	seen.WriteString(st.shows("3 of 3, 2 decided"))
	st.shows("A person made it")
	st.shows(`password: "****"`)
	st.types("i\n")
	st.shows("all are decided")
	st.types("u")
	st.shows("3 of 3, 2 decided: undecided")
	st.types("w")
	if !st.end() {
		t.Error("not to be written")
	}
	for _, secret := range append(tokens, madeUp) {
		if strings.Contains(seen.String(), secret[6:]) {
			t.Errorf("%s is shown", secret)
		}
	}
	if lines := s.Ignores(); len(lines) != 2 || !strings.HasSuffix(lines[0], "  # known!") {
		t.Errorf("ignores %q", lines)
	}
}

func TestRunAbandoned(t *testing.T) {
	findings, _ := three(t)
	st := perform(t, New(findings))
	st.types("bknown\n")
	st.shows("2 of 3, 1 decided")
	st.screen.InjectKey(tcell.KeyCtrlC, 0, tcell.ModCtrl)
	if st.end() {
		t.Error("to be written")
	}
}

// TestDescribeIsHarmless: what was scanned cannot speak to the terminal.
func TestDescribeIsHarmless(t *testing.T) {
	findings := found(t, map[string]string{"a.env": "\x1b]0;owned\a x\u202e\nTOKEN=" + aToken() + " [red]\n"})
	if len(findings) != 1 {
		t.Fatalf("%d findings", len(findings))
	}
	text := describe(&findings[0], 80)
	if strings.ContainsAny(text, "\x1b\a\u202e") || !strings.Contains(text, "[red]") {
		t.Errorf("%q", text)
	}
	if n := fmt.Sprint(findings[0].Excerpt.Line); n != "2" {
		t.Errorf("line %s", n)
	}
}
