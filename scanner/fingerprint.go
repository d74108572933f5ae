package scanner

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// number gives each finding its fingerprint. A value that a machine made is
// its own key: nobody can guess it from its hash. One that a person made could
// be guessed, so it is known by its place and by the name it is assigned to,
// counted where that is not enough.
func number(findings []Finding) {
	taken := map[string]int{}
	for i := range findings {
		f := &findings[i]
		owner := f.owner
		key := "value\x00" + canonical(f.Secret.Reveal())
		if owner.Human || owner.pathOnly() || len(f.Secret.Reveal()) < 12 {
			first := f.Occurrences[0].Origin
			key = fmt.Sprintf("place\x00%s\x00%s\x00%s", first.Kind.Exposure(), first.FullPath(), owner.Name)
			taken[key]++
			if n := taken[key]; n > 1 {
				key += fmt.Sprintf("\x00%d", n)
			}
		}
		sum := sha256.Sum256([]byte("sluice fingerprint v1\x00" + key))
		f.Fingerprint = "v1:" + hex.EncodeToString(sum[:16])
	}
}
