package scanner

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"unicode/utf8"
)

// A Secret is a value that must not get out by accident: however it is
// printed, logged or marshalled, it shows its redacted form. Reveal is the one
// way to the value.
type Secret struct {
	value string
	form  redacted
}

// redacted says how a value is shown; the text is made when it is asked for,
// since most of what a rule finds is never shown.
type redacted uint8

const (
	unset  redacted = iota // it is not, nor its length
	inFull                 // it hides nothing
	byHead
	notAtAll // but for the first line of a PEM block
)

// redaction stands for what is hidden.
const redaction = "****"

// NewSecret redacts a value: of a machine-made one the first four characters
// stay, enough to find it again; a person's password shows nothing. Of a PEM
// block the first line stays.
func NewSecret(value string, human bool) Secret {
	if human {
		return Secret{value: value, form: notAtAll}
	}
	return Secret{value: value, form: byHead}
}

// OpenSecret holds an identifier, which hides nothing.
func OpenSecret(value string) Secret { return Secret{value: value, form: inFull} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

// String returns the redacted form.
func (s Secret) String() string {
	switch {
	case s.form == unset:
		return ""
	case s.form == inFull:
		return s.value
	case strings.HasPrefix(s.value, "-----BEGIN "):
		if label, _, ok := strings.Cut(s.value[len("-----BEGIN "):], "-----"); ok && len(label) < 64 {
			return "-----BEGIN " + label + "-----" + redaction
		}
	case s.form == byHead && utf8.RuneCountInString(s.value) >= 16 && utf8.ValidString(s.value):
		end := 0
		for range 4 {
			_, n := utf8.DecodeRuneInString(s.value[end:])
			end += n
		}
		return s.value[:end] + redaction
	}
	return redaction
}

// GoString returns the redacted form.
func (s Secret) GoString() string { return s.String() }

// Format prints the redacted form whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.String())) }

// LogValue returns the redacted form.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText returns the redacted form.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// MarshalJSON returns the redacted form as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.String()) }
