package dockerfile

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/moby/buildkit/frontend/dockerfile/shell"

	"github.com/sluice-sec/sluice/scanner"
)

// environment is a set of variables for the builder's lexer.
type environment map[string]string

func (e environment) Get(name string) (string, bool) { v, ok := e[name]; return v, ok }
func (e environment) Keys() []string                 { return nil }

// TestExpand holds the expansion of words against the builder's own.
func TestExpand(t *testing.T) {
	known := environment{"A": "one", "B": "two words", "EMPTY": "", "Q": `"q'`, "D": "$A"}
	for _, text := range []string{
		"x", "$A", "${A}", "x$A-y", "$A$B", "${A}${B}", `"$A"`, `'$A'`, `\$A`, `"\$A"`, `'\$A'`, `a\b`, `"a\b"`, `"a\\b"`, `a\\b`, `"a\"b"`,
		`'a'"b"c`, "${A:-x}", "${A-x}", "${EMPTY:-x}", "${EMPTY-x}", "${N:-x}", "${N-x}", "${N:-$A}", "${N:-${A}y}", "${N:-a${M:-${B}}c}",
		"${A:+x}", "${N:+x}y", "${A:+$B}", "${N:-}", "$Q", "$D", "a=$A", "$A_$B", "${A}_", "'a\"b'", "é$A", "$EMPTY", `\é`, `"é\"$B"`, "${A:+}",
	} {
		in := joined{text: text, parts: []part{{}}}
		lookup := func(name string) (value, bool) {
			v, ok := known[name]
			if !ok && (name == "A_") { // what is not set is empty to the builder, and left alone here
				return nil, true
			}
			if v == "" {
				return nil, ok
			}
			return value{{text: v}}, ok
		}
		x := expansion{in: &in, lookup: lookup, quoting: unquoted, escape: '\\', budget: &budget{pieces: 100}}
		got := x.expand(0, len(text)).String()
		want, _, err := shell.NewLex('\\').ProcessWord(text, known)
		if err != nil || got != want {
			t.Errorf("%s: %q, the builder says %q %v", text, got, want, err)
		}
	}
}

// TestJoin has lines and the instruction that they make.
func TestJoin(t *testing.T) {
	for _, c := range []struct {
		escape byte
		lines  string
		want   string
		next   int
	}{
		{'\\', "RUN x", "RUN x", 2},
		{'\\', "  RUN x\\\ny\nz", "RUN xy", 3},
		{'\\', "RUN x \\ \t\r\n  y", "RUN x   y", 3},
		{'\\', "RUN x \\\\\ny", `RUN x \\`, 2},
		{'\\', "RUN \\\n# c \\\n\n  \\\n\\\ny", "RUN   y", 7},
		{'`', "RUN `\ny\\\nz", `RUN y\`, 3},
		{'\\', "RUN x\\", "RUN x", 2},
		{'\\', mark + "RUN x\\\n" + "y", "RUN xy", 3},
	} {
		f := newText([]byte(c.lines))
		j, next := f.join(1, c.escape)
		if j.text != c.want || next != c.next {
			t.Errorf("%q: %q, next %d, want %q, %d", c.lines, j.text, next, c.want, c.next)
		}
		for i := range len(j.text) {
			if f.all[j.raw(i)] != j.text[i] {
				t.Errorf("%q: byte %d is said to stand at %d", c.lines, i, j.raw(i))
			}
		}
	}
}

// TestBounds has files that would make much of little.
func TestBounds(t *testing.T) {
	doubling := "FROM a\nENV A0=xxxxxxxxxxxxxxxx\n"
	for i := range 100 {
		doubling += fmt.Sprintf("ENV A%d=$A%d$A%d\n", i+1, i, i)
	}
	chain := "FROM a\nARG A0=" + tok + "\n"
	for i := range 5000 {
		chain += fmt.Sprintf("ARG A%d=$A%d\n", i+1, i)
	}
	wide := "FROM a\nENV A=" + strings.Repeat("x", 60_000) + "\n" + strings.Repeat("RUN x $A\n", 20_000)
	stages := "FROM a AS s0\nENV A=" + tok + "\n"
	for i := range 5000 {
		stages += fmt.Sprintf("FROM s%d AS s%d\nRUN x $A\n", i, i+1)
	}
	same := "FROM a AS s\n" + strings.Repeat("FROM s AS s\n", 50_000)
	for name, c := range map[string]struct {
		text  string
		whole bool
		found int
	}{
		"100,000 instructions": {"FROM a\n" + strings.Repeat("ENV A=$A\n", 100_000) + "RUN " + tok, true, 1},
		"cycle":                {"ARG A=$B\nARG B=$A\nFROM a\nARG A=${B:-$A}\nARG B=$A$B\nENV C=$A$B$C\nENV A=$C\nRUN x $A$B$C " + tok, true, 1},
		"doubling":             {doubling + "RUN " + tok, false, 1},
		"chain":                {chain, true, 1},
		"wide":                 {wide + "RUN " + tok, false, 1},
		"stages":               {stages, true, 1},
		"stages of one name":   {same + "RUN " + tok, true, 1},
		"braces":               {"FROM a\nRUN " + strings.Repeat("${A:-", 10_000) + "\nRUN " + tok, true, 1},
		"many words":           {"FROM a\nENV" + strings.Repeat(" A=$A", 12_000) + "\nRUN " + tok, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(t, folder(t, map[string]string{"Dockerfile": c.text}), Options{})
			if len(r.Findings) != c.found || r.Complete != c.whole {
				t.Errorf("%d findings, problems %v", len(r.Findings), r.Problems)
			}
			for _, f := range r.Findings {
				if len(f.Occurrences) > maxUses {
					t.Errorf("%d places", len(f.Occurrences))
				}
			}
		})
	}
}

// FuzzDockerfile reads any file: it ends, joins lines as the builder does, and
// says of every byte that it resolves where it stands.
func FuzzDockerfile(f *testing.F) {
	for _, seed := range []string{
		"FROM a\nARG A=x\nENV B=$A C='${A:-y}' \\\n # c\n D=1\nRUN <<E <<-\"F\"\n$B\nE\n\tF\nCOPY --from=x a* b /c\n",
		"# escape=`\nFROM a AS b\nONBUILD RUN [\"a\", \"$B\"]\nFROM b\nHEALTHCHECK CMD x\nLABEL a b\nADD http://x/$A <<E /x\nE\n",
		"ARG X=1\nFROM ${X}\nARG X\nENV A=tok_8f3a91c7 \\\n\nRUN $A$X" + "d20be64f\\\n$A",
		mark + "FROM a\r\nRUN x\\\r\n\r\ny",
	} {
		f.Add([]byte(seed))
	}
	engine, err := scanner.New(scanner.Options{Rules: testSet(f)})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		file, err := parse(data)
		if err != nil {
			if strings.Contains(err.Error(), "not understood") || strings.Contains(err.Error(), "gave up") {
				t.Errorf("%v: %q", err, data)
			}
		} else {
			file.walk(map[string]string{"A": "given"}, func(_ *walk, r resolved) {
				for _, p := range r.says {
					if len(p.text) == p.from.to-p.from.from && file.all[p.from.from:p.from.to] != p.text {
						t.Errorf("%q is said to stand at %v of %q", p.text, p.from, data)
					}
				}
			})
		}
		dir := folder(t, map[string]string{"Dockerfile": string(data)})
		s, err := Open([]string{dir}, Options{Base: dir, BuildArgs: []string{"A=" + tok}})
		if err != nil {
			t.Fatal(err)
		}
		r := engine.Scan(context.Background(), s)
		for _, f := range r.Findings {
			for _, o := range f.Occurrences {
				if o.Span.Line < 1 || o.Span.Column < 1 || o.Span.Offset < 0 || o.Span.Offset+o.Span.Length > int64(len(data)) {
					t.Errorf("%q: %+v", data, o.Span)
				}
			}
		}
	})
}
