package classify

import (
	"bytes"
	"flag"
	"io/fs"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "make trigrams.txt anew from Go's standard library")

// TestTrigrams holds the table to its form and, with -update, makes it.
func TestTrigrams(t *testing.T) {
	if *update {
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			t.Fatal(err)
		}
		text := table(words(t, filepath.Join(strings.TrimSpace(string(root)), "src")))
		if err := os.WriteFile("trigrams.txt", text, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	lines := strings.Split(strings.TrimSuffix(trigrams, "\n"), "\n")
	if len(lines) != letters*letters {
		t.Fatalf("%d lines, want %d", len(lines), letters*letters)
	}
	for i, line := range lines {
		if len(line) != letters || strings.Trim(line, "ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_`abcdefghijklmnopqrstuvwxyz") != "" {
			t.Errorf("line %d: %q", i+1, line)
		}
	}
}

// words counts the words of the Go files below root; of each file a word
// counts once, and one that stands in a single file is no word.
func words(t *testing.T, root string) map[string]float64 {
	t.Helper()
	files := map[string]int{}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "testdata" || d.Name() == "unicode") {
			return fs.SkipDir
		}
		if !strings.HasSuffix(path, ".go") || strings.Contains(filepath.Base(path), "table") {
			return nil
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		seen := map[string]bool{}
		for run := range bytes.FieldsFuncSeq(data, func(r rune) bool { return r > 'z' || symbol(byte(r)) == edge }) {
			for w := range eachWord(run) {
				if w := strings.ToLower(string(w)); len(w) > 1 && len(w) < 24 && !seen[w] {
					seen[w] = true
					files[w]++
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	weights := map[string]float64{}
	for w, n := range files {
		if n > 1 {
			weights[w] = math.Log2(float64(n)) + 1
		}
	}
	return weights
}

// table counts the letter triples of weighted words, mixes them with pairs and
// single letters so that nothing is impossible, and writes the bits down.
func table(weights map[string]float64) []byte {
	var threes [letters][letters][letters]float64
	var twos [letters][letters]float64
	for word, weight := range weights {
		a, b := edge, edge
		for i := range len(word) + 1 {
			c := edge
			if i < len(word) {
				c = symbol(word[i])
			}
			threes[a][b][c] += weight
			twos[b][c] += weight
			a, b = b, c
		}
	}
	share := func(row [letters]float64, c int) float64 {
		sum := 8.0
		for _, n := range row {
			sum += n
		}
		return (row[c] + 8.0/letters) / sum
	}
	var out bytes.Buffer
	for a := range letters {
		for b := range letters {
			for c := range letters {
				p := 0.85*share(threes[a][b], c) + 0.14*share(twos[b], c) + 0.01/letters
				out.WriteByte('A' + byte(min(57, math.Round(-4*math.Log2(p)))))
			}
			out.WriteByte('\n')
		}
	}
	return out.Bytes()
}
