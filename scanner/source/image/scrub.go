package image

import (
	"errors"
	"regexp"
	"strings"
	"unicode"
)

// revealing are the parts of a message that can hold a credential: user
// information and queries of URLs (redirects are signed in theirs) and
// authorization headers.
var revealing = []*regexp.Regexp{
	regexp.MustCompile(`(//)[^/@\s"]*(@)`),
	regexp.MustCompile(`(://[^\s"?]*\?)[^\s"]*`),
	regexp.MustCompile(`(?i)\b((?:bearer|basic) )[A-Za-z0-9+/=._~-]{4,}`),
}

// requested begins the errors of the HTTP client. The URL says nothing that the
// registry and the operation do not.
var requested = regexp.MustCompile(`\b[A-Z][a-z]+ "[^"\s]*": `)

// tokenless is how the registry library begins to show the answer of a token
// service in which it did not find the token.
const tokenless = "no token in bearer response"

// maxMessage bounds what is shown of a message that came from elsewhere.
const maxMessage = 500

// scrub makes a text that came from elsewhere fit to be shown: one line,
// bounded, without credentials and the given secrets.
func scrub(text string, secrets ...string) string {
	text = requested.ReplaceAllString(text, "")
	for _, secret := range secrets {
		if secret != "" {
			text = strings.ReplaceAll(text, secret, "****")
		}
	}
	if before, _, ok := strings.Cut(text, tokenless); ok {
		text = before + tokenless
	}
	for _, re := range revealing {
		text = re.ReplaceAllString(text, "${1}****${2}")
	}
	text = strings.Join(strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || unicode.IsControl(r) }), " ")
	if len(text) > maxMessage {
		text = strings.ToValidUTF8(text[:maxMessage], "") + "..."
	}
	return text
}

// A scrubbed error shows a clean text in place of another error's. It is what
// that error is, but does not give it out.
type scrubbed struct {
	text string
	err  error
}

func (e *scrubbed) Error() string        { return e.text }
func (e *scrubbed) Is(target error) bool { return errors.Is(e.err, target) }

// scrubError cleans an error of the HTTP client or of a library that uses it.
func scrubError(err error, secrets ...string) error {
	return &scrubbed{text: scrub(err.Error(), secrets...), err: err}
}
