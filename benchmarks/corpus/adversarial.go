package corpus

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/sluice-sec/sluice/rules"
)

// Adversarial returns inputs that were made to be slow to scan, of about size
// bytes each, for a rule set. The one named "line" is a single line of longest
// bytes.
//
// Of those that repeat a few bytes, "headers" has a value behind each name, "grants"
// an expression that goes on until a line ends, which none does, "windows" anchors
// of which each has others within reach, "accents" characters that are not ASCII,
// "packed" what looks like gzip in base64, and "escapes" two encodings, one within
// the other. "names" repeats each anchor that is a word without a gap, and "tokens"
// has escapes of three forms among tokens that are base64.
func Adversarial(set *rules.Set, seed uint64, size, longest int) ([]Corpus, error) {
	misses, hits, err := nearMisses(set)
	if err != nil {
		return nil, err
	}
	var anchors, broken, words []string
	for _, l := range Literals(set) {
		if strings.Trim(l, "abcdefghijklmnopqrstuvwxyz") == "" {
			words = append(words, l)
		}
		anchors = append(anchors, l)
		broken = append(broken, l[:len(l)-1]+"~")
	}
	t := newText(seed)
	random := make([]byte, size*3/4)
	for i := range random {
		random[i] = byte(t.random.Uint32())
	}
	prose := strings.Repeat("the quick brown fox jumps over the lazy dog, ", size/60)
	minified := Minified(seed, size)
	return []Corpus{
		{Name: "keywords", Data: repeat("password ", size)},
		{Name: "anchors", Data: repeat(strings.Join(anchors, " "), size)},
		{Name: "near-anchors", Data: repeat(strings.Join(broken, " "), size)},
		{Name: "near-matches", Data: repeat(strings.Join(misses, "\n"), size)},
		{Name: "matches", Data: repeat(strings.Join(hits, "\n"), size)},
		{Name: "equals", Data: repeat("=", size)},
		{Name: "key-equals", Data: repeat("key"+strings.Repeat("=", 1000), size)},
		{Name: "one-letter", Data: repeat("a", size)},
		{Name: "newlines", Data: repeat("\n", size)},
		{Name: "zeros", Data: make([]byte, size)},
		{Name: "quotes", Data: repeat(`"'`, size)},
		{Name: "nested-quotes", Data: nested(size)},
		{Name: "line", Data: t.line(longest)},
		{Name: "pairs", Data: pairs(seed, size)},
		{Name: "headers", Data: repeat("Authorization: ", size)},
		{Name: "grants", Data: repeat("grant\fselect ", size)},
		{Name: "windows", Data: repeat(`kty\abcdefghijklmnopqrstuvwxyz.`, size)},
		{Name: "accents", Data: repeat("é7z\r", size)},
		{Name: "packed", Data: repeat("H4sIpaperclipsandpaperweights ", size)},
		{Name: "names", Data: names(words, size)},
		{Name: "tokens", Data: tokens(seed, size)},
		{Name: "escapes", Data: repeat(`password%3Dhunter\u0041`, size)},
		script("minified", minified.Data[:size]),
		script("letters", repeat("key", size)),
		script("colons", repeat("key:", size)),
		script("code", repeat("t.key=e.value.of(n),e.token=next.read(i);", size)),
		{Name: "base64-random", Data: []byte(base64.StdEncoding.EncodeToString(random))},
		{Name: "base64-text", Data: []byte(base64.StdEncoding.EncodeToString([]byte(prose)))},
	}, nil
}

// script is a corpus of one file of JavaScript, where what is assigned without
// quotes is code.
func script(name string, data []byte) Corpus {
	return Corpus{Name: name, Data: data, Files: []Piece{{Path: name + ".js", End: len(data)}}}
}

// repeat returns size bytes of a text over and over.
func repeat(s string, size int) []byte { return bytes.Repeat([]byte(s), size/len(s)+1)[:size] }

// nested returns quoted assignments within one another, each level escaping
// those within it.
func nested(size int) []byte {
	s := `secret: 'x'`
	for len(s) < 4000 {
		s = fmt.Sprintf("password = %q", s)
	}
	return repeat(s+"\n", size)
}

// pairs returns lines of a key id with what looks like its secret, each within
// reach of a hundred others.
func pairs(seed uint64, size int) []byte {
	t := newText(seed)
	digits := make([]byte, 40)
	for t.Len() < size {
		for i := range digits {
			const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567abcdefghijklmnopqrstuvwxyz0189"
			if digits[i] = all[t.random.IntN(len(all))]; i < 16 {
				digits[i] = all[t.random.IntN(32)]
			}
		}
		fmt.Fprintf(&t.Buffer, "AK"+"IA%s,%s\n", digits[:16], digits)
	}
	return bytes.Clone(t.Bytes()[:size])
}

// names returns each word over and over, all of them in size bytes.
func names(words []string, size int) []byte {
	var b bytes.Buffer
	for i, word := range words {
		if n := size*(i+1)/len(words) - b.Len(); n > 0 {
			b.Write(repeat(word, n))
		}
	}
	return b.Bytes()
}

// tokens returns JSON web tokens with an escape behind each, some of them in a line.
func tokens(seed uint64, size int) []byte {
	t := newText(seed)
	part := func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }
	const all = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	signature := make([]byte, 43)
	for t.Len() < size {
		for i := range signature {
			signature[i] = all[t.random.IntN(len(all))]
		}
		t.WriteString(part(`{"alg":"HS256","typ":"JWT"}`) + "." + part(fmt.Sprintf(`{"sub":"%d","name":"x"}`, t.random.Uint64())) + ".")
		t.Write(signature)
		t.WriteString([]string{`\u0041`, "%41", "&#65;", "%41\n", "\\x41 "}[t.random.IntN(5)])
	}
	return bytes.Clone(t.Bytes()[:size])
}

// line returns size bytes of words and numbers without an end of line.
func (t *text) line(size int) []byte {
	t.Reset()
	for t.Len() < size {
		t.expand("$p, $I($n) ")
	}
	return bytes.Clone(t.Bytes()[:size])
}

// nearMisses returns the examples of all rules with the last character of the
// value broken, and as they are.
func nearMisses(set *rules.Set) (misses, hits []string, err error) {
	for _, r := range set.Rules() {
		for _, e := range r.Match {
			text, value, err := e.Expand(r)
			if err != nil {
				return nil, nil, fmt.Errorf("corpus: rule %s: %w", r.ID, err)
			}
			if value == "" {
				value = strings.TrimRight(text, " \n\"'")
			}
			at := strings.LastIndex(text, value) + len(value)
			hits = append(hits, text)
			misses = append(misses, text[:at-1]+"~"+text[at:])
		}
	}
	return misses, hits, nil
}
