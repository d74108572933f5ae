package classify

import (
	"bytes"
	"strings"
)

// stock reports whether a value is made of nothing but the words that people
// type where a secret is asked for and none is at hand: my_password, test123,
// topsecret, P@ssw0rd.
func stock(v []byte) bool {
	if len(v) > 100 {
		return false
	}
	return stocked(parts(v)) || stocked(parts(bytes.ToLower(v))) || stocked(parts(plain(v)))
}

func stocked(words []string) bool {
	long := 0
	for _, w := range words {
		if len(w) > 1 && !made(w, stockWords) {
			return false
		}
		long = max(long, len(w))
	}
	return long > 1
}

// plain returns a value in lower case with the letters back that people
// replace by digits and symbols.
func plain(v []byte) []byte {
	out := bytes.ToLower(v)
	for i, b := range out {
		if at := strings.IndexByte("013457$@!|", b); at >= 0 {
			out[i] = "oieastsail"[at]
		}
	}
	return out
}

var stockWords = set(`
	password passwd passwort pass pwd pw passphrase passcode secret secrets token tokens key keys api app application auth
	oauth authentication authorization access client consumer user username admin administrator root login credential
	credentials cred creds my your our their the a an some any every each this that it is are to be of in on at for from
	with without and or by as here there test testing tests tester demo example sample dummy fake mock stub foo bar baz qux
	quux foobar hello world temp tmp change changed changeme me now set use using enter insert replace put add need needs
	needed required require optional default value values string text data none null nil undefined empty blank missing
	unknown true false yes no not real really valid invalid wrong correct incorrect good bad new old current previous
	strong stong weak super top very safe secure secured insecure security public private shared master main server service
	database db sql mysql mariadb postgres postgresql pg redis mongo mongodb rabbitmq rabbit elastic guest local localhost
	host dev develop development prod production staging stage env environment config configuration session cookie jwt
	webhook hook github gitlab google facebook twitter slack aws azure account email mail name id code hash salt basic
	bearer personal random long short alphanumeric alpha numeric chars characters something anything whatever placeholder
	redacted removed hidden masked censored xyz abc abcd abcde def qwerty asdf asdfg asdfgh zxcv zxcvbn letmein let welcome
	blah one two three first second third last other another same different only please should must will can fixme todo tbd
	fill encrypted encryption decrypted signing signature signed refresh request response expired generated secretkey jane
	john doe joe alice bob eve carol dave charlie user1 magic simple plain more less than org com www http https net io web
	site page row col cert certificate store keystore truststore node cluster agent system docker kube kubernetes helm
	vault registry repo repository project company team group member customer etcd mqtt kafka hunter base utf ascii latin
	iso binary`)
