package reporters

import (
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/sluice-sec/sluice/rules"
)

const (
	mostTags = 10   // that GitHub keeps
	mostText = 1024 // code points of a description
	mostName = 255
)

// descriptor describes a rule. It holds nothing of any finding: a consumer
// shows one description for all of them.
func descriptor(r *rules.Rule) *sarif.ReportingDescriptor {
	d := &sarif.ReportingDescriptor{
		ID:                   r.ID,
		Name:                 to(fit(pascal(r.ID), mostName)),
		ShortDescription:     plainText(r.Title),
		FullDescription:      plainText(description(r)),
		DefaultConfiguration: &sarif.ReportingConfiguration{Level: level(r.Kind, r.Severity)},
		Help:                 help(r),
		Properties: sarif.Properties{
			"tags":              tags(r),
			"precision":         precision(r.Confidence),
			"security-severity": securitySeverity(r),
		},
	}
	if i := slices.IndexFunc(r.References, isAddress); i >= 0 {
		d.HelpURI = to(r.References[i])
	}
	return d
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.String() == text
}

func plainText(text string) *sarif.MultiformatMessageString {
	return &sarif.MultiformatMessageString{Text: to(fit(oneLine(text), mostText))}
}

func description(r *rules.Rule) string {
	if r.Description != "" {
		return r.Description
	}
	if r.Kind == rules.Identifier {
		return r.Title + ": it opens nothing by itself, but says what to look for."
	}
	return r.Title + ": whoever can read it can use it."
}

// level is that of SARIF. An identifier endangers nobody.
func level(k rules.Kind, s rules.Severity) string {
	switch {
	case k == rules.Identifier || s == rules.Low:
		return "note"
	case s == rules.Medium:
		return "warning"
	}
	return "error"
}

func precision(c rules.Confidence) string {
	return map[rules.Confidence]string{rules.Certain: "very-high", rules.Plausible: "medium", rules.Doubtful: "low"}[c]
}

// securitySeverity is a score in the middle of the band that GitHub gives the
// same name.
func securitySeverity(r *rules.Rule) string {
	if r.Kind == rules.Identifier {
		return "1.0"
	}
	return map[rules.Severity]string{rules.Critical: "9.5", rules.High: "8.0", rules.Medium: "5.5", rules.Low: "2.0"}[r.Severity]
}

func tags(r *rules.Rule) []string {
	all := []string{"security", r.Kind.String()}
	if r.Kind == rules.Secret {
		all = append(all, "external/cwe/cwe-798") // hard-coded credentials
	}
	for _, tag := range append([]string{strings.ToLower(r.Provider)}, r.Tags...) {
		tag = strings.ToValidUTF8(tag, "\uFFFD") // as it will be written: SARIF wants no tag twice
		if tag != "" && !slices.Contains(all, tag) && len(all) < mostTags {
			all = append(all, tag)
		}
	}
	return all
}

// pascal turns an id into the form that SARIF asks of a name.
func pascal(id string) string {
	var b strings.Builder
	for word := range strings.FieldsFuncSeq(id, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		runes := []rune(word)
		b.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	return b.String()
}

const (
	revokeFirst = "Revoke it where it was issued, and issue a new one."
	removeThen  = "Taking it out of the newest version is not enough: it stays in earlier layers of the image and in the history " +
		"of the repository, where anybody who can read them can get it out."
)

// help says what to do, as text and as markdown.
func help(r *rules.Rule) *sarif.MultiformatMessageString {
	revoke, where, check := oneLine(r.Remediation.Revoke), oneLine(r.Remediation.Where), oneLine(r.Remediation.Check)
	if revoke == "" && r.Kind == rules.Secret {
		revoke = revokeFirst
	}
	var text, markdown []string
	add := func(label, value string) {
		if value != "" {
			text = append(text, label+": "+value)
			markdown = append(markdown, "**"+label+":** "+linked(value))
		}
	}
	add("Revoke", revoke)
	add("Where", where)
	add("Check", check)
	if r.Kind == rules.Secret {
		text, markdown = append(text, removeThen), append(markdown, removeThen)
	}
	for _, reference := range r.References {
		add("See", reference)
	}
	title := oneLine(description(r))
	return &sarif.MultiformatMessageString{
		Text:     to(strings.Join(append([]string{title}, text...), "\n")),
		Markdown: to(strings.Join(append([]string{title}, markdown...), "\n\n")),
	}
}

// linked makes a link of a text that is an address and nothing else.
func linked(text string) string {
	if isAddress(text) {
		return "<" + text + ">"
	}
	return text
}
