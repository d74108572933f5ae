package classify

import (
	"bytes"
	"encoding/base64"
)

// judgePassword says whether a value that stands where a password goes, as in
// a URL or on a command line, is one.
func judgePassword(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v); is {
		return verdict
	}
	if quote, torn := c.quoted(); torn || ended(v, quote) {
		return Verdict{Class: Ordinary, Reason: "a piece of a sentence"}
	}
	switch {
	case v[0] == '%' && len(v) < 4, bytes.Contains(v, []byte("%s")), bytes.Contains(v, []byte("%d")):
		return Verdict{Class: Reference, Reason: "a verb of a format"}
	case stock(v):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a password"}
	}
	return password(v, c.Name)
}

// password judges what is no placeholder and stands in a password's place,
// next to the name of its user if there is one.
func password(v, user []byte) Verdict {
	if max(Rarity(v), Gibberish(v)) >= 0 || mixed(v) > 1 {
		return Verdict{Class: Secret, Human: len(v) < 16, Reason: "stands where a password goes"}
	}
	if len(user) == 0 {
		return Verdict{Class: Ordinary, Reason: "a word"}
	}
	if stock(user) || bytes.Equal(v, user) {
		return Verdict{Class: Placeholder, Reason: "a word beside a user that stands for any"}
	}
	return Verdict{Class: Secret, Human: true, Doubtful: true, Reason: "a word where a password goes"}
}

// userPassword decodes base64 of the form user:password, as in the header of
// HTTP's basic authentication.
func userPassword(v []byte) (decoded []byte, is bool) {
	if len(v) < 8 || len(v) > 400 || len(v)%4 != 0 {
		return nil, false
	}
	decoded = make([]byte, base64.StdEncoding.DecodedLen(len(v)))
	n, err := base64.StdEncoding.Decode(decoded, v)
	if err != nil || bytes.IndexByte(decoded[:n], ':') < 1 || !all(decoded[:n], isPrintable) {
		return nil, false
	}
	return decoded[:n], true
}

func judgeUserPassword(decoded []byte) Verdict {
	user, pass, _ := bytes.Cut(decoded, []byte(":"))
	switch {
	case len(pass) == 0:
		return Verdict{Class: Ordinary, Reason: "a user without a password in base64"}
	case filler(pass) || stock(pass) || refers(pass):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a password, in base64"}
	}
	verdict := password(pass, user)
	if verdict.Class == Secret {
		verdict.Reason = "a user and a password in base64"
	}
	return verdict
}

func isPrintable(b byte) bool { return b >= ' ' && b < 0x7f }
