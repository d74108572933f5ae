package classify

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strings"
	"time"
)

// judgeJWT says whether a value is a JSON Web Token that could be accepted
// somewhere: header and payload are JSON objects, and it is signed.
func judgeJWT(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v, traitsOf(v)); is {
		return verdict
	}
	pieces := bytes.Split(v, []byte("."))
	var header struct{ Alg, Enc string }
	if len(pieces) < 3 || !object(pieces[0], &header) || header.Alg == "" {
		return Verdict{Class: Ordinary, Reason: "the header names no algorithm"}
	}
	var claims struct {
		Exp       json.Number
		Sub, Name any
	}
	switch {
	case header.Enc != "" || len(pieces) == 5:
		return Verdict{Class: Sealed, Reason: "a JSON Web Token encrypted under a key that is not here"}
	case strings.EqualFold(header.Alg, "none"), len(pieces[2]) == 0:
		return Verdict{Class: Ordinary, Reason: "a JSON Web Token that nobody signed"}
	case !object(pieces[1], &claims):
		return Verdict{Class: Ordinary, Reason: "the payload is no JSON"}
	case claims.Sub == "1234567890" && claims.Name == "John Doe":
		return Verdict{Class: Placeholder, Reason: "the sample token that every introduction shows"}
	}
	verdict := Verdict{Class: Secret, Reason: "a signed JSON Web Token"}
	if exp, err := claims.Exp.Int64(); err == nil && exp > 0 && exp < 1<<36 {
		verdict.Reason += " that expires on " + time.Unix(exp, 0).UTC().Format(time.DateOnly)
	}
	return verdict
}

// object decodes a piece of a token and reports whether it is a JSON object; a
// member of another type than out has is left out.
func object(piece []byte, out any) bool {
	text, err := base64.RawURLEncoding.DecodeString(string(bytes.TrimRight(piece, "=")))
	if err != nil || !bytes.HasPrefix(bytes.TrimSpace(text), []byte("{")) {
		return false
	}
	var wrong *json.SyntaxError // valid JSON fails by its types alone
	return !errors.As(json.Unmarshal(text, out), &wrong)
}
