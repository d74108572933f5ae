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
	shown string
}

// redaction stands for what is hidden.
const redaction = "****"

// NewSecret redacts a value: of a machine-made one the first four characters
// stay, enough to find it again; a person's password shows nothing. Of a PEM
// block the first line stays.
func NewSecret(value string, human bool) Secret {
	s := Secret{value: value, shown: redaction}
	switch {
	case strings.HasPrefix(value, "-----BEGIN "):
		if label, _, ok := strings.Cut(value[len("-----BEGIN "):], "-----"); ok && len(label) < 64 {
			s.shown = "-----BEGIN " + label + "-----" + redaction
		}
	case !human && utf8.RuneCountInString(value) >= 16 && utf8.ValidString(value):
		end := 0
		for range 4 {
			_, n := utf8.DecodeRuneInString(value[end:])
			end += n
		}
		s.shown = value[:end] + redaction
	}
	return s
}

// OpenSecret holds an identifier, which hides nothing.
func OpenSecret(value string) Secret { return Secret{value: value, shown: value} }

// Reveal returns the value itself.
func (s Secret) Reveal() string { return s.value }

// String returns the redacted form.
func (s Secret) String() string { return s.shown }

// GoString returns the redacted form.
func (s Secret) GoString() string { return s.shown }

// Format prints the redacted form whatever the verb.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = f.Write([]byte(s.shown)) }

// LogValue returns the redacted form.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.shown) }

// MarshalText returns the redacted form.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.shown), nil }

// MarshalJSON returns the redacted form as a JSON string.
func (s Secret) MarshalJSON() ([]byte, error) { return json.Marshal(s.shown) }
