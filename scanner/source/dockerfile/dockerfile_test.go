package dockerfile

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

const testRules = `
[[rules]]
id = "test-token"
title = "Test token"
confidence = "high"
provider = "Test"
regex = '\btok_[0-9a-f]{16}\b'

[[rules]]
id = "assigned"
title = "Assigned value"
generic = true
confidence = "medium"
regex = '(?i)(?P<name>(?:password|token)[\w.-]{0,20})["\x27]?\s{0,4}[=:]\s{0,4}["\x27]?(?P<secret>[0-9a-z_]{8,40})'
keywords = ["password", "token"]

[[rules]]
id = "option"
title = "Option"
confidence = "medium"
regex = '\blogin [^\n]{0,80}-p (?P<secret>[0-9a-z]{6,40})'
`

// Values that the test rules find, of no service.
const (
	tok = "tok_8f3a91c7" + "d20be64f"
	two = "tok_3b9e07d4" + "a15fc286"
)

func testSet(t testing.TB) *rules.Set {
	t.Helper()
	f, err := rules.Load("test.toml", testRules)
	if err != nil {
		t.Fatal(err)
	}
	return f.Set
}

// folder writes files into a new folder and returns it.
func folder(t testing.TB, files map[string]string) string {
	t.Helper()
	dir := t.TempDir()
	for name, content := range files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// report scans paths of a folder; none means its Dockerfile.
func report(t testing.TB, dir string, o Options, paths ...string) *scanner.Report {
	t.Helper()
	engine, err := scanner.New(scanner.Options{Rules: testSet(t)})
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		paths = []string{"Dockerfile"}
	}
	for i := range paths {
		paths[i] = filepath.Join(dir, paths[i])
	}
	o.Base = dir
	s, err := Open(paths, o)
	if err != nil {
		t.Fatal(err)
	}
	return engine.Scan(context.Background(), s)
}

// chains writes what was found: for each finding its rule, and for each place
// the position, who can see it and the instruction's first word.
func chains(r *scanner.Report) []string {
	var all []string
	for _, f := range r.Findings {
		line := f.Rule.ID + ":"
		for _, o := range f.Occurrences {
			word := "-"
			if s := o.Origin.Step; s != nil {
				word, _, _ = strings.Cut(s.Instruction, " ")
			}
			where := ""
			if o.Origin.Path != "Dockerfile" {
				where = o.Origin.FullPath() + ":"
			}
			line += fmt.Sprintf(" %s%d:%d-%d:%d %s %s;", where, o.Span.Line, o.Span.Column, o.Span.EndLine, o.Span.EndColumn, word, o.Origin.Exposure())
		}
		all = append(all, strings.TrimSuffix(line, ";"))
	}
	return all
}

// leaks reports a secret, or a part of it, that an outgoing text holds.
func leaks(t *testing.T, r *scanner.Report, parts ...string) {
	t.Helper()
	for _, f := range r.Findings {
		for _, o := range f.Occurrences {
			for _, p := range append(parts, tok, two) {
				if strings.Contains(o.Fix, p) || o.Origin.Step != nil && strings.Contains(o.Origin.Step.Instruction, p) {
					t.Errorf("a report would hold %q: %q, %+v", p, o.Fix, o.Origin.Step)
				}
			}
		}
	}
}

// TestInstructions has a value in each form of each instruction.
func TestInstructions(t *testing.T) {
	for name, c := range map[string]struct {
		text string // after FROM a, from line 2
		want []string
	}{
		"env":          {"ENV A=" + tok, []string{"test-token: 2:7-2:27 ENV image config"}},
		"env, pairs":   {"ENV A=1 \\\n  B='x' \\\n\tC=\"é " + tok + `"`, []string{"test-token: 4:7-4:27 ENV image config"}},
		"env, old":     {"ENV A some " + tok, []string{"test-token: 2:12-2:32 ENV image config"}},
		"arg":          {"ARG A=" + tok, []string{"test-token: 2:7-2:27 ARG history"}},
		"arg, several": {"ARG A B=" + tok + " C", []string{"test-token: 2:9-2:29 ARG history"}},
		"label":        {"LABEL a.b=" + tok, []string{"test-token: 2:11-2:31 LABEL image config"}},
		"run":          {"RUN x " + tok, []string{"test-token: 2:7-2:27 RUN history"}},
		"run, exec":    {`RUN ["x", "` + tok + `"]`, []string{"test-token: 2:12-2:32 RUN history"}},
		"run, mount":   {"RUN --mount=type=secret,id=" + tok + " x", []string{"test-token: 2:28-2:48 RUN history"}},
		"run, lines":   {"RUN a && \\\n\n  # " + two + "\n  b " + tok, []string{"test-token: 4:5-4:25 # working tree", "test-token: 5:5-5:25 RUN history"}},
		"heredoc":      {"RUN <<EOF\nset -e\nx " + tok + "\nEOF", []string{"test-token: 4:3-4:23 RUN history"}},
		"heredocs":     {"RUN cat <<A <<-'B'\n1\nA\n\t" + tok + "\n\tB\nENV X=" + two, []string{"test-token: 5:2-5:22 RUN history", "test-token: 7:7-7:27 ENV image config"}},
		"copy heredoc": {"COPY <<EOF /x\n" + tok + "\nEOF", []string{"test-token: 3:1-3:21 COPY layer"}},
		"add":          {"ADD https://u:" + tok + "@h.example/x /x", []string{"test-token: 2:15-2:35 ADD history"}},
		"copy":         {"COPY a /" + tok, []string{"test-token: 2:9-2:29 COPY history"}},
		"onbuild":      {"ONBUILD ENV A=" + tok, []string{"test-token: 2:15-2:35 ONBUILD image config"}},
		"onbuild run":  {"ONBUILD RUN <<E\n" + tok + "\nE", []string{"test-token: 3:1-3:21 ONBUILD image config"}},
		"cmd":          {"CMD x " + tok, []string{"test-token: 2:7-2:27 CMD image config"}},
		"cmd, exec":    {`CMD [ "x" , "--a=` + tok + `" ]`, []string{"test-token: 2:18-2:38 CMD image config"}},
		"entrypoint":   {`ENTRYPOINT ["` + tok + `"]`, []string{"test-token: 2:14-2:34 ENTRYPOINT image config"}},
		"healthcheck":  {"HEALTHCHECK --interval=5s CMD x " + tok, []string{"test-token: 2:33-2:53 HEALTHCHECK image config"}},
		"shell":        {`SHELL ["sh", "` + tok + `"]`, []string{"test-token: 2:15-2:35 SHELL image config"}},
		"user":         {"USER " + tok, []string{"test-token: 2:6-2:26 USER image config"}},
		"comment":      {"# " + tok + "\nRUN x", []string{"test-token: 2:3-2:23 # working tree"}},
		"lower case":   {"  env A=" + tok, []string{"test-token: 2:9-2:29 env image config"}},
		"crlf":         {"ENV A=1 \\\r\n  B=" + tok + "\r\n", []string{"test-token: 3:5-3:25 ENV image config"}},
		"twice":        {"ENV A=" + tok + "\nRUN x " + tok, []string{"test-token: 2:7-2:27 ENV image config; 3:7-3:27 RUN history"}},
		"joined":       {"RUN x tok_8f3a91c7\\\nd20be64f", []string{"test-token: 2:7-3:9 RUN history"}},
		"one command":  {"RUN login \\\n  -u me \\\n  -p hunter22", []string{"option: 4:6-4:14 RUN history"}},
		"clean":        {"ARG TOKEN\nENV TOKEN=${TOKEN} PASSWORD_FILE=/run/x\nRUN --mount=type=secret,id=a,env=A x", nil},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(t, folder(t, map[string]string{"Dockerfile": "FROM a\n" + c.text}), Options{})
			if diff := cmp.Diff(c.want, chains(r)); diff != "" {
				t.Error(diff)
			}
			if len(r.Problems)+len(r.Skipped) != 0 {
				t.Errorf("problems %v, skipped %v", r.Problems, r.Skipped)
			}
			leaks(t, r, "8f3a91c7", "hunter22")
		})
	}
}

// TestFlow has values that come from elsewhere than where they are used.
func TestFlow(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		args []string
		want []string
	}{
		"arg to run": {"FROM a\nARG A=" + tok + "\nRUN x $A", nil,
			[]string{"test-token: 2:7-2:27 ARG history; 3:7-3:9 RUN history"}},
		"arg to env to run and label": {"FROM a\nARG A=" + tok + "\nENV B=\"$A\"\nRUN x ${B} y\nLABEL l=${B:-x}", nil,
			[]string{"test-token: 2:7-2:27 ARG history; 3:8-3:10 ENV image config; 4:7-4:11 RUN history; 5:9-5:16 LABEL image config"}},
		"by name alone": {"FROM a\nENV DB_PASSWORD=correcthorse\nRUN x $DB_PASSWORD", nil,
			[]string{"assigned: 2:17-2:29 ENV image config; 3:7-3:19 RUN history"}},
		"split over two": {"FROM a\nARG A=tok_8f3a91c7\nARG B='d20be64f'\nRUN x $A$B", nil,
			[]string{"test-token: 2:7-2:19 ARG history; 3:8-3:16 ARG history; 4:7-4:11 RUN history"}},
		"split and named": {"FROM a\nARG TOKEN_A=" + "tok_8f3a91c7\nARG TOKEN_B=d20be64f\nENV X=$TOKEN_A${TOKEN_B}", nil,
			[]string{"test-token: 2:13-2:25 ARG history; 3:13-3:21 ARG history; 4:7-4:25 ENV image config"}},
		"half written": {"FROM a\nARG A=tok_8f3a91c7\nRUN x ${A}d20be64f", nil,
			[]string{"test-token: 2:7-2:19 ARG history; 3:7-3:19 RUN history"}},
		"known by its use": {"FROM a\nENV A=hunter22\nRUN login \\\n -p $A", nil,
			[]string{"option: 2:7-2:15 ENV image config; 4:5-4:7 RUN history"}},
		"default within": {"FROM a\nRUN x ${A:-" + tok + "}", nil,
			[]string{"test-token: 2:12-2:32 RUN history"}},
		"global": {"ARG A=" + tok + "\nFROM a\nARG A\nRUN x $A", nil,
			[]string{"test-token: 1:7-1:27 ARG working tree; 3:5-3:6 ARG history; 4:7-4:9 RUN history"}},
		"global, not declared again": {"ARG A=" + tok + "\nFROM a\nRUN x $A", nil,
			[]string{"test-token: 1:7-1:27 ARG working tree"}},
		"of another stage": {"FROM a AS b\nARG A=tok_8f3a91c7\nENV B=d20be64f\nFROM b\nRUN $A$B\nRUN tok_8f3a91c7$B", nil,
			[]string{"test-token: 3:7-3:15 ENV image config; 5:7-5:9 RUN history; 6:5-6:19 RUN history"}},
		"single quotes": {"FROM a\nENV A=tok_8f3a91c7 B=d20be64f\nRUN x '$A$B'", nil, nil},
		"escaped":       {"FROM a\nENV A=tok_8f3a91c7 B=d20be64f\nRUN x \\$A$B", nil, nil},
		"heredoc": {"FROM a\nENV A=tok_8f3a91c7 B=d20be64f\nCOPY <<E <<'F' /x/\n$A$B\nE\n$A$B\nF", nil,
			[]string{"test-token: 2:7-2:30 ENV image config; 4:1-4:5 COPY layer"}},
		"run heredoc": {"FROM a\nENV A=tok_8f3a91c7 B=d20be64f\nRUN <<E\n x $A$B\nE", nil,
			[]string{"test-token: 2:7-2:30 ENV image config; 4:4-4:8 RUN history"}},
		"same instruction": {"FROM a\nENV A=tok_8f3a91c7\nENV A=x B=${A}d20be64f", nil,
			[]string{"test-token: 2:7-2:19 ENV image config; 3:11-3:23 ENV image config"}},
		"set again": {"FROM a\nENV A=" + tok + "\nENV A=x\nRUN x $A", nil,
			[]string{"test-token: 2:7-2:27 ENV image config"}},
		"at run time": {"FROM a\nARG A=" + tok + "\nENV B=" + two + "\nCMD x $A $B", nil,
			[]string{"test-token: 2:7-2:27 ARG history", "test-token: 3:7-3:27 ENV image config; 4:10-4:12 CMD image config"}},
		"given": {"FROM a\nARG A=x\nRUN x $A", []string{"A=" + tok, "B=" + two},
			[]string{"test-token: 2:5-2:6 ARG history; 3:7-3:9 RUN history"}},
		"given instead": {"FROM a\nARG A=" + tok + "\nRUN x $A", []string{"A="},
			[]string{"test-token: 2:7-2:27 ARG history"}},
		"escape": {"# escape=`\nFROM a\nARG A=tok_8f3a91c7\nENV X=y `\n  B=${A}`\nd20be64f", nil,
			[]string{"test-token: 3:7-3:19 ARG history; 5:5-6:9 ENV image config"}},
		"itself": {"FROM a\nARG A=$A\nARG A=$B\nARG B=$A\nRUN $A$B " + tok, nil,
			[]string{"test-token: 5:10-5:30 RUN history"}},
	} {
		t.Run(name, func(t *testing.T) {
			r := report(t, folder(t, map[string]string{"Dockerfile": c.text}), Options{BuildArgs: c.args})
			if diff := cmp.Diff(c.want, chains(r)); diff != "" {
				t.Error(diff)
			}
			if len(r.Problems)+len(r.Skipped) != 0 {
				t.Errorf("problems %v, skipped %v", r.Problems, r.Skipped)
			}
			if len(c.want) > 0 && name != "of another stage" {
				leaks(t, r, "8f3a91c7", "correcthorse", "hunter22")
			}
		})
	}
}
