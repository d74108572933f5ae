package classify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"sync"
	"time"
)

// judgeJWT says whether a value is a JSON Web Token that could be accepted
// somewhere: header and payload are JSON objects, and it is signed.
func judgeJWT(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v, traitsOf(v)); is {
		return verdict
	}
	header, rest, _ := bytes.Cut(v, []byte("."))
	payload, rest, signed := bytes.Cut(rest, []byte("."))
	signature, rest, _ := bytes.Cut(rest, []byte("."))
	algorithm, encryption := usualAlgorithm, ""
	if !usualHeaders()[string(header)] {
		algorithm, encryption = headerOf(header)
	}
	if !signed || algorithm == "" {
		return Verdict{Class: Ordinary, Reason: "the header names no algorithm"}
	}
	var said claims
	switch {
	case encryption != "" || bytes.Count(rest, []byte(".")) == 1:
		return Verdict{Class: Sealed, Reason: "a JSON Web Token encrypted under a key that is not here"}
	case strings.EqualFold(algorithm, "none"), len(signature) == 0:
		return Verdict{Class: Ordinary, Reason: "a JSON Web Token that nobody signed"}
	case !said.read(payload):
		return Verdict{Class: Ordinary, Reason: "the payload is no JSON"}
	case said.subject == "1234567890" && said.name == "John Doe":
		return Verdict{Class: Placeholder, Reason: "the sample token that every introduction shows"}
	}
	verdict := Verdict{Class: Secret, Reason: "a signed JSON Web Token"}
	if said.expires > 0 && said.expires < 1<<36 {
		verdict.Reason += " that expires on " + time.Unix(said.expires, 0).UTC().Format(time.DateOnly)
	}
	return verdict
}

// usualAlgorithm is one of those that usual headers name. It makes no difference
// which.
const usualAlgorithm = "HS256"

// usualHeaders are those of tokens that are signed and not encrypted, as nearly all
// libraries write them: what they say need not be read again and again.
var usualHeaders = sync.OnceValue(func() map[string]bool {
	all := map[string]bool{}
	for _, algorithm := range strings.Fields("HS256 HS384 HS512 RS256 RS384 RS512 ES256 ES384 ES512 PS256 PS384 PS512 EdDSA") {
		alg := `"alg":"` + algorithm + `"`
		for _, header := range []string{`{` + alg + `}`, `{` + alg + `,"typ":"JWT"}`, `{"typ":"JWT",` + alg + `}`} {
			all[base64.RawURLEncoding.EncodeToString([]byte(header))] = true
		}
	}
	return all
})

// headerOf returns what a header says. The algorithm is empty if it is none.
func headerOf(piece []byte) (algorithm, encryption string) {
	var header struct{ Alg, Enc string }
	if text, is := object(piece); !is || !decoded(text, &header) {
		return "", ""
	}
	return header.Alg, header.Enc
}

// claims are those of a payload that make a difference.
type claims struct {
	subject, name any
	expires       int64 // 0 for never
}

// read reports whether a piece of a token is a payload, and reads it.
func (c *claims) read(piece []byte) bool {
	text, is := object(piece)
	switch {
	case !is:
		return false
	case !bytes.Contains(text, []byte("exp")) && !bytes.ContainsAny(text, `EXP\`) && !bytes.Contains(text, []byte("1234567890")):
		return json.Valid(text) // as much as matters of most
	}
	var all struct {
		Exp       json.Number
		Sub, Name any
	}
	if !decoded(text, &all) {
		return false
	}
	if c.subject, c.name = all.Sub, all.Name; all.Exp != "" {
		if expires, err := all.Exp.Int64(); err == nil {
			c.expires = expires
		}
	}
	return true
}

// object returns what a piece of a token says, and whether it may be a JSON object.
func object(piece []byte) ([]byte, bool) {
	text, err := base64.RawURLEncoding.AppendDecode(nil, bytes.TrimRight(piece, "="))
	return text, err == nil && bytes.HasPrefix(bytes.TrimSpace(text), []byte("{"))
}

// decoded decodes JSON, and reports whether it is; a member of another type than out
// has is left out.
func decoded(text []byte, out any) bool {
	err := json.Unmarshal(text, out)
	if err == nil {
		return true
	}
	var wrong *json.SyntaxError // valid JSON fails by its types alone
	return !errors.As(err, &wrong)
}
