package classify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"strings"
	"time"
)

// judgeJWT says whether a value is a JSON Web Token that could be accepted
// somewhere: its header and payload are JSON objects and it is signed.
func judgeJWT(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v); is {
		return verdict
	}
	pieces := bytes.Split(v, []byte("."))
	var header struct {
		Alg string `json:"alg"`
		Enc string `json:"enc"`
	}
	if len(pieces) < 3 || !object(pieces[0], &header) || header.Alg == "" {
		return Verdict{Class: Ordinary, Reason: "no JSON Web Token: the header does not name an algorithm"}
	}
	if header.Enc != "" || len(pieces) == 5 {
		return Verdict{Class: Sealed, Reason: "a JSON Web Token encrypted under a key that is not here"}
	}
	if strings.EqualFold(header.Alg, "none") || len(pieces[2]) == 0 {
		return Verdict{Class: Ordinary, Reason: "a JSON Web Token that nobody signed"}
	}
	var claims struct {
		Exp  json.Number `json:"exp"`
		Sub  any         `json:"sub"`
		Name any         `json:"name"`
	}
	if !object(pieces[1], nil) {
		return Verdict{Class: Ordinary, Reason: "no JSON Web Token: the payload is no JSON"}
	}
	object(pieces[1], &claims)
	if claims.Sub == "1234567890" && claims.Name == "John Doe" {
		return Verdict{Class: Placeholder, Reason: "the token of the standard's introduction"}
	}
	verdict := Verdict{Class: Secret, Reason: "a signed JSON Web Token"}
	if exp, err := claims.Exp.Int64(); err == nil && exp > 0 && exp < 1<<40 {
		verdict.Reason += " that expires on " + time.Unix(exp, 0).UTC().Format(time.DateOnly)
	}
	return verdict
}

// object decodes one piece of a token into out and reports whether it is a
// JSON object; out may be nil.
func object(piece []byte, out any) bool {
	text, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimRight(piece, "=")))
	if err != nil || len(text) == 0 || text[0] != '{' {
		return false
	}
	if out == nil {
		return json.Valid(text)
	}
	return json.Unmarshal(text, out) == nil
}

// judgePEM says whether a PEM block can hold the key that its label names.
func judgePEM(c *Candidate) Verdict {
	v := c.Value()
	if sealed(v) {
		return Verdict{Class: Sealed, Reason: "encrypted under a key that is not here"}
	}
	body, encrypted := pemBody(v)
	switch {
	case len(body) < 48, dull(body[:48]):
		return Verdict{Class: Placeholder, Reason: "a private key that was left out"}
	case encrypted:
		return Verdict{Class: Secret, Reason: "a private key behind a passphrase"}
	}
	head := make([]byte, 36)
	n, err := base64.StdEncoding.Decode(head, body[:48])
	if err != nil || n < 36 {
		return Verdict{Class: Placeholder, Reason: "a private key that is not base64"}
	}
	if head[0] == 0x30 || bytes.HasPrefix(head, []byte("openssh-key-v1\x00")) || head[0]&0x80 != 0 {
		return Verdict{Class: Secret, Reason: "a private key"}
	}
	return Verdict{Class: Secret, Doubtful: true, Reason: "looks like a private key, but does not begin like one"}
}

// pemBody returns up to 256 characters of the base64 of a PEM block, without
// line ends, however they are written, and headers; encrypted says that a
// passphrase guards the key.
func pemBody(v []byte) (body []byte, encrypted bool) {
	head, rest, _ := bytes.Cut(v, []byte("-----BEGIN "))
	if len(head) > 0 {
		rest = v
	}
	label, rest, _ := bytes.Cut(rest, []byte("-----"))
	rest, _, _ = bytes.Cut(rest, []byte("-----END"))
	encrypted = bytes.Contains(label, []byte("ENCRYPTED")) || bytes.Contains(rest[:min(len(rest), 256)], []byte("ENCRYPTED"))
	for len(rest) > 0 && len(body) < 256 {
		switch b := rest[0]; {
		case b == '\\': // escapes of any depth: \n, \\n
			for len(rest) > 1 && rest[1] == '\\' {
				rest = rest[1:]
			}
			if len(rest) > 1 && (rest[1] == 'n' || rest[1] == 'r' || rest[1] == 't') {
				rest = rest[1:]
			}
		case isLetter(b), isDigit(b), b == '+', b == '/', b == '=':
			body = append(body, b)
		case b == ':': // of a header: all of its line was no body
			body = body[:0]
			if i := bytes.IndexByte(rest, '\n'); i >= 0 {
				rest = rest[i:]
			}
		}
		rest = rest[1:]
	}
	return body, encrypted
}
