package classify

import (
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
		if got := made([]byte(word), keyMaker); got != want {
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
