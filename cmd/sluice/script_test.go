package main

import (
	"archive/tar"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"
)

// mkgit makes the working directory the root of a repository: mkgit.
func mkgit(ts *testscript.TestScript, _ bool, _ []string) {
	ts.Check(os.Mkdir(ts.MkAbs(".git"), 0o755))
}

// writeText writes a file with values that no script holds in the places of
// %s: write FILE TEXT VALUE...
func writeText(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 || strings.Count(args[1], "%s") != len(args)-2 {
		ts.Fatalf("usage: write FILE TEXT VALUE...")
	}
	text := strings.ReplaceAll(args[1], `\n`, "\n")
	for _, value := range args[2:] {
		text = strings.Replace(text, "%s", value, 1)
	}
	path := ts.MkAbs(args[0])
	ts.Check(os.MkdirAll(filepath.Dir(path), 0o755))
	ts.Check(os.WriteFile(path, []byte(text), 0o644))
}

// fingerprint writes the fingerprints of a JSON report, a line each with a text
// behind it: fingerprint FILE REPORT TEXT.
func fingerprint(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: fingerprint FILE REPORT TEXT")
	}
	var report struct {
		Findings []struct{ Fingerprint string }
	}
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &report))
	var text strings.Builder
	for _, f := range report.Findings {
		text.WriteString(f.Fingerprint + args[2] + "\n")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), []byte(text.String()), 0o644))
}

// pack makes a tar of a file: pack TAR FILE.
func pack(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: pack TAR FILE")
	}
	f, err := os.Create(ts.MkAbs(args[0]))
	ts.Check(err)
	defer f.Close()
	content := ts.ReadFile(args[1])
	w := tar.NewWriter(f)
	ts.Check(w.WriteHeader(&tar.Header{Name: args[1], Mode: 0o600, Size: int64(len(content))}))
	_, err = w.Write([]byte(content))
	ts.Check(err)
	ts.Check(w.Close())
}
