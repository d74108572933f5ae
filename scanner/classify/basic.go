package classify

import (
	"bytes"
	"encoding/base64"
)

// userPassword decodes the base64 of user:password, as in the header of HTTP's
// basic authentication.
func userPassword(v []byte) (user, password []byte, is bool) {
	text := decodedText(v)
	if text == nil { // as of nearly all
		return nil, nil, false
	}
	user, password, is = bytes.Cut(text, []byte(":"))
	return user, password, is && len(user) > 0 && text[len(text)-1] != '\n'
}

// decodedText decodes the base64 of a line of printable ASCII, which may have an end;
// nil where the value is none.
func decodedText(v []byte) []byte {
	if len(v) < 8 || len(v) > 400 || len(v)%4 != 0 || !decodes(v[:4]) {
		return nil
	}
	end := len(v)
	for end > 4 && v[end-1] == '=' {
		end--
	}
	if !all(v[:end], isBase64) {
		return nil
	}
	text := make([]byte, base64.StdEncoding.DecodedLen(len(v)))
	n, err := base64.StdEncoding.Decode(text, v)
	if err != nil || !all(bytes.TrimSuffix(text[:n], []byte("\n")), isPrintable) {
		return nil
	}
	return text[:n]
}

// judgeBasic says whether what stands where the base64 of user:password goes
// holds a password.
func judgeBasic(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v, traitsOf(v)); is {
		return verdict
	}
	if user, pass, is := userPassword(v); is {
		return judgeUserPassword(user, pass)
	}
	return Verdict{Class: Secret}
}

func judgeUserPassword(user, pass []byte) Verdict {
	has := traitsOf(pass)
	switch {
	case len(pass) == 0:
		return Verdict{Class: Ordinary, Reason: "a user without a password, in base64"}
	case filler(pass), stock(pass, has), refers(pass, has):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a password, in base64"}
	}
	verdict := judgePlaced(pass, user)
	if verdict.Class == Secret {
		verdict.Reason = "a user and a password, in base64"
	}
	return verdict
}

func isBase64(b byte) bool { return isLetter(b) || isDigit(b) || b == '+' || b == '/' }

func isPrintable(b byte) bool { return b >= ' ' && b < 0x7f }
