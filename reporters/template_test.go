package reporters

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/scanner"
)

// testTemplate uses every function that README.md names.
const testTemplate = `{{.tool.name}} {{.tool.version}} {{if .complete}}complete{{else}}incomplete{{end}}
{{range .findings}}{{upper .severity}} {{.title}} {{with .secret}}{{.}}{{else}}{{.redacted}}{{end}}{{with .identifiers}} with {{join ", " .}}{{end}}
{{range .occurrences}}  {{place .}} {{.circle}}{{with .commit}} {{short .id}} {{.author}}{{end}}{{if gt .line 10}} far down{{end}}
{{with .fix}}{{.}}
{{end}}{{end}}{{end}}{{range .suppressed_findings}}{{.title}} {{code .suppression.reason}}{{with .secret}} {{.}}{{end}}
{{end}}{{range .stale}}{{csv .reason}} {{lower .kind}}
{{end}}{{range .problems}}{{json .}}
{{end}}{{.stats.bytes}}
`

func withTemplate(text string) Options {
	o := sampleOptions()
	o.Template = text
	return o
}

func TestTemplateHasTheNamesOfJSON(t *testing.T) {
	tests := []struct{ template, want string }{
		{`{{.schema_version}} {{.target}} {{len .findings}} {{len .problems}} {{.stats.elapsed_ms}}`, "1 " + sampleImage + " 5 1 1234"},
		{`{{with index .findings 0}}{{.rule}} {{.confidence}} {{.remediation.where}}{{end}}`, "example-token high https://example.com/settings/tokens"},
		{`{{with index (index .findings 0).occurrences 0}}{{.removed_by.layer.index}} {{.age_days}} {{.mode}} {{place .}}{{end}}`, "5 40 0640 app/.env:3:15"},
		{`{{range .findings}}{{if eq .severity "critical"}}{{.title}}{{end}}{{end}}`, "Example API token"},
		{`{{with index (index .findings 3).occurrences 0}}{{.fix}}{{end}}`, "RUN --mount=type=secret,id=passwords ...\n# docker build --secret id=passwords ."},
		{`{{with index .findings 1}}{{with .secret}}{{.}}{{else}}none{{end}}{{end}}`, "none"},
		{`{{with .suppressed_findings}}some{{else}}none{{end}}`, "none"},
		{`{{with index .findings 0}}-{{code .absent}}{{csv .absent}}{{upper .absent}}{{join "," .absent}}{{place .absent}}{{lower .absent}}{{short .absent}}{{end}}`, `-""`},
		{`{{json (index .findings 4).occurrences}}`, ""},
		{`{{csv "=1\"x"}} {{code "a|b"}} {{join "+" (index .findings 0).identifiers}}`, "\"'=1\"\"x\" `a\\x7cb` key-id-0001"},
	}
	for _, test := range tests {
		got := string(render(t, "template", withTemplate(test.template), sampleReport()))
		if test.want == "" {
			if !strings.HasPrefix(got, `[{"`) {
				t.Errorf("%s gives %q, which is no JSON", test.template, got)
			}
			continue
		}
		if diff := cmp.Diff(test.want, got); diff != "" {
			t.Errorf("%s: -want +got\n%s", test.template, diff)
		}
	}
}

func TestTemplateErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                             "needs one",
		"line 1\n{{.a":                 "report:2",
		"{{unknown}}":                  `"unknown" not defined`,
		"{{range .findings}}{{end}}}}": "", // braces in text are text
	} {
		_, err := New("template", withTemplate(text))
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
	reporter, err := New("template", withTemplate("begun {{index .findings 99}}"))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	if err := reporter.Write(&b, &scanner.Report{}); err == nil || b.Len() > 0 {
		t.Errorf("a template that fails wrote %q, error %v", b.String(), err)
	}
}
