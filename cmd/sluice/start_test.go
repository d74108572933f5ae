package main

import (
	"context"
	"io"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
)

// TestStartIsLean holds what a scan of nothing may cost, as a pre-commit hook
// runs it: so few pieces of memory that no rule's expression can have been
// parsed or compiled for it, which takes a hundred and more.
func TestStartIsLean(t *testing.T) {
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	pieces := testing.AllocsPerRun(5, func() {
		if status := run(context.Background(), []string{"stdin"}, strings.NewReader(""), io.Discard, io.Discard); status != statusClean {
			t.Fatalf("status %d", status)
		}
	})
	if rules := float64(len(set.Rules())); pieces > 30*rules {
		t.Errorf("%.0f pieces of memory for %.0f rules", pieces, rules)
	} else {
		t.Logf("%.0f pieces of memory for %.0f rules", pieces, rules)
	}
}
