package corpus

import (
	"bytes"
	"math/rand/v2"
	"strconv"
	"strings"
)

const (
	base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	hex    = "0123456789abcdef"
)

// words are what generated text and identifiers are made of.
var words = strings.Fields(`account action active address after agent api archive array async balance batch before block body branch
	bucket buffer build button cache call channel check child class client clone cluster code column command commit config connection
	container content context control cookie copy count create cursor customer data database date debug default delete deploy detail
	device document domain driver editor element email empty enable endpoint entry environment error event example export factory
	failure feature field file filter folder format frame function gateway group handler header health history host image import index
	input instance invoice issue item job label language layer layout length level library limit list loader local location logger
	machine manager map member message method metric model module monitor name network node notification number object offset option
	order origin output owner package page parent parser path payload payment permission plugin point policy pool port prefix process
	product profile project property provider proxy queue query range record region registry release remote render report request
	resource response result retry role route rule runner sample schema scope script search section segment server service session
	setting shard signal size snapshot socket source stage start state status storage stream string subject switch system table tag
	target task team template tenant test text thread timeout title topic trace transaction transfer trigger type update upload user
	value variable vector version view volume watcher webhook widget window worker workspace zone`)

// credentials are the words that names of secrets hold, and so do many names
// of what is none.
var credentials = strings.Fields(`password passwd secret token api_key apikey access_key auth auth_token client_secret private_key
	credential key session_token bearer signing_key`)

// A text writes lines made of templates. What it writes depends on the seed
// alone.
type text struct {
	bytes.Buffer
	random *rand.Rand
}

func newText(seed uint64) *text { return &text{random: rand.New(rand.NewPCG(seed, 1))} }

func (t *text) pick(from []string) string { return from[t.random.IntN(len(from))] }

func (t *text) draw(alphabet string, n int) string {
	out := make([]byte, n)
	for i := range out {
		out[i] = alphabet[t.random.IntN(len(alphabet))]
	}
	return string(out)
}

// expand writes a template. In it $w is a word, $I an identifier in camel case,
// $i one in snake case, $E one in capitals, $c a name that sounds like a
// secret's, $C the same in capitals, $u a URL, $n a number, $h a hash, $s a
// value as random as a secret, $p a part of a sentence.
func (t *text) expand(template string) {
	for {
		at := strings.IndexByte(template, '$')
		if at < 0 || at+1 == len(template) {
			t.WriteString(template)
			return
		}
		t.WriteString(template[:at])
		t.WriteString(t.field(template[at+1]))
		template = template[at+2:]
	}
}

func (t *text) field(kind byte) string {
	switch kind {
	case 'w':
		return t.pick(words)
	case 'I':
		second := t.pick(words)
		return t.pick(words) + strings.ToUpper(second[:1]) + second[1:]
	case 'i':
		return t.pick(words) + "_" + t.pick(words)
	case 'E':
		return strings.ToUpper(t.pick(words) + "_" + t.pick(words))
	case 'c':
		return t.pick(words) + "_" + t.pick(credentials)
	case 'C':
		return strings.ToUpper(t.pick(words) + "_" + t.pick(credentials))
	case 'u':
		return "https://" + t.pick(words) + ".example.com/" + t.pick(words) + "/" + t.pick(words)
	case 'n':
		return strconv.Itoa(t.random.IntN(10_000))
	case 'h':
		return t.draw(hex, 40)
	case 's':
		return t.draw(base62, 16+t.random.IntN(28))
	case 'p':
		return strings.Join([]string{t.pick(words), t.pick(words), t.pick(words), t.pick(words)}, " ")
	}
	return "$" + string(kind)
}
