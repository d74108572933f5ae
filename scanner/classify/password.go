package classify

import "bytes"

// judgePassword says whether a value that stands where a password goes, as in
// a URL or on a command line, is one. Name is the user's.
func judgePassword(c *Candidate) Verdict {
	v := c.Value()
	if verdict, is := stand(v); is {
		return verdict
	}
	quote, torn := c.quoted()
	switch {
	case torn, ended(v, quote):
		return Verdict{Class: Ordinary, Reason: "a piece of a sentence"}
	case isHash(v):
		return Verdict{Class: Ordinary, Reason: "the hash of a password"}
	case stock(v):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a password"}
	}
	return judgePlaced(v, c.Name)
}

// judgePlaced judges what is no placeholder and stands in the place of a
// password, behind the name of a user if that is not empty.
func judgePlaced(v, user []byte) Verdict {
	switch {
	case max(Rarity(v), Gibberish(v)) >= 0, kinds(v) > 1:
		return Verdict{Class: Secret, Human: len(v) < generated, Reason: "stands where a password goes"}
	case len(user) == 0:
		return Verdict{Class: Ordinary, Reason: "a word"}
	case stock(user), bytes.Equal(v, user):
		return Verdict{Class: Placeholder, Reason: "a word behind a user that stands for any"}
	}
	return Verdict{Class: Secret, Human: true, Doubtful: true, Reason: "a word where a password goes"}
}
