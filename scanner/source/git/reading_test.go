package git_test

import (
	"context"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

// lenient is the built-in set with an allow list for a folder of tests.
func lenient(t *testing.T) *scanner.Scanner {
	t.Helper()
	file, err := rules.Load("test", "[extend]\nbuiltin = true\n[[allow]]\ndescription = \"tests\"\npaths = ['^test/']\n")
	if err != nil {
		t.Fatal(err)
	}
	set, err := file.Apply()
	if err != nil {
		t.Fatal(err)
	}
	return engineOf(t, set)
}

// TestReadings: a file that is allowed in one folder, or means nothing by its
// name, is a leak where it stands under another, whichever comes first.
func TestReadings(t *testing.T) {
	r := newRepository(t)
	r.write("test/a.txt", line(1))
	r.write("b.txt", line(2))
	r.write("c.go", "password = "+token(9)[6:]+"\n") // in Go a name
	r.write("deploy/Dockerfile.txt", halved(3, ""))
	r.commit("first")
	r.write("prod/a.txt", line(1))
	r.write("test/b.txt", line(2))
	r.write("c.env", "password = "+token(9)[6:]+"\n")
	r.git("mv", "deploy/Dockerfile.txt", "deploy/dockerfile")
	r.commit("second")
	r.git("mv", "deploy/dockerfile", "deploy/Dockerfile")
	r.commit("third")

	source, err := git.Open(context.Background(), r.dir, builders(t, git.Options{}))
	if err != nil {
		t.Fatal(err)
	}
	report := lenient(t).Scan(context.Background(), source)
	if !report.Complete {
		t.Fatalf("problems: %v", report.Problems)
	}
	expect(t, report, token(1), "live prod/a.txt:1 in second at HEAD")
	expect(t, report, token(2), "live b.txt:1 in first at HEAD")
	expect(t, report, token(9)[6:], "live c.env:1 in second at HEAD")
	if got := steps(find(report, token(3))); got == "not found" || got == "" {
		t.Errorf("what became a Dockerfile: %s", got)
	}
}
