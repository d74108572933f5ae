package rules

import (
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
)

// An Example is a text on which a rule proves itself. So that no file of rules
// holds a credential, the random part of an example is written as a marker,
// {class:n}, and filled at run time with n characters of that class, always
// the same ones for one example: {base62:36}, {hex:32}, {checksum:0}. The
// value to be found may stand in «»; it must then be found exactly.
type Example struct {
	source string
	seed   uint64
}

// alphabets are the classes of the markers in examples.
var alphabets = map[string]string{
	"digit":     "0123456789",
	"lower":     "abcdefghijklmnopqrstuvwxyz",
	"upper":     "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"alpha":     "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
	"alnum":     "abcdefghijklmnopqrstuvwxyz0123456789",
	"ALNUM":     "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789",
	"hex":       "0123456789abcdef",
	"HEX":       "0123456789ABCDEF",
	"base32":    "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567",
	"BECH32":    "QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7L",
	"base58":    "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz",
	"base62":    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
	"base64":    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/",
	"base64url": "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_",
}

var marker = regexp.MustCompile(`\{([A-Za-z0-9]+):(\d+)\}`)

func examples(id string, sources []string) []Example {
	var out []Example
	for i, s := range sources {
		h := fnv.New64a()
		fmt.Fprintf(h, "%s/%d/%s", id, i, s)
		out = append(out, Example{source: s, seed: h.Sum64()})
	}
	return out
}

// String returns the example as it is written, markers and all.
func (e Example) String() string { return e.source }

// Expand fills the markers in and returns the text, and the value that must be
// found in it where the example says so.
func (e Example) Expand(r *Rule) (text, value string, err error) {
	random := rand.New(rand.NewPCG(e.seed, uint64(len(e.source))))
	var b strings.Builder
	rest, start := e.source, 0
	for {
		at := marker.FindStringSubmatchIndex(rest)
		if at == nil {
			break
		}
		b.WriteString(rest[:at[0]])
		class, count := rest[at[2]:at[3]], rest[at[4]:at[5]]
		n, err := strconv.Atoi(count)
		if err != nil || n > MaxReach {
			return "", "", fmt.Errorf("example %q: %s is too many", e.source, count)
		}
		alphabet, known := alphabets[class]
		switch {
		case known:
			start = b.Len()
			for range n {
				b.WriteByte(alphabet[random.IntN(len(alphabet))])
			}
		case class == "checksum" && r.Checksum != "":
			b.WriteString(checksums[r.Checksum].complete(b.String()[start:]))
		default:
			return "", "", fmt.Errorf("example %q: unknown class %q", e.source, class)
		}
		rest = rest[at[1]:]
	}
	b.WriteString(rest)
	before, after, marked := strings.Cut(b.String(), "«")
	if !marked {
		return b.String(), "", nil
	}
	value, after, marked = strings.Cut(after, "»")
	if !marked {
		return "", "", fmt.Errorf("example %q: « without »", e.source)
	}
	return before + value + after, value, nil
}
