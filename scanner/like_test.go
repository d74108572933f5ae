package scanner_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"fmt"
	"math/rand"
	"sort"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// oneChunk is a source of one text, as one chunk.
type oneChunk struct {
	text []byte
	like *scanner.Likeness
}

func (c *oneChunk) Name() string { return "text" }

func (c *oneChunk) Scan(_ context.Context, sink scanner.Sink) error {
	sink.Chunk(scanner.Chunk{Data: c.text, Origin: &scanner.Origin{Path: "app.conf"}, Line: 1, Column: 1, Last: true, Like: c.like})
	return nil
}

// TestLikeness: what is found in a text does not depend on whether it is told
// to be like another, of which it is known what was found.
func TestLikeness(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	engine, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	found := func(text []byte, like *scanner.Likeness) []string {
		var all []string
		for _, f := range engine.Scan(context.Background(), &oneChunk{text, like}).Findings {
			all = append(all, fmt.Sprint(f.Rule.ID, f.Occurrences[0].Span, len(f.Occurrences)))
		}
		return all
	}
	known, changed, before := 0, 0, 0
	for seed := range int64(300) {
		random := rand.New(rand.NewSource(seed))
		old := plainText(random)
		for range 3 * (seed % 2) {
			at := random.Intn(len(old))
			old = append(append(bytes.Clone(old[:at]), piece(random)...), old[at:]...)
		}
		was := &scanner.Likeness{}
		if found(old, was) != nil {
			before++
		}
		if !was.Looked {
			t.Fatal("the chunk was not looked at")
		}
		text, like := edited(random, old, was.Found)
		want := found(text, nil)
		if diff := cmp.Diff(want, found(text, like)); diff != "" {
			t.Errorf("seed %d, %v of %d bytes alike: -alone +like\n%s", seed, like.Alike, len(text), diff)
		}
		if (len(like.Found) > 0) != (want != nil) {
			t.Errorf("seed %d: found at %v, and %q", seed, like.Found, want)
		}
		if known++; want != nil {
			changed++
		}
	}
	if known < 100 || changed < 50 || before < 50 {
		t.Errorf("%d texts, of which %d hold something, %d did: too few to tell", known, changed, before)
	}
}

// edited makes another version of a text, and says what of it stands in both but
// for what was found there.
func edited(random *rand.Rand, old []byte, was []scanner.Stretch) (text []byte, like *scanner.Likeness) {
	like = &scanner.Likeness{}
	keep := func(start, end int) {
		s := scanner.Stretch{Start: len(text), End: len(text) + end - start}
		if start == 0 {
			s.Start = -scanner.Beyond
		}
		by := len(text) - start
		text = append(text, old[start:end]...)
		sort.Slice(was, func(i, j int) bool { return was[i].Start < was[j].Start })
		for _, f := range was {
			if at := f.Start + by; f.Start >= start && f.Start < end && at >= s.Start {
				if s.Start < at {
					like.Alike = append(like.Alike, scanner.Stretch{Start: s.Start, End: at})
				}
				s.Start = at + 1
			}
		}
		if s.Start < s.End {
			like.Alike = append(like.Alike, s)
		}
	}
	at := random.Intn(2) * random.Intn(2) * random.Intn(len(old)) // as a rule it begins as the old one
	for range 1 + random.Intn(5) {
		end := at + random.Intn(len(old)-at+1)
		keep(at, end)
		text = append(text, piece(random)...)
		at = min(len(old), end+random.Intn(2)*random.Intn(400))
	}
	if random.Intn(4) > 0 {
		if keep(at, len(old)); at < len(old) && like.Alike[len(like.Alike)-1].End == len(text) {
			like.Alike[len(like.Alike)-1].End += scanner.Beyond
		}
	}
	return text, like
}

// plainText is a long text with many words that rules look for.
func plainText(random *rand.Rand) []byte {
	words := []string{"token", "password: none", "secret =", "api_key", "the", "key", "aws", "glpat" + "-", "-----BEGIN", "authorization", "client_secret: ${X}",
		"user", "=", "\"", "login", "database", "url", "https://example.com/", "export", "eyJ", "\n", "\n", "\n"}
	var b bytes.Buffer
	for range 1000 + random.Intn(40_000) {
		if random.Intn(2000) == 0 { // much that is encoded, and says nothing
			noise := make([]byte, random.Intn(3000))
			random.Read(noise)
			b.WriteString(base64.StdEncoding.EncodeToString(noise))
		}
		b.WriteString(words[random.Intn(len(words))])
		b.WriteByte(' ')
	}
	return b.Bytes()
}

// piece is what an edit puts in: nothing much, or something to be found, whole
// or in part.
func piece(random *rand.Rand) []byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	value := make([]byte, 20)
	for i := range value {
		value[i] = alphabet[random.Intn(len(alphabet))]
	}
	switch random.Intn(6) {
	case 5:
		return []byte("\n" + base64.StdEncoding.EncodeToString(append([]byte("token: glpat"+"-"), value...)) + "\n")
	case 0:
		return []byte("\nanother line\n")
	case 1:
		return append([]byte("\ntoken: glpat"+"-"), value...)
	case 2:
		return append([]byte("\npassword = \""), append(value, "\"\n"...)...)
	case 3:
		return value
	}
	return append([]byte("\nexport API_KEY="), append(value, '\n')...)
}
