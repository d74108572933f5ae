package decode

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"math/rand"
	"slices"
	"testing"
)

// TestApart: the views that start before a position that Before returns are the
// same whatever stands from there on, and those behind what Behind returns
// whatever stands before.
func TestApart(t *testing.T) {
	parts := []func(*rand.Rand) string{
		func(r *rand.Rand) string { return "if x := y(`z`); x != nil {\n" },
		func(r *rand.Rand) string { return "\n" },
		func(r *rand.Rand) string { return " " },
		func(r *rand.Rand) string { return "\\n" },
		func(r *rand.Rand) string { return "\"" },
		func(r *rand.Rand) string { return `\x41` },
		func(r *rand.Rand) string { return "%5B" },
		func(r *rand.Rand) string {
			return base64.StdEncoding.EncodeToString([]byte("some text that is encoded, and goes on for a while"))
		},
		func(r *rand.Rand) string { return fmt.Sprintf("%x", "a text in hexadecimal") },
		func(r *rand.Rand) string { return fmt.Sprintf("%x", r.Uint64()) },
	}
	text := func(r *rand.Rand) []byte {
		var b bytes.Buffer
		for range r.Intn(40) {
			b.WriteString(parts[r.Intn(len(parts))](r))
		}
		return b.Bytes()
	}
	views := func(data []byte, from, to int) (all []string) {
		Each(data, Options{From: from, To: to}, func(v *View) {
			all = append(all, fmt.Sprint(v.Form, v.Start, v.End, string(v.Data)))
		})
		return all
	}
	some := 0
	for seed := range int64(3000) {
		r := rand.New(rand.NewSource(seed))
		kept, other := text(r), [2][]byte{text(r), text(r)}
		end := Before(append(bytes.Clone(kept), other[0]...), len(kept))
		a, b := views(append(bytes.Clone(kept), other[0]...), 0, end), views(append(bytes.Clone(kept), other[1]...), 0, end)
		if some += len(a); !slices.Equal(a, b) {
			t.Errorf("seed %d: views before %d of %q: %q and %q", seed, end, kept, a, b)
		}
		// The kept text stands at one place, since a part of the views has a grid.
		n := max(len(other[0]), len(other[1]))
		for i := range other {
			other[i] = append(bytes.Repeat([]byte("x"), n-len(other[i])), other[i]...)
		}
		one, two := append(other[0], kept...), append(other[1], kept...)
		start := Behind(one, n)
		if a, b := views(one, start, len(one)), views(two, start, len(two)); !slices.Equal(a, b) {
			t.Errorf("seed %d: views behind %d of %q: %q and %q", seed, start-n, kept, a, b)
		}
	}
	if some < 1000 {
		t.Errorf("%d views are too few to tell", some)
	}
}

// TestApartIsNear: in a text the two are nowhere far.
func TestApartIsNear(t *testing.T) {
	text := bytes.Repeat([]byte("	x[i] = f(\"abc\", y) // as it was\n"), 100)
	for at := 200; at < 2000; at++ {
		if before, behind := Before(text, at), Behind(text, at); at-before > 40 || behind-at > 40 {
			t.Fatalf("%d: from %d to %d", at, before, behind)
		}
	}
}
