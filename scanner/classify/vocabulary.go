package classify

import (
	"encoding/binary"
	"strings"
	"sync"
)

// A wordKind is a set of what is known of a word.
type wordKind uint32

const (
	passwordWord wordKind = 1 << iota
	passNot
	secretWord
	keyMaker
	saltMaker
	keyNot
	// weakWord announces a credential in some programs and anything else in
	// others: only what a generator made is believed.
	weakWord
	identifierWord
	// denial, behind the telling word, makes it the name of something that
	// belongs to a credential.
	denial
	// neutral, behind the telling word, says which of several it is.
	neutral
	// adverse, before the telling word, makes it another thing.
	adverse
	// hasher, before the telling word, says that the value is not what opens but
	// what is made of it.
	hasher
	// digestWord, behind the telling word, says that the value is only made of it; of
	// a password that is enough to try words with.
	digestWord
	// otherKey, before key, makes it another thing than one that opens.
	otherKey
	// switching, at the head of a name, makes it a question about a credential.
	switching
	// asking, in the name of a function, says that it looks a credential up or
	// at one.
	asking
	// stockWord is what people type where a secret is asked for and none is at
	// hand.
	stockWord
)

// vocabulary are the words by which names, and some values, are read.
var vocabulary = map[wordKind]string{
	passwordWord: `password passwords passwd pass pwd pw psw pswd passphrase passcode passwort kennwort senha contrasena
		mdp parola clave haslo wachtwoord passw userpassword pword psswd`,
	passNot: `ask by com tres sur en encom under over low high band all multi single two one render shader depth gcc opt
		pre post name tag field metric no`,
	secretWord: `secret secrets token tokens credential credentials cred creds apikey apikeys nkey pat authkey signingkey
		authtoken bearer jwt verifier otp totp hotp`,
	keyMaker: `api access secret secure private priv auth authentication authorization oauth encryption encrypt decryption
		crypt crypto cipher signing sign signature master account storage shared app application consumer client service license
		licence subscription validation hmac jwt aes des rsa ssh tls ssl admin deploy deployment write read ingest ingestion server
		webhook instrumentation user session cookie rails django flask symfony google aws azure gcp stripe twilio sendgrid mailgun
		github gitlab slack telegram bot partner merchant product project team developer dev prod live sandbox test rest sdk
		integration tenant host recaptcha captcha routing sas bus queue hub iot device wifi psk preshared wep network
		applicationkey pre tsig xtea data passwd vault unseal recovery root datadog newrelic openai anthropic maps map geocoding
		weather`,
	saltMaker: `auth secure secret logged in`,
	keyNot:    `monkey turkey donkey hockey jockey hotkey whiskey mickey`,
	weakWord: `auth authorization authentication code pin seed authenticity csrf xsrf sessionid session cookie sid license
		licence serial psk passkey dsn`,
	identifierWord: `id ids uuid guid kid salt iv nonce username user login account email clientid appid userid keyid
		tenant arn bucket fingerprint thumbprint checksum digest sha hash hashes integrity etag`,
	denial: `name names type types field fields label labels path paths dir directory folder file files filename url uri
		urls link endpoint host port length len size count min max minimum maximum hint hints policy policies rule rules regex
		regexp pattern format column columns col header headers param params parameter parameters prefix suffix title text message
		messages msg error errors err exception placeholder description desc help enabled disabled enable disable required optional
		expiry expires expire expiration expired ttl timeout age date time at created updated alg algorithm algo method version ref
		reference scope scopes index class provider service manager handler factory store storage cache map mapping list array
		input box form page view screen button dialog modal icon tab reset change changed generator validator validation strength
		attempts retry retries rotation grant flow request mode kind source location usage limit bytes bits issuer audience region
		template callback event action command function func attr attribute attributes property properties option options flag
		status state exists valid invalid missing found used unused encoder decoder encoding parser lexer stream buffer pos
		position offset line node kwd keyword word words code codes interval period lifetime validity renewal delay frequency
		schedule entropy complexity history visible visibility masked hidden show toggle wallet vault engine backend plugin module
		package import export exports spec schema model entity record table row query sql filter exchange verification verify
		checker check compare match cipher wrapper helper util utils suite holder owner server client context config configuration
		settings setting strategy order sort weight constant const variable var env environ alias caption tooltip tip example
		sample examples doc docs info information details metadata meta summary section bundle mismatch incorrect wrong
		blank empty address addresses signing endpoints escape escaped callbacks sequence seq range counter total char chars character characters
		symbol symbols letters digits case review last eight four`,
	neutral: `value val default old new current previous prev next first second last test prod production dev development
		staging stage local live sandbox string str raw plain base encoded hex data here main admin root user db confirm
		confirmation again repeat primary secondary one two three a b c x y z sys system app master slave replica readonly ro rw
		read write internal external eu us my const env en plaintext cleartext cleartxt hash literal payload bytes body content for
		of in to and or`,
	adverse: `next continuation pagination cancellation lex lexer lexical syntax parse parser separator keyword whitespace
		cancel css design eof stop start end open close label title caption heading hint msg message text error lbl txt i18n
		translation translated`,
	digestWord: `md sha digest checksum fingerprint thumbprint crc`,
	hasher:     `encrypted sealed wrapped hashed hash sha md bcrypt crypt crypted argon scrypt pbkdf htpasswd`,
	otherKey: `foreign partition sort cache row index map dict translation i18n message event object shift ctrl control alt
		meta arrow enter escape tab delete backspace hot function field config option registry item list group unique candidate
		composite natural surrogate lookup route host known string current color theme reserve primary idempotency dedup sub super
		parent child tree column table attribute attr property param metadata etag storage s3 bucket file path json yaml xml recv
		trusted gpg pgp import identifier repository repo`,
	switching: `is has have no not min max show hide toggle require requires should can need needs forgot missing`,
	asking: `is has have contains check verify validate hash get find load parse match matches compare equals exists lookup
	read remove delete unset forget expect assert test needs decode encode encrypt decrypt escape quote strip mask redact`,
	stockWord: `
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
	custom fill encrypted encryption decrypted signing signature signed refresh request response expired generated secretkey jane
	john doe joe alice bob eve carol dave charlie user1 magic simple plain more less than org com www http https net io web
	site page row col cert certificate store keystore truststore node cluster agent system docker kube kubernetes helm
	vault registry repo repository project company team group member customer etcd mqtt kafka hunter base utf ascii latin
	iso binary`,
}

// A dictionary says what is known of words. Most of what it is asked about is
// none, which the lengths of those that start alike tell before the words have to.
type dictionary struct {
	lengths [32][32]uint32 // a bit each, by the lower bits of the first two letters
	// slots say where in words to look: a word that is known is in its slot or, with
	// none free between, in one behind. 0 is free.
	slots [4096]uint16
	words []entry
}

// An entry is a word, as spelling has it, and what is known of it.
type entry struct {
	spelling
	kind wordKind
}

// A spelling is the bytes of a word, and zeros.
type spelling [2]uint64

// longestSpelled is as long as a word in the dictionary may be.
const longestSpelled = 16

// spell returns the spelling of a word that is no longer than that, quicker than a
// copy would: the last bytes of most overlap the first.
func spell(w []byte) (s spelling) {
	switch n := len(w); {
	case n >= 8:
		return spelling{binary.LittleEndian.Uint64(w), binary.LittleEndian.Uint64(w[n-8:]) >> (8 * uint(16-n))}
	case n >= 4:
		return spelling{uint64(binary.LittleEndian.Uint32(w)) | uint64(binary.LittleEndian.Uint32(w[n-4:]))<<(8*uint(n-4))}
	default:
		for i, b := range w {
			s[0] |= uint64(b) << (8 * uint(i))
		}
		return s
	}
}

// hash sums a spelling up, the best in the highest bits.
func (s spelling) hash() uint64 { return (s[0] ^ s[1]*0xc2b2ae3d27d4eb4f) * 0x9e3779b97f4a7c15 }

// find returns where a word is in words, and the slot that says so, or the one that
// is free for it.
func (d *dictionary) find(s spelling) (at uint16, slot uint64) {
	for slot = s.hash() >> (64 - 12); ; slot = (slot + 1) % uint64(len(d.slots)) {
		if at = d.slots[slot]; at == 0 || d.words[at].spelling == s {
			return at, slot
		}
	}
}

func (d *dictionary) add(w string, kind wordKind) {
	s := spell([]byte(w))
	at, slot := d.find(s)
	if at == 0 {
		at = uint16(len(d.words))
		d.slots[slot] = at
		d.words = append(d.words, entry{spelling: s})
	}
	d.words[at].kind |= kind
	if len(w) > 1 {
		d.lengths[w[0]&31][w[1]&31] |= 1 << len(w)
	}
}

// kind returns what is known of a word in lower case.
func (d *dictionary) kind(w []byte) wordKind {
	if len(w) > 1 && d.lengths[w[0]&31][w[1]&31]>>min(len(w), 31)&1 == 0 {
		return 0
	}
	at, _ := d.find(spell(w))
	return d.words[at].kind
}

// lengthsAt returns how long the words of more than a letter may be that a text
// starts with, a bit each.
func (d *dictionary) lengthsAt(w []byte) uint32 {
	if len(w) < 2 {
		return 0
	}
	return d.lengths[w[0]&31][w[1]&31]
}

// lexicon has for each word what it is. It is made when it is first asked for.
var lexicon = sync.OnceValue(func() *dictionary {
	d := &dictionary{words: make([]entry, 1, 1500)} // the first is none
	for kind, text := range vocabulary {
		for w := range strings.FieldsSeq(text) {
			d.add(w, kind)
		}
	}
	return d
})

// kindOf returns what is known of a word in either case.
func kindOf(w []byte) wordKind {
	var room [64]byte
	if len(w) > len(room) {
		return 0
	}
	low := room[:len(w)]
	for i, b := range w {
		low[i] = b | 0x20
	}
	return lexicon().kind(low)
}
