package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
	"strings"
)

// Identity is the same for all hits of one value, and tells nothing of it but
// that: of hits of a rule that judges by the path alone it is the same for
// those of one rule and path. It is the key by which a report makes one finding
// of many hits, and lives no longer than the scan: a hash of a value that could
// be guessed must not be kept.
func (h *Hit) Identity() [32]byte { return sha256.Sum256([]byte(h.key())) }

func (h *Hit) key() string {
	if h.pathOnly() {
		return "path\x00" + h.Rule.ID + "\x00" + h.Origin.FullPath()
	}
	return canonical(h.secret.value)
}

// fingerprintVersion is what a fingerprint starts with.
const fingerprintVersion = "v1:"

// A finding's fingerprint is a hash of its key. A value that a machine made is its
// own: nobody can guess it from its hash. One that a person made could be guessed,
// so it is known by its place and by the name it is assigned to, counted where that
// is not enough.

// hash gives the findings whose values are their own keys, which are given, their
// fingerprints.
func hash(findings []Finding, keys []string) {
	h := newHasher(findings, false)
	for i := range findings {
		if f := &findings[i]; !f.Guessable() {
			h.key = append(append(h.key[:0], "sluice fingerprint v1\x00value\x00"...), keys[i]...)
			h.add(f)
		}
	}
	h.give()
}

// number gives the other findings, which are in their order, theirs.
func number(findings []Finding) {
	h, taken, counts := newHasher(findings, true), map[string]int{}, []int(nil)
	for i := range findings {
		f := &findings[i]
		if !f.Guessable() {
			continue
		}
		first := f.Occurrences[0].Origin
		h.key = append(append(h.key[:0], "sluice fingerprint v1\x00place\x00"...), first.Kind.Exposure()...)
		h.key = append(append(append(append(h.key, 0), first.FullPath()...), 0), f.owner.Name...)
		n, known := taken[string(h.key)]
		if !known {
			n = len(counts)
			taken[string(h.key)], counts = n, append(counts, 0)
		}
		if counts[n]++; counts[n] > 1 {
			h.key = strconv.AppendInt(append(h.key, 0), int64(counts[n]), 10)
		}
		h.add(f)
	}
	h.give()
}

// A hasher makes fingerprints of keys, many at once.
type hasher struct {
	key   []byte
	of    []*Finding
	texts strings.Builder
}

const fingerprintSize = len(fingerprintVersion) + 32

// newHasher returns one for those of the findings whose values can be guessed, or
// for the others.
func newHasher(findings []Finding, guessable bool) *hasher {
	most := 0
	for i := range findings {
		if findings[i].Guessable() == guessable {
			most++
		}
	}
	h := &hasher{of: make([]*Finding, 0, most)}
	h.texts.Grow(fingerprintSize * most)
	return h
}

// add makes that of a finding, whose key it has.
func (h *hasher) add(f *Finding) {
	sum := sha256.Sum256(h.key)
	var text [fingerprintSize]byte
	hex.Encode(text[copy(text[:], fingerprintVersion):], sum[:16])
	h.of = append(h.of, f)
	h.texts.Write(text[:])
}

// give gives the findings their fingerprints.
func (h *hasher) give() {
	all := h.texts.String()
	for i, f := range h.of {
		f.Fingerprint = all[i*fingerprintSize : (i+1)*fingerprintSize]
	}
}

// Guessable reports whether a plain hash of the value would give it away: its
// fingerprint is a place and a name.
func (f *Finding) Guessable() bool {
	return f.owner == nil || f.owner.Human || f.owner.pathOnly() || len(f.Secret.Reveal()) < 12
}
