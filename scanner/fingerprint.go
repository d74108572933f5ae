package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"strconv"
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

// number gives each finding its fingerprint. A value that a machine made is
// its own key: nobody can guess it from its hash. One that a person made could
// be guessed, so it is known by its place and by the name it is assigned to,
// counted where that is not enough.
func number(findings []Finding) {
	taken := map[string]int{}
	const size = len(fingerprintVersion) + 32
	texts := make([]byte, 0, size*len(findings))
	var key []byte
	for i := range findings {
		f := &findings[i]
		key = append(key[:0], "sluice fingerprint v1\x00"...)
		if f.Guessable() {
			first, version := f.Occurrences[0].Origin, len(key)
			key = append(append(append(key, "place\x00"...), first.Kind.Exposure()...), 0)
			key = append(append(append(key, first.FullPath()...), 0), f.owner.Name...)
			place := string(key[version:])
			taken[place]++
			if n := taken[place]; n > 1 {
				key = strconv.AppendInt(append(key, 0), int64(n), 10)
			}
		} else {
			key = append(append(key, "value\x00"...), canonical(f.Secret.Reveal())...)
		}
		sum := sha256.Sum256(key)
		texts = hex.AppendEncode(append(texts, fingerprintVersion...), sum[:16])
	}
	for i, all := 0, string(texts); i < len(findings); i++ {
		findings[i].Fingerprint = all[i*size : (i+1)*size]
	}
}

// Guessable reports whether a plain hash of the value would give it away: its
// fingerprint is a place and a name.
func (f *Finding) Guessable() bool {
	return f.owner == nil || f.owner.Human || f.owner.pathOnly() || len(f.Secret.Reveal()) < 12
}
