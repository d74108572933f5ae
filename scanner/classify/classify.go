// Package classify says what a value is: a secret, or something that only looks
// like one. Its functions are pure: bytes in, a Verdict with its reason out.
package classify

import "cmp"

// Class is what a value turned out to be.
type Class uint8

const (
	Secret      Class = iota // opens something
	Identifier               // names something: a UUID, a hash, a key id
	Placeholder              // stands where a secret will be put
	Reference                // names a variable, a file, a call that gives the secret
	Sealed                   // encrypted under a key that is not here
	Ordinary                 // a word, a path, a sentence: no credential at all
)

// A Candidate is a value with the text round it.
type Candidate struct {
	// Data is the text round the value: some 4 KiB on either side where there
	// is that much. Start and End are the value in it, half-open;
	// MatchStart and MatchEnd the whole match of the rule.
	Data                 []byte
	Start, End           int
	MatchStart, MatchEnd int
	// Name is what the value is assigned to, where the rule captures it.
	Name []byte
	File *File // never nil
	// Titles may be nil.
	Titles *Titles
}

// Value returns the bytes in question.
func (c *Candidate) Value() []byte { return c.Data[c.Start:c.End] }

// A Verdict is what a judge says of a candidate.
type Verdict struct {
	Class Class
	// Human: made by a person rather than by a generator.
	Human bool
	// Doubtful: the class is a guess; the finding's confidence is low.
	Doubtful bool
	Reason   string
}

// Judge gives the last word on a candidate. The name is the rule's judge; the
// empty one knows only what holds for every secret: placeholders, references
// and sealed values are none. What stands in documentation is doubted. The
// judges of assigned values widen Candidate.Name to the whole identifier that
// the rule's match begins within.
func Judge(name string, c *Candidate) Verdict {
	v := c.judge(name)
	if v.Class != Secret {
		return v
	}
	byLooks := name == "assigned" || name == "password"
	if name != "pem" {
		if where := publishedAs(c.Value()); where != "" {
			return Verdict{Class: Ordinary, Reason: where}
		}
	}
	if c.File.manual || byLooks && c.File.changes {
		v.Doubtful = true
		v.Reason = cmp.Or(v.Reason, "the documented format") + ", in documentation"
	}
	return v
}

// ByValue reports whether a judge goes by the value alone, in one file.
func ByValue(name string) bool { return name == "" || name == "jwt" }

func (c *Candidate) judge(name string) Verdict {
	switch name {
	case "assigned":
		return judgeAssigned(c)
	case "basic":
		return judgeBasic(c)
	case "password":
		return judgePassword(c)
	case "jwt":
		return judgeJWT(c)
	case "pem":
		return judgePEM(c)
	}
	if v, is := stand(c.Value(), traitsOf(c.Value())); is {
		return v
	}
	return Verdict{Class: Secret}
}

// stand reports what no rule may call a secret: a value that stands for one. The
// traits are those that it has.
func stand(v []byte, has traits) (Verdict, bool) {
	switch {
	case sealed(v):
		return Verdict{Class: Sealed, Reason: "encrypted under a key that is not here"}, true
	case refers(v, has):
		return Verdict{Class: Reference, Reason: "names where the value comes from"}, true
	case filler(v):
		return Verdict{Class: Placeholder, Reason: "stands where a secret will be put"}, true
	}
	return Verdict{}, false
}
