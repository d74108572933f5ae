package reporters

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/sluice-sec/sluice/rules"
)

func TestDescriptorsAreComplete(t *testing.T) {
	bare := &rules.Rule{ID: "from.gitleaks_config", Title: "From gitleaks", Kind: rules.Secret}
	long := &rules.Rule{ID: strings.Repeat("long-", 100), Title: strings.Repeat("é", 2000), Tags: strings.Split("a b c d e f g h i j k l", " ")}
	for _, r := range []*rules.Rule{bare, long, sampleRules.token, sampleRules.id} {
		d := descriptor(r)
		for name, text := range map[string]*string{
			"name": d.Name, "short": d.ShortDescription.Text, "full": d.FullDescription.Text, "help": d.Help.Text, "markdown": d.Help.Markdown,
		} {
			if text == nil || *text == "" {
				t.Errorf("%.20s: no %s", r.ID, name)
			}
		}
		if n := utf8.RuneCountInString(*d.ShortDescription.Text); n > mostText {
			t.Errorf("%.20s: short description of %d characters", r.ID, n)
		}
		if len(*d.Name) > mostName {
			t.Errorf("%.20s: name of %d bytes", r.ID, len(*d.Name))
		}
		tags := d.Properties["tags"].([]string)
		if sorted := slices.Sorted(slices.Values(tags)); len(slices.Compact(sorted)) != len(tags) || len(tags) > mostTags {
			t.Errorf("%.20s: tags %v", r.ID, tags)
		}
	}
}

func TestHelpURI(t *testing.T) {
	tests := []struct {
		references []string
		want       string
	}{
		{nil, ""},
		{[]string{"https://example.com/a", "https://example.com/b"}, "https://example.com/a"},
		{[]string{"the wiki", "javascript:x", "http://a b/", "https://example.com/a"}, "https://example.com/a"},
	}
	for _, test := range tests {
		got := ""
		if uri := descriptor(&rules.Rule{References: test.references}).HelpURI; uri != nil {
			got = *uri
		}
		if got != test.want {
			t.Errorf("%v gives %q, want %q", test.references, got, test.want)
		}
	}
}

func TestLevels(t *testing.T) {
	tests := []struct {
		kind            rules.Kind
		severity        rules.Severity
		level, security string
	}{
		{rules.Secret, rules.Critical, "error", "9.5"},
		{rules.Secret, rules.High, "error", "8.0"},
		{rules.Secret, rules.Medium, "warning", "5.5"},
		{rules.Secret, rules.Low, "note", "2.0"},
		{rules.Identifier, rules.Critical, "note", "1.0"},
	}
	for _, test := range tests {
		r := &rules.Rule{Kind: test.kind, Severity: test.severity}
		if level(r.Kind, r.Severity) != test.level || securitySeverity(r) != test.security {
			t.Errorf("%v %v is %s %s, want %s %s", r.Kind, r.Severity, level(r.Kind, r.Severity), securitySeverity(r), test.level, test.security)
		}
	}
}

func TestPascal(t *testing.T) {
	tests := map[string]string{"github-pat": "GithubPat", "a.b_c": "ABC", "éa": "Éa", "--": ""}
	for id, want := range tests {
		if got := pascal(id); got != want {
			t.Errorf("%q is %q, want %q", id, got, want)
		}
	}
}
