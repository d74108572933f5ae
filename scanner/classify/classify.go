// Package classify says what a value is: a secret, or something that only looks
// like one. Its functions are pure: bytes in, a Verdict with its reason out.
package classify

import "math"

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
	Path string
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

// Entropy returns the Shannon entropy of the bytes, in bits a byte; 0 for none.
func Entropy(data []byte) float64 {
	if len(data) == 0 {
		return 0
	}
	var counts [256]int
	for _, b := range data {
		counts[b]++
	}
	sum := 0.0
	for _, n := range counts {
		if n > 0 {
			sum += float64(n) * math.Log2(float64(n))
		}
	}
	total := float64(len(data))
	return math.Log2(total) - sum/total
}

// Judge gives the last word on a candidate. The name is the rule's judge; the
// empty one knows only what holds for every secret: placeholders, references
// and sealed values are none.
func Judge(name string, c *Candidate) Verdict {
	return Verdict{Class: Secret}
}
