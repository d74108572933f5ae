package classify

import "bytes"

// judgeAssigned says whether a value that is assigned to a telling name is
// what the name promises.
func judgeAssigned(c *Candidate) Verdict {
	from, to := c.widen()
	v := Alone(c.Value())
	t := c.Titles.read(c.Name)
	has, rare := c.Titles.measure(v, t.promise)
	if humdrum(v, rare, t, c.File) {
		return Verdict{Class: Ordinary, Reason: human}
	}
	if verdict, is := stand(v, has); is {
		return verdict
	}
	if user, pass, is := userPassword(v); is {
		return judgeUserPassword(user, pass)
	}
	if verdict, is := spoken(v, t, c.File); is {
		return verdict
	}
	if t.promise == nothing || named(c, "basic") {
		return Verdict{Class: Ordinary, Reason: "the name is not that of a credential"}
	}
	if named(c, "bearer") {
		return weigh(v, rare, t, place{})
	}
	p := c.stands(from, to)
	switch {
	case p.torn, p.apart, ended(c.Value(), p.quote), c.bare(&p), c.key(), p.asked, p.operator == ',' && !p.pair:
		return Verdict{Class: Ordinary, Reason: "a piece of code or of a sentence"}
	case ordinary(v, has), isNumber(v) && (len(v) < 6 || bytes.ContainsAny(v, ".:/x")), isRange(v):
		return Verdict{Class: Ordinary, Reason: "a path, an address, a number or a name"}
	case p.tag && named(c, "key") && len(v) < generated, c.country(from, to):
		return Verdict{Class: Ordinary, Reason: "no name of a credential: that of a property, or of a country"}
	case echoes(v, c.Name):
		return Verdict{Class: Ordinary, Reason: "its own name, written another way"}
	case stock(v, has):
		return Verdict{Class: Placeholder, Reason: "a word that stands for a secret"}
	case public(v), c.calledPublic(from):
		return Verdict{Class: Identifier, Reason: "a public key or a certificate"}
	case accessKeyID(v):
		return Verdict{Class: Identifier, Reason: "the id of an access key"}
	case c.File.speech && speaksOf(v):
		return Verdict{Class: Ordinary, Reason: "a word of a translation"}
	case c.armored():
		return Verdict{Class: Ordinary, Reason: "the checksum of a signature"}
	case c.ofFile(from):
		return Verdict{Class: Ordinary, Reason: "the digest of a file"}
	case c.fingerprint():
		return Verdict{Class: Identifier, Reason: "the fingerprint of an OpenPGP key"}
	}
	c.inner(&p)
	return weigh(v, rare, t, p)
}

// Alone returns what of a value stands before the next setting in the same text, as in
// password=x;database=y: it tells more of a value than both together. The judges of
// assigned values and of passwords go by it. It is a part of v.
func Alone(v []byte) []byte {
	if bytes.IndexByte(v, '=') < 0 {
		return v
	}
	for i, b := range v {
		if i > 0 && (b == ';' || b == ',' || b == '&') && assigns(v[i+1:]) {
			return v[:i]
		}
	}
	return v
}

// spoken says of a value whether it is the base64 of what is no secret, as examples of
// settings have it: that of a word that stands for one, or of plain words. Of what a
// generator made hardly anything is the base64 of a text.
func spoken(v []byte, t title, f *File) (Verdict, bool) {
	text := decodedText(v)
	if len(text) == 0 || len(text) > longestWord {
		return Verdict{}, false
	}
	text = bytes.TrimSuffix(text, []byte("\n"))
	has := traitsOf(text)
	if verdict, is := stand(text, has); is {
		return verdict, true
	}
	if stock(text, has) {
		return Verdict{Class: Placeholder, Reason: "a word that stands for a secret, in base64"}, true
	}
	verdict := weigh(text, randomness(text, has, t.promise), t, place{setting: f.setting})
	verdict.Reason += ", in base64"
	return verdict, verdict.Class != Secret || verdict.Doubtful
}

// echoes reports whether a value is the long name of what it is assigned to, in the
// spelling of another place: FlagForNewPassword = "x-12-flag-for-new-password".
func echoes(v, name []byte) bool {
	const longName, fewMore = 12, 4 // letters
	n, same := len(v), 0
	for i := len(name) - 1; i >= 0; i-- {
		if !isLetter(name[i]) {
			continue
		}
		for n--; n >= 0 && !isLetter(v[n]); n-- {
		}
		if n < 0 || lowered(v[n]) != lowered(name[i]) {
			return false
		}
		same++
	}
	more := 0
	for _, b := range v[:max(n, 0)] {
		if isLetter(b) {
			more++
		}
	}
	return same >= longName && more <= fewMore
}

const human = "written by a person, not generated"

// humdrum reports whether a value is nowhere a secret, whatever the place: of all
// that a telling name is given most is.
func humdrum(v []byte, rare float64, t title, f *File) bool {
	if rare >= needed(t, place{}) || t.promise == passwordly && f.setting && isWord(v) {
		return false
	}
	_, _, is := userPassword(v)
	return !is
}

// isWord reports whether a value is a word that settings may have for a password.
func isWord(v []byte) bool { return len(v) > 4 && all(v, isLetter) }

func named(c *Candidate, name string) bool {
	return len(c.Name) == len(name) && string(bytes.ToLower(c.Name)) == name
}

// generated is the length from which on what looks random is taken to be made
// by a machine.
const generated = 16

// shortestMade is the length below which letters alone are no token: they are what
// a syntax calls one.
const shortestMade = 6

// weigh compares how random a value is with how random the name, and the place
// where it stands, say that it must be.
func weigh(v []byte, rare float64, t title, p place) Verdict {
	need := needed(t, p)
	switch {
	case t.promise != passwordly && (mnemonic(v) || len(v) < shortestMade && all(v, isLetter)):
		return Verdict{Class: Ordinary, Reason: "a word of a format or a language"}
	case rare >= need && t.promise == naming:
		return Verdict{Class: Identifier, Reason: "a random value assigned to the name of an identifier"}
	case rare >= need:
		return Verdict{Class: Secret, Human: len(v) < generated, Reason: reasons[t.promise]}
	case t.promise == passwordly && p.setting && isWord(v):
		return Verdict{Class: Secret, Human: true, Doubtful: true, Reason: "a word assigned to the name of a password"}
	}
	return Verdict{Class: Ordinary, Reason: human}
}

// mnemonic reports whether a value is a few capitals: where a token is
// a piece of syntax such are its names, and a generator draws more than these.
func mnemonic(v []byte) bool {
	return len(v) < 12 && all(v, isUpper)
}

var reasons = [...]string{
	passwordly: "assigned to the name of a password, and no word",
	strong:     "a random value assigned to the name of a secret",
	weak:       "a random value assigned to a name that may be that of a secret",
}

// least is, by what the name promises, by how many bits chance must explain a
// value better than language does. The figures stand where wrong findings
// begin to outnumber the secrets that lower ones would add.
var least = [...]float64{nothing: 1e9, naming: 20, weak: 16, strong: 6, passwordly: 2}

// needed returns the bits that a value must have at a place: least where
// nothing is known of it.
func needed(t title, p place) float64 {
	need := least[t.promise]
	if t.vague {
		need += 6
	}
	if p.more {
		need += 6
	}
	if p.call && t.promise != passwordly {
		need += 6
	}
	if p.operator == ' ' || p.operator == ',' || p.call || p.inner == yes {
		need += 4
	}
	return need
}

// randomness measures a value that has these traits as its name asks for.
func randomness(v []byte, has traits, s promise) float64 {
	if bytes.HasPrefix(v, []byte(`{\`)) { // JSON in a text
		v = longest(v, jsonEnds)
		has = traitsOf(v)
	}
	if len(v) >= 36 && isUUID(v) || len(v) >= 12 && has.isHex() && has.kinds() > 1 && (s != weak || len(v) >= 20) {
		return 2 * float64(len(v))
	}
	switch s {
	case passwordly:
		if len(v) > 4 && has.kinds() > 1 && has&decimals != 0 && has&slashes == 0 {
			return max(has.strangeness(v), 2) // a word with a digit is one, too
		}
		return has.strangeness(v)
	case strong:
		if len(v) > 14 && has&decimals != 0 && digits(v) > 14 {
			return max(has.strangeness(v), 7)
		}
		return has.strangeness(v)
	}
	if has&breaks != 0 {
		return Rarity(longest(v, breaks))
	}
	return has.rarity(v)
}
