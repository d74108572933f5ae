package rules

import "testing"

func TestDigest(t *testing.T) {
	set, err := Builtin()
	if err != nil {
		t.Fatal(err)
	}
	again, err := Builtin()
	if err != nil || set.Digest() != again.Digest() {
		t.Error("one set has two digests")
	}
	less, err := set.Without(set.Rules()[0].ID)
	if err != nil || less.Digest() == set.Digest() {
		t.Error("a set without a rule has the same digest")
	}
	changed := *set.Rules()[0]
	changed.Entropy += 0.5
	other, err := set.Merge(&Set{rules: []*Rule{&changed}})
	if err != nil || other.Digest() == set.Digest() {
		t.Errorf("a set with another rule has the same digest (%v)", err)
	}
}
