package classify

import (
	"bytes"
	"strings"
)

// filler reports whether a value only fills the place of a secret, whatever
// kind of secret it is: nothing that a generator makes is filler.
func filler(v []byte) bool {
	return dull(v) || enclosed(v) || marked(v)
}

// dull reports whether most of a value is one character again and again, or
// characters in their order: xxxxxxxx, ********, 0123456789abcdef.
func dull(v []byte) bool {
	if len(v) < 4 {
		return false
	}
	run, longest, steps := 1, 1, 0
	var counts [256]int
	distinct, most := 0, 0
	for i, b := range v {
		if b != '-' && b != '_' {
			if counts[b]++; counts[b] == 1 {
				distinct++
			}
			most = max(most, counts[b])
		}
		if i == 0 {
			continue
		}
		if b == v[i-1] {
			run++
			longest = max(longest, run)
		} else {
			run = 1
		}
		if b-v[i-1] <= 1 || v[i-1]-b == 1 {
			steps++
		}
	}
	return distinct <= 2 || len(v) >= 8 && 2*most >= len(v) || periodic(v) || longest >= 8 && longest*3 >= len(v) || 2*longest >= len(v) && longest > 3 ||
		len(v) > 5 && 10*steps >= 7*(len(v)-1)
}

// periodic reports whether a value says the same few characters over and over.
func periodic(v []byte) bool {
	for p := 1; p <= 4 && 2*p < len(v); p++ {
		i := p
		for i < len(v) && v[i] == v[i-p] {
			i++
		}
		if i == len(v) {
			return true
		}
	}
	return false
}

// enclosed reports whether a value is a name in the brackets that templates
// and documents put round what the reader fills in.
func enclosed(v []byte) bool {
	if len(v) < 3 {
		return false
	}
	first, last := v[0], v[len(v)-1]
	switch {
	case v[1] == '\\' || v[1] == '"': // JSON
		return false
	case first == '<' && last == '>', first == '[' && last == ']', first == '{' && last == '}':
		return Rarity(v[1:len(v)-1]) < 10
	}
	return bytes.HasPrefix(v, []byte("__")) && bytes.HasSuffix(v, []byte("__"))
}

// marks are the words by which a value says that it is none.
var marks = []string{
	"example", "changeme", "change_me", "change-me", "change.me", "change_this", "changethis", "change-this", "placeholder",
	"redacted", "your_", "your-", "your.", "yourpass", "yoursecret", "yourtoken", "yourkey", "yourapi", "xxxxx", "*****",
	"...", "…", "replaceme", "replace_me", "replace-me", "replace_with", "replace-with", "insert_", "insert-", "put_your",
	"goes_here", "goes-here", "goeshere", "notreal", "not-real", "not_real", "notareal", "not-a-real", "not_a_real", "dummy",
	"deadbeef", "todo_", "fixme", "removed", "censored", "fake", "sample", "foobar",
}

func marked(v []byte) bool {
	if len(v) > 1<<10 {
		return false
	}
	text := strings.ToLower(string(v))
	for _, m := range marks {
		if strings.Contains(text, m) {
			return true
		}
	}
	return false
}

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
	password passwd passwort pass pwd pw passphrase passcode secret secrets token tokens key keys api app application auth oauth
	authentication authorization access client consumer user username admin administrator root login credential credentials cred creds
	my your our their the a an some any every each this that it is are to be of in on at for from with without and or by as here there
	test testing tests tester demo example sample dummy fake mock stub foo bar baz qux quux foobar hello world temp tmp change changed
	changeme me now set use using enter insert replace put add need needs needed required require optional default value values string
	text data none null nil undefined empty blank missing unknown true false yes no not real really valid invalid wrong correct incorrect
	good bad new old current previous strong stong weak super top very safe secure secured insecure security public private shared
	master main server service database db sql mysql mariadb postgres postgresql pg redis mongo mongodb rabbitmq rabbit elastic guest local
	localhost host dev develop development prod production staging stage env environment config configuration session cookie jwt webhook
	hook github gitlab google facebook twitter slack aws azure account email mail name id code hash salt basic bearer personal random long
	short alphanumeric alpha numeric chars characters something anything whatever placeholder redacted removed hidden masked censored
	xyz abc abcd abcde def qwerty asdf asdfg asdfgh zxcv zxcvbn letmein let welcome blah one two three first second third last other
	another same different only please should must will can fixme todo tbd fill encrypted encryption decrypted signing signature signed
	refresh request response expired generated secretkey jane john doe joe alice bob eve carol dave charlie user1 super magic simple
	plain more less than empty org com www http https net io web site page row col cert certificate store keystore truststore node
	cluster agent system docker kube kubernetes helm vault registry repo repository project company team group member customer etcd mqtt kafka hunter base utf ascii latin iso binary
	`)

// refers reports whether a value is written to be replaced by the real one
// before it is used: a variable, a template's expression, a call.
func refers(v []byte) bool {
	if len(v) < 2 {
		return false
	}
	switch v[0] {
	case '$':
		return variable(v[1:])
	case '%':
		return v[len(v)-1] == '%' && all(v[1:len(v)-1], isNameByte) || len(v) <= 4 && isLetter(v[len(v)-1])
	case '#', '@':
		return v[1] == '{'
	case '{':
		return v[1] == '{' || v[1] == '%' || v[len(v)-1] == '}' && all(v[1:len(v)-1], isNameByte)
	}
	for _, p := range references {
		if bytes.HasPrefix(v, []byte(p)) {
			return true
		}
	}
	for _, p := range [][2]string{{"${", "}"}, {"#{", "}"}, {"{{", "}}"}, {"$(", ""}, {"<%", "%>"}} {
		if i := bytes.Index(v, []byte(p[0])); i >= 0 && bytes.Contains(v[i:], []byte(p[1])) {
			return true
		}
	}
	return false
}

// variable reports whether what follows a dollar sign is the name of a
// variable, in brackets or bare.
func variable(v []byte) bool {
	if v[0] == '{' || v[0] == '(' {
		return true
	}
	name := 0
	for name < len(v) && (isNameByte(v[name]) || v[name] == ':' || v[name] == '>') {
		name++
	}
	return !isDigit(v[0]) && name == len(v) && Rarity(v) < 10
}

// references open what names the source of a value.
var references = []string{
	"process.env", "os.environ", "os.getenv", "ENV[", "System.getenv", "env(", "env:", "getenv(", "secrets.", "var.", "local.",
	"data.", "module.", "ref+", "op://", "vault://", "secret://", "ssm://", "awssm://", "gcp-sm://", "keyring:", "arn:aws", "projects/",
	"!Ref", "!Sub", "Fn::", "file://", "file(", "$(", "<%", "<?", "@Microsoft.KeyVault(", "akv://", "azurekeyvault://", "bws:",
}

func isNameByte(b byte) bool {
	return isLetter(b) || isDigit(b) || b == '_' || b == '-' || b == '.'
}
