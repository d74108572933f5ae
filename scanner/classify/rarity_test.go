package classify

import (
	"strings"
	"testing"
)

func TestRarity(t *testing.T) {
	for _, word := range strings.Fields(`password secret changeme kubernetes postgres administrator configuration test123 my-secret-token
		GithubClientSecret oauth_token_secret PublicKeyLoader us-east-1 idx_fk_city_id correcthorse getEnvironmentVariable v1.2.3 2024-01-02
		SCREAMING_SNAKE_CASE application/json`) {
		if r := Rarity([]byte(word)); r >= 2 {
			t.Errorf("%s: %.1f bits, want less than 2", word, r)
		}
	}
}

// TestRarityOfRandom draws values: hardly any is taken for written.
func TestRarityOfRandom(t *testing.T) {
	for _, c := range []struct {
		alphabet string
		length   int
	}{{inBase62, 10}, {inBase64, 24}, {inHex, 24}, {inLower, 9}, {"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16}} {
		const draws = 2000
		low := 0
		for seed := range uint64(draws) {
			if Rarity([]byte(random(seed, c.alphabet, c.length))) < 4 {
				low++
			}
		}
		if low > draws/50 {
			t.Errorf("%d of %d values of %d from %s are below 4 bits", low, draws, c.length, c.alphabet)
		}
	}
}

// TestGibberish tells a drawn word from a known one, whatever digits follow.
func TestGibberish(t *testing.T) {
	for seed := range uint64(20) {
		word := random(seed, inLower, 9) + "123!"
		if g := Gibberish([]byte(word)); g < 2 {
			t.Errorf("%s: %.1f bits", word, g)
		}
	}
	for _, word := range []string{"sunshine2019!", "Administrator1"} {
		if g := Gibberish([]byte(word)); g > 0 {
			t.Errorf("%s: %.1f bits", word, g)
		}
	}
}

func BenchmarkRarity(b *testing.B) {
	v := []byte(random(1, inBase62, 40))
	b.SetBytes(int64(len(v)))
	for b.Loop() {
		Rarity(v)
	}
}
