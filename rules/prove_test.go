package rules_test

import (
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// TestBuiltinProve runs the examples of every built-in rule through the whole
// scanner, all rules together.
func TestBuiltinProve(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	if n := len(set.Rules()); n < 80 {
		t.Errorf("only %d built-in rules", n)
	}
	if err := scanner.Prove(t.Context(), set); err != nil {
		t.Error(err)
	}
}
