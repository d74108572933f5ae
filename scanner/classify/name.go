package classify

import (
	"bytes"
	"encoding/binary"
	"strings"
)

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

// Titles remembers what names promise: the same ones come again and again. It
// is for one goroutine at a time; the zero value is ready.
type Titles struct {
	last    asked
	scratch scratch
	short   [1024]struct { // no longer than a spelling
		spelling
		length uint8
		title  title
	}
	long [256]struct {
		text   [mostKept]byte
		length uint8
		title  title
	}
	values measures
}

// mostKept bounds a name that is kept; with all that is kept of it it fills what
// memory is read by.
const mostKept = 61

// read is the function of this name, remembered. A nil receiver remembers
// nothing.
func (t *Titles) read(name []byte) title {
	switch {
	case t == nil:
		return read(name)
	case len(name) == 0:
		return title{}
	case len(name) <= longestSpelled:
		s := spell(name)
		slot := &t.short[s.hash()>>(64-10)]
		if slot.spelling != s || int(slot.length) != len(name) {
			slot.title = t.scratch.read(name)
			slot.spelling, slot.length = s, uint8(len(name))
		}
		return slot.title
	case len(name) > mostKept:
		return t.scratch.read(name)
	}
	ends := spelling{binary.LittleEndian.Uint64(name), binary.LittleEndian.Uint64(name[len(name)-8:])}
	slot := &t.long[ends.hash()>>(64-8)]
	if string(slot.text[:slot.length]) != string(name) {
		slot.title = t.scratch.read(name)
		slot.length = uint8(copy(slot.text[:], name))
	}
	return slot.title
}

// A term is a word of a name, in lower case, with what is known of it.
type term struct {
	text []byte
	kind wordKind
}

// scratch is room for the words of a name.
type scratch struct {
	terms [32]term
	lower [128]byte
	words *dictionary // nil until the first name
}

func read(name []byte) title { return new(scratch).read(name) }

// read says what a name promises. What counts is the last word that tells of a
// credential and the words round it: password is one, passwordLength is none.
func (s *scratch) read(name []byte) title {
	if s.words == nil {
		s.words = lexicon()
	}
	terms, low := s.terms[:0], append(s.lower[:0], name...)
	fold(low)
	for i := 0; i < len(name); {
		if symbols[name[i]] == edge {
			i++
			continue
		}
		end := hump(name, i)
		text := low[i:end]
		terms = append(terms, term{text, s.words.kind(text)})
		i = end
	}
	for i := len(terms) - 1; i >= 0; i-- {
		if p := promised(terms, i); p != nothing {
			return qualify(p, terms, i)
		}
	}
	return title{}
}

// fold makes the letters of a text small, and something else of all the rest.
func fold(text []byte) {
	for ; len(text) >= 8; text = text[8:] {
		binary.LittleEndian.PutUint64(text, binary.LittleEndian.Uint64(text)|0x20*ones)
	}
	for i := range text {
		text[i] |= 0x20
	}
}

// promised says what the word at i tells of, with the one before it.
func promised(terms []term, i int) promise {
	w, kind, before, end := terms[i].text, terms[i].kind, wordKind(0), endingOf(terms[i].text)
	if kind&telling == 0 && end == noEnding {
		return nothing
	}
	if i > 0 {
		before = terms[i-1].kind
	}
	isKey, isSalt := string(w) == "key" || string(w) == "keys", string(w) == "salt"
	stem := w[:len(w)-len(endings[end])]
	switch {
	case end == publicEnding:
		return nothing
	case string(w) == "nopasswd", string(w) == "nopassword":
		return nothing // sudo's tag
	case string(w) == "pass" && before&passNot != 0, end == passEnding && lexicon().kind(stem)&passNot != 0:
		return nothing // a render pass, a compass
	case kind&passwordWord != 0, end == passwordEnding, end == passEnding:
		return passwordly
	case kind&secretWord != 0, end == secretEnding:
		return strong
	case isKey && before&keyMaker != 0, end == keyEnding && lexicon().made(stem, keyMaker):
		return strong
	case isSalt && before&saltMaker != 0, isKey, end == keyEnding && len(w) < 12 && kind&keyNot == 0, kind&weakWord != 0,
		end == saltEnding && lexicon().made(stem, saltMaker):
		return weak
	case kind&identifierWord != 0, end == saltEnding, end == nonceEnding:
		return naming
	}
	return nothing
}

// telling are the kinds of words that promised goes by.
const telling = passwordWord | secretWord | weakWord | identifierWord

// An ending is how a word ends that promised goes by.
type ending uint8

const (
	noEnding ending = iota
	publicEnding
	keyEnding
	keysEnding
	passEnding
	passwordEnding
	secretEnding
	saltEnding
	nonceEnding
)

// endings are those that are one text.
var endings = [...]string{keyEnding: "key", passEnding: "pass", saltEnding: "salt", nonceEnding: "nonce"}

// endingOf goes by the last two letters first: most words have others.
func endingOf(w []byte) ending {
	if len(w) < 2 || lastLetters[w[len(w)-2]&31]>>(w[len(w)-1]&31)&1 == 0 {
		return noEnding
	}
	switch string(w[len(w)-2:]) {
	case "ey":
		switch {
		case ends(w, "pubkey", "publickey"):
			return publicEnding
		case ends(w, "apikey", "seckey"):
			return secretEnding
		case ends(w, "key"):
			return keyEnding
		}
	case "ys":
		if string(w) == "keys" {
			return keysEnding
		}
	case "ss":
		if ends(w, "pass") {
			return passEnding
		}
	case "rd", "wd", "se", "rt", "de":
		if ends(w, "password", "passwd", "passphrase", "passwort", "passcode", "pwd") {
			return passwordEnding
		}
	case "et", "en", "ts":
		if ends(w, "secret", "token", "secrets") {
			return secretEnding
		}
	case "lt":
		if ends(w, "salt") {
			return saltEnding
		}
	case "ce":
		if ends(w, "nonce") {
			return nonceEnding
		}
	}
	return noEnding
}

// lastLetters has, by the lower bits of a letter, a bit for each one that may stand
// behind it at the end of a word that endingOf knows.
var lastLetters = func() (all [32]uint32) {
	for _, pair := range strings.Fields("ey ys ss rd wd se rt de et en ts lt ce") {
		all[pair[0]&31] |= 1 << (pair[1] & 31)
	}
	return all
}()

// qualify weighs the words round the telling one at i.
func qualify(p promise, terms []term, i int) title {
	t := title{promise: p}
	for _, w := range terms[i+1:] {
		switch {
		case p != passwordly && w.kind&digestWord != 0:
			return title{promise: naming}
		case w.kind&denial != 0 || len(w.text) > 6 && w.text[len(w.text)-1] == 's' && lexicon().kind(bytes.TrimSuffix(w.text, []byte("s")))&denial != 0:
			return title{}
		case w.kind&neutral == 0 && len(w.text) > 1:
			t.vague = true
		}
	}
	for j, w := range terms[:i] {
		switch {
		case w.text[0] == 'p' && oneOf(w.text, []string{"public", "pub", "publishable"}):
			return title{promise: naming}
		case j == i-1 && string(w.text) == "pull": // Kubernetes' name of a secret to pull images with
			return title{}
		case w.kind&hasher != 0, j == 0 && w.kind&switching != 0, w.kind&adverse != 0 && (p != passwordly || j == 0),
			j == i-1 && w.kind&otherKey != 0 && bytes.HasPrefix(terms[i].text, []byte("key")):
			return title{}
		}
	}
	return t
}

func oneOf(w []byte, texts []string) bool {
	for _, t := range texts {
		if string(w) == t {
			return true
		}
	}
	return false
}

func ends(w []byte, suffixes ...string) bool {
	for _, s := range suffixes {
		if len(w) >= len(s) && string(w[len(w)-len(s):]) == s {
			return true
		}
	}
	return false
}
