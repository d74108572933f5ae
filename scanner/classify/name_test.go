package classify

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	for names, want := range map[string]title{
		`password DB_PASSWORD dbPassword userpass admin.pwd SMTP_PASS spring.datasource.password passphrase newPassword
			password_confirmation PASSWORD1`: {promise: passwordly},
		`token secret accessToken client_secret API_KEY apikey x-api-key private.key ENCRYPTION_KEY secret_key_base
			aws_secret_access_key credentials AUTHKEY`: {promise: strong},
		`key cadataKey auth SECRET_SALT session_code`:                                          {promise: weak},
		`key_id clientSecretId public_key PublicKeyToken publishable_key token_uuid noncesalt`: {promise: naming},
		`length name passwordLength password_field tokenType secretName api_key_header keyPath hasPassword primary_key
			sort_key hashed_password monkey compass bypass next_token SHA256_PASSWORD require_password LABEL_PASSWORD`: {},
		`password_swiftly tokenSwiftly`: {vague: true},
	} {
		for _, name := range strings.Fields(names) {
			got := read([]byte(name))
			if want.vague {
				want.promise = got.promise
			}
			if got != want {
				t.Errorf("%s: %+v, want %+v", name, got, want)
			}
		}
	}
}

func TestMade(t *testing.T) {
	for word, want := range map[string]bool{"sharedsecret": true, "keysecretx": false, "": false, strings.Repeat("api", 40): false} {
		if got := lexicon().made([]byte(word), keyMaker); got != want {
			t.Errorf("%q: %t", word, got)
		}
	}
}

func TestEachWord(t *testing.T) {
	for name, want := range map[string]string{
		"parseURLPath2": "parse url path", "DB_PASSWORD": "db password", "a-b.c": "a b c", "": "", "123": "", "APIKey": "api key",
	} {
		var words []string
		for w := range eachWord([]byte(name)) {
			words = append(words, strings.ToLower(string(w)))
		}
		if got := strings.Join(words, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// TestNamesOnce holds that an identifier is one whichever part of it is asked
// about, in whatever order, and that none is longer than names are.
func TestNamesOnce(t *testing.T) {
	long := strings.Repeat("key", 60)
	text := []byte("api_key_token = 'x'; monkey.key: 1; " + long + "=1; the key is lost; keykeykey=\"" + long + "\" key")
	file := FileOf("a.js")
	var all, back []bool
	var at []int
	for i := range text[:len(text)-2] {
		if string(text[i:i+3]) == "key" {
			at = append(at, i)
		}
	}
	var forth, other Titles
	for _, i := range at {
		var fresh Titles
		want := fresh.Names(text, i, i+3, file)
		all = append(all, want)
		if got := forth.Names(text, i, i+3, file); got != want {
			t.Errorf("%q: %v, by itself %v", text[i:min(len(text), i+12)], got, want)
		}
	}
	for n := len(at) - 1; n >= 0; n-- {
		back = append(back, other.Names(text, at[n], at[n]+3, file))
	}
	if slices.Reverse(back); !slices.Equal(all, back) {
		t.Errorf("%v, backwards %v", all, back)
	}
	if start := strings.Index(string(text), long); forth.Names(text, start+90, start+93, file) {
		t.Error("an identifier of 180 letters is the name of a credential")
	}
	// Other data, the same places.
	forth.Turn()
	forth.Names([]byte("key = a"), 0, 3, file)
	forth.Turn()
	if !forth.Names([]byte("key = 'a'"), 0, 3, file) {
		t.Error("what was said of other data is said again")
	}
}

// TestOrdinary holds that no shape is passed over for what bytes a value has.
func TestOrdinary(t *testing.T) {
	pieces := []string{"a", "Zq", "7", "-", "_", ".", "*", "+", "(?", "[^", "[a-z", `\d{`, `\n`, `\\`, "%[", ":", "//", "@", "é", "\x01", "^", "$",
		"~r", "sha256", "#", "$2a$", ".pem", "http", "amd64", "A_B"}
	for seed := range uint64(20_000) {
		r := rand.New(rand.NewPCG(seed, 3))
		var v []byte
		for range 1 + r.IntN(6) {
			v = append(v, pieces[r.IntN(len(pieces))]...)
		}
		want := len(v) < 4 || bytes.IndexByte([]byte(")]},;+.'\"`|&"), v[0]) >= 0
		controls := func(v []byte) bool { return slices.ContainsFunc(v, func(b byte) bool { return b < ' ' || b == 0x7f }) }
		for _, is := range []func([]byte) bool{
			isArchitecture, controls, foreign, escapes, isURL, isEmail, isPath, isHash, isChecksum, isPattern, isColor, isTimestamp, isConstant,
		} {
			want = want || len(v) > 3 && is(v)
		}
		if got := ordinary(v, traitsOf(v)); got != want {
			t.Fatalf("%q: %v, want %v", v, got, want)
		}
	}
}
