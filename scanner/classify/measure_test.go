package classify

import "testing"

// TestMeasure asks for the same values again, by other names and among others.
func TestMeasure(t *testing.T) {
	titles := &Titles{}
	for seed := range uint64(20_000) {
		v := []byte(random(seed%3000, inBase62, int(seed*7%100)))
		for _, s := range []promise{strong, passwordly, weak, strong} {
			has := traitsOf(v)
			want := randomness(v, has, s)
			if gotHas, got := titles.measure(v, s); gotHas != has || got != want {
				t.Fatalf("%q, %d: %v and %b, want %v and %b", v, s, got, gotHas, want, has)
			}
		}
	}
}
