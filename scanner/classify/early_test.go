package classify

import (
	"encoding/base64"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestDecodes holds the table against package base64.
func TestDecodes(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	const bytes = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789+/-_.:[]"
	for range 100_000 {
		var four [4]byte
		for i := range four {
			four[i] = bytes[random.IntN(len(bytes))]
		}
		var start [3]byte
		n, err := base64.StdEncoding.Decode(start[:], four[:])
		if got, want := decodes(four[:]), err == nil && all(start[:n], isPrintable); got != want {
			t.Fatalf("%q: %v, want %v", four, got, want)
		}
	}
}

// TestDismisses holds what is said of a value at a glance against the judge.
func TestDismisses(t *testing.T) {
	names := []string{"password", "DB_PASS", "apiKey", "client-secret", "--token", "session_id", "keyboard", "salt", "auth.code.of.it"}
	operators := []string{"=", ": ", " := \"", "('", "\">", " "}
	values := []string{
		"hunter", "true", "config.get", "q7Xz0PmW2kR9vT4s", "a1b2c3d4e5f6a7b8", "correct horse", "${TOKEN}", "/etc/passwd", "Swordfish",
		"user1234", "dXNlcjpwYXNzd29yZA==", "4111-1111", `{\"a\": \"b\"}`, "changeme",
	}
	files := []*File{FileOf("a.go"), FileOf("app.yaml"), FileOf("notes")}
	sure := 0
	for _, name := range names {
		for _, op := range operators {
			for _, value := range values {
				for _, f := range files {
					data := []byte("x\n" + name + op + value + "\"\n")
					from := len("x\n") + strings.LastIndexAny(name, "-._") + 1
					to := len("x\n") + len(name)
					start := to + len(op)
					titles := &Titles{}
					titles.Names(data, from, to, f)
					if !titles.Dismisses(data, from, start, start+len(value), f) {
						continue
					}
					sure++
					got := Judge("assigned", &Candidate{
						Data: data, Start: start, End: start + len(value), MatchStart: from, MatchEnd: len(data), Name: data[from:to], File: f,
					})
					if got.Class <= Identifier {
						t.Errorf("%s: %+v is dismissed", data, got)
					}
				}
			}
		}
	}
	if sure == 0 {
		t.Error("none was dismissed")
	}
	titles := &Titles{}
	data := []byte("password=x secret=hunter2")
	titles.Names(data, 0, 8, files[0])
	if titles.Dismisses(data, 9, 16, 23, files[0]) {
		t.Error("a value of a name that was not asked about was dismissed")
	}
}
