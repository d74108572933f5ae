package classify

import "strings"

// A promise is what the name of a value says of it.
type promise uint8

const (
	nothing    promise = iota // no credential: a label, a path, a count of one
	naming                    // an identifier: a client id, a salt
	weak                      // perhaps: a key, a session
	strong                    // a token, a secret, an API key: machines make them
	passwordly                // a password: people make them
)

// A title is what a name says of its value.
type title struct {
	promise promise
	// vague: there are words behind the telling one that nothing is known of.
	vague bool
}

// read says what a name promises. What counts is the last word that tells of a
// credential and the words round it: password is one, passwordLength is none.
func read(name []byte) title {
	words := parts(name)
	for i := len(words) - 1; i >= 0; i-- {
		if p := promised(words, i); p != nothing {
			return qualify(p, words, i)
		}
	}
	return title{}
}

// promised says what the word at i tells of, with the one before it.
func promised(words []string, i int) promise {
	w, before := words[i], ""
	if i > 0 {
		before = words[i-1]
	}
	switch {
	case ends(w, "pubkey", "publickey"):
		return nothing
	case (w == "pass" || w == "passes") && passNot[before], ends(w, "pass") && passNot[strings.TrimSuffix(w, "pass")]:
		return nothing // a render pass, a compass
	case passwordWords[w], ends(w, "password", "passwd", "passphrase", "passwort", "passcode", "pass", "pwd"):
		return passwordly
	case secretWords[w], ends(w, "secret", "token", "apikey", "secrets", "seckey"):
		return strong
	case (w == "key" || w == "keys") && keyMakers[before], ends(w, "key") && made(strings.TrimSuffix(w, "key"), keyMakers):
		return strong
	case w == "salt" && saltMakers[before], w == "key", w == "keys", ends(w, "key") && len(w) < 12 && !keyNot[w], weakWords[w],
		ends(w, "salt") && made(strings.TrimSuffix(w, "salt"), saltMakers):
		return weak
	case identifierWords[w], ends(w, "salt", "nonce"):
		return naming
	}
	return nothing
}

// qualify weighs the words round the telling one at i.
func qualify(p promise, words []string, i int) title {
	t := title{promise: p}
	for _, w := range words[i+1:] {
		switch {
		case denials[w] || len(w) > 6 && denials[strings.TrimSuffix(w, "s")]:
			return title{}
		case !neutral[w] && len(w) > 1:
			t.vague = true
		}
	}
	for j, w := range words[:i] {
		switch {
		case w == "public", w == "pub", w == "publishable":
			return title{promise: naming}
		case hashers[w], j == 0 && switches[w], adverse[w] && (p != passwordly || j == 0),
			j == i-1 && keyNots[w] && strings.HasPrefix(words[i], "key"):
			return title{}
		}
	}
	return t
}

func ends(w string, suffixes ...string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(w, s) {
			return true
		}
	}
	return false
}
