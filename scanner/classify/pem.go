package classify

import (
	"bytes"
	"encoding/base64"
	"regexp"
	"sync"
)

// judgePEM says whether a PEM block can hold the key that its label names.
func judgePEM(c *Candidate) Verdict {
	v := c.Value()
	if sealed(v) {
		return Verdict{Class: Sealed, Reason: "encrypted under a key that is not here"}
	}
	body, locked := pemBody(v)
	switch {
	case len(body) < pemHead, dull(body[:pemHead]):
		return Verdict{Class: Placeholder, Reason: "a private key that was left out"}
	case locked:
		return Verdict{Class: Secret, Reason: "a private key behind a passphrase"}
	}
	if where := publishedPEM(v); where != "" {
		return Verdict{Class: Secret, Doubtful: true, Reason: "a private key that everybody has: " + where}
	}
	head := make([]byte, base64.StdEncoding.DecodedLen(pemHead))
	if _, err := base64.StdEncoding.Decode(head, body[:pemHead]); err != nil {
		return Verdict{Class: Placeholder, Reason: "a private key that is no base64"}
	}
	const sequence, openpgp = 0x30, 0x80
	if head[0] == sequence || head[0]&openpgp != 0 || bytes.HasPrefix(head, []byte("openssh-key-v1\x00")) {
		if c.File.snakeOil {
			return Verdict{Class: Secret, Reason: "a snake-oil key, made for tests by the package that was installed: whoever has the image has it"}
		}
		return Verdict{Class: Secret, Reason: "a private key"}
	}
	return Verdict{Class: Secret, Doubtful: true, Reason: "labelled as a private key, but does not begin like one"}
}

// snakeOil is, in lower case, what systems call the self-signed certificate that they come with.
var snakeOil = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`snake[-_]?oil`) })

// pemHead is how many characters of the base64 are looked at.
const pemHead = 48

// pemBody returns the first characters of the base64 of a PEM block without
// headers and line ends, however those are written; locked says that the key
// stands behind a passphrase.
func pemBody(v []byte) (body []byte, locked bool) {
	_, rest, _ := bytes.Cut(v, []byte("-----BEGIN "))
	label, rest, _ := bytes.Cut(rest, []byte("-----"))
	rest, _, _ = bytes.Cut(rest, []byte("-----END"))
	locked = bytes.Contains(label, []byte("ENCRYPTED")) || bytes.Contains(rest[:min(len(rest), 256)], []byte("ENCRYPTED"))
	for i := 0; i < len(rest) && len(body) < pemHead; i++ {
		switch b := rest[i]; {
		case b == '\\': // a line end in a text: \n, \\n, \r\n
			for i+1 < len(rest) && rest[i+1] == '\\' {
				i++
			}
			if i+1 < len(rest) && bytes.IndexByte([]byte("nrt"), rest[i+1]) >= 0 {
				i++
			}
		case b == ':': // the name of a header was no body, its value is none
			body = body[:0]
			if end := bytes.IndexByte(rest[i:], '\n'); end >= 0 {
				i += end
			}
		case isLetter(b), isDigit(b), b == '+', b == '/', b == '=':
			body = append(body, b)
		}
	}
	return body, locked
}
