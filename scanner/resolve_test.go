package scanner

import (
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

const pairRules = `
[[rules]]
id = "key-id"
title = "Key id"
kind = "identifier"
confidence = "high"
provider = "Test"
regex = '\bKID[0-9A-Z]{12}\b'

[[rules]]
id = "key-secret"
title = "Key secret"
confidence = "high"
provider = "Test"
regex = '\bksec_[0-9a-z]{20}\b'
[[rules.pairs]]
rule = "key-id"
bytes = 200

[[rules]]
id = "needs-id"
title = "Only beside an id"
provider = "Test"
regex = '\bonly_[0-9a-z]{20}\b'
[[rules.pairs]]
rule = "key-id"
lines = 2
required = true

[[rules]]
id = "generic"
title = "Any value after secret"
regex = '(?P<name>secret)=(?P<secret>[0-9A-Za-z_]{8,60})'
`

func pairScanner(t *testing.T) *Scanner {
	t.Helper()
	f, err := rules.Load("pairs.toml", pairRules)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Rules: f.Set})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

const (
	keyID     = "KID" + "0A1B2C3D4E5F"
	keySecret = "ksec_" + "0a1b2c3d4e5f6g7h8i9j"
	onlyID    = "only_" + "0a1b2c3d4e5f6g7h8i9j"
)

func TestPairs(t *testing.T) {
	s := pairScanner(t)
	for _, c := range []struct{ name, text, want string }{
		{"the id alone is an identifier", keyID, "key-id/identifier"},
		{"with its secret it is one finding", keyID + "\n" + keySecret, "key-secret/secret+" + keyID},
		{"too far apart they are two", keyID + strings.Repeat("\n", 300) + keySecret, "key-secret/secret key-id/identifier"},
		{"the secret alone", keySecret, "key-secret/secret"},
		{"a required partner is missing", onlyID, ""},
		{"a required partner is there", onlyID + "\n\n" + keyID, "needs-id/secret+" + keyID},
		{"a required partner is too many lines away", onlyID + "\n\n\n" + keyID, "key-id/identifier"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var got []string
			for _, f := range s.Scan(t.Context(), text{data: c.text}).Findings {
				got = append(got, strings.Join(append([]string{f.Rule.ID + "/" + f.Kind.String()}, f.Identifiers...), "+"))
			}
			if strings.Join(got, " ") != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// streams is a source of several streams, each with an origin of its own.
type streams []stream

type stream struct {
	origin Origin
	data   string
	blob   BlobID
}

func (streams) Name() string { return "streams" }

func (s streams) Scan(_ context.Context, sink Sink) error {
	for i := range s {
		if s[i].blob != "" && sink.Seen(s[i].blob, &s[i].origin) {
			continue
		}
		sink.Chunk(Chunk{Data: []byte(s[i].data), Origin: &s[i].origin, Line: 1, Column: 1, Last: true, Blob: s[i].blob})
	}
	return nil
}

func TestPairAcrossConfiguration(t *testing.T) {
	r := pairScanner(t).Scan(t.Context(), streams{
		{origin: Origin{Kind: Config, Target: "img", Path: "config.Env[ID]"}, data: keyID},
		{origin: Origin{Kind: Config, Target: "img", Path: "config.Env[SECRET]"}, data: keySecret},
		{origin: Origin{Kind: Config, Target: "other", Path: "config.Env[ID]"}, data: keyID},
	})
	if len(r.Findings) != 2 || !slices.Equal(r.Findings[0].Identifiers, []string{keyID}) {
		t.Fatalf("findings %s", describe(r))
	}
}

func TestOneSecretIsOneFinding(t *testing.T) {
	r := pairScanner(t).Scan(t.Context(), streams{
		{origin: Origin{Kind: InLayer, Path: "b", Layer: &Layer{Index: 3}}, data: "secret=" + keySecret},
		{origin: Origin{Kind: InLayer, Path: "a", Layer: &Layer{Index: 1}}, data: keySecret, blob: "sha256:1"},
		{origin: Origin{Kind: InLayer, Path: "c", Layer: &Layer{Index: 2}}, data: keySecret, blob: "sha256:1"},
		{origin: Origin{Kind: History, Path: "history[10]"}, data: "secret=" + keySecret},
		{origin: Origin{Kind: History, Path: "history[9]"}, data: "secret=" + keySecret},
	})
	if len(r.Findings) != 1 {
		t.Fatalf("%d findings:\n%s", len(r.Findings), describe(r))
	}
	f := r.Findings[0]
	if f.Rule.ID != "key-secret" || !strings.Contains(f.Reason, "also matched by generic") {
		t.Errorf("owned by %s because %q", f.Rule.ID, f.Reason)
	}
	var paths []string
	for _, o := range f.Occurrences {
		paths = append(paths, o.Origin.Path)
	}
	if want := []string{"history[9]", "history[10]", "a", "c", "b"}; !slices.Equal(paths, want) {
		t.Errorf("chain %v, want %v", paths, want)
	}
	if r.Stats.Blobs != 4 {
		t.Errorf("%d streams scanned, want 4: one blob was seen", r.Stats.Blobs)
	}
}

func TestFingerprints(t *testing.T) {
	s := pairScanner(t)
	print := func(path, data string) string {
		r := s.Scan(t.Context(), text{data: data, path: path})
		if len(r.Findings) != 1 {
			t.Fatalf("%q: %s", data, describe(r))
		}
		return r.Findings[0].Fingerprint
	}
	base := print("a", keySecret)
	if print("b", "\n\nx "+keySecret) != base {
		t.Error("a machine-made secret has another fingerprint elsewhere")
	}
	if print("a", keySecret[:len(keySecret)-1]+"z") == base {
		t.Error("another secret has the same fingerprint")
	}
}

func TestBounds(t *testing.T) {
	f, err := rules.Load("pairs.toml", pairRules)
	if err != nil {
		t.Fatal(err)
	}
	s, err := New(Options{Rules: f.Set, MaxHits: 3})
	if err != nil {
		t.Fatal(err)
	}
	var data strings.Builder
	for i := range 9 {
		data.WriteString(" " + keySecret[:len(keySecret)-1] + string(rune('a'+i)))
	}
	r := s.Scan(t.Context(), text{data: data.String()})
	if len(r.Findings) != 3 || r.Complete || len(r.Problems) != 1 {
		t.Errorf("%d findings, complete %v, problems %v", len(r.Findings), r.Complete, r.Problems)
	}
}

func TestCancelledIsIncomplete(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	r := pairScanner(t).Scan(ctx, failing{})
	if r.Complete || len(r.Problems) != 1 || !strings.Contains(r.Problems[0].Err, "interrupted") {
		t.Errorf("complete %v, problems %v", r.Complete, r.Problems)
	}
}

type failing struct{}

func (failing) Name() string                           { return "failing" }
func (failing) Scan(ctx context.Context, _ Sink) error { return ctx.Err() }

// TestInOrder: hits are put in order as a stable sort would, however many runs in
// order they are.
func TestInOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	all := []*rules.Rule{{ID: "a"}, {ID: "b"}, {ID: "c"}}
	for range 500 {
		hits := make([]located, r.IntN(200))
		step := 1 + r.IntN(40)
		for i := range hits {
			from := int64(i/8 + i%8*r.IntN(step))
			hits[i] = located{Hit: &Hit{}, rule: all[r.IntN(len(all))], from: from, past: from + int64(r.IntN(3))}
		}
		want := slices.Clone(hits)
		slices.SortStableFunc(want, compareSpans)
		if inOrder(hits); !slices.Equal(hits, want) {
			t.Fatalf("%d hits are in another order", len(hits))
		}
	}
}
