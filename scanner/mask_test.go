package scanner

import (
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

func maskerOf(values ...string) *masker {
	var fs []Finding
	for _, v := range values {
		fs = append(fs, Finding{Kind: rules.Secret, raw: []string{v}})
	}
	return newMasker(fs)
}

// TestMaskerForms plants a value in every form in a longer text: nothing of it
// is left that could be decoded.
func TestMaskerForms(t *testing.T) {
	value := "s3cr" + "et/+Value" + "&9?x=é-of-length"
	m := maskerOf(value)
	enclosing := func(lead int) string {
		return base64.StdEncoding.EncodeToString([]byte(strings.Repeat("u", lead) + value + ":tail"))
	}
	forms := map[string]string{
		"plain":        value,
		"base64":       base64.StdEncoding.EncodeToString([]byte(value)),
		"base64url":    base64.URLEncoding.EncodeToString([]byte(value)),
		"base64 at 1":  enclosing(1),
		"base64 at 2":  enclosing(2),
		"base64 at 3":  enclosing(3),
		"hex":          hex.EncodeToString([]byte(value)),
		"HEX":          strings.ToUpper(hex.EncodeToString([]byte(value))),
		"query":        url.QueryEscape(value),
		"path":         url.PathEscape(value),
		"percent":      string(appendHex(nil, value, lowerDigits, "%")),
		"user info":    "https://user:" + "other-pass" + "@host/x",
		"within words": "a" + value + "b",
	}
	for name, form := range forms {
		got := m.text("RUN echo " + form + " | tool")
		if !strings.Contains(got, redaction) {
			t.Errorf("%s: nothing masked in %q", name, got)
		}
		for _, part := range strings.FieldsFunc(got, func(r rune) bool { return r == '*' || r == ' ' || r == '/' || r == '@' || r == '|' }) {
			if len(part) > 12 && strings.Contains(form, part) && name != "user info" {
				t.Errorf("%s: %q is left of the value", name, part)
			}
		}
	}
}

func TestMaskerLeavesWordsInPaths(t *testing.T) {
	m := maskerOf("test", "postgresql", "xkqzvwplt")
	if got := m.path("charts/postgresql/xkqzvwplt/values.yaml"); got != "charts/postgresql/****/values.yaml" {
		t.Errorf("path %q", got)
	}
	for _, text := range []string{"postgresql", "echo postgresql;", base64.StdEncoding.EncodeToString([]byte("postgresql"))} {
		if got := m.text("RUN x " + text); !strings.Contains(got, redaction) || strings.Contains(got, text) {
			t.Errorf("text %q", got)
		}
	}
	if got := m.path("src/test/app.go"); got != "src/test/app.go" {
		t.Errorf("path %q", got)
	}
	if got := m.text("login with test test, not with testing"); got != "login with **** ****, not with testing" {
		t.Errorf("text %q", got)
	}
}

func TestSecretNeverPrints(t *testing.T) {
	value := "hidden" + "-value-0123456789"
	s := NewSecret(value, false)
	for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x", "%d"} {
		if got := fmt.Sprintf(format, s); strings.Contains(got, value) || strings.Contains(got, hex.EncodeToString([]byte(value))) {
			t.Errorf("%s prints %q", format, got)
		}
	}
	if got := (Secret{}).String(); got != "" {
		t.Errorf("no secret: %q", got)
	}
	if got := (Secret{value: value}).String(); got != "" {
		t.Errorf("a secret that nobody said how to show: %q", got)
	}
	if got := NewSecret("short"+"password", true).String(); got != redaction {
		t.Errorf("a person's password shows %q", got)
	}
}
