package benchmarks

import (
	"bytes"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// BenchmarkStart is what `sluice stdin` takes before it can read, all built-in
// rules loaded, as a pre-commit hook does for each commit. Beside it, in turn,
// runs a program that only imports what sluice imports: above-ms is what is
// sluice's own doing. Medians.
func BenchmarkStart(b *testing.B) {
	sluice, empty := filepath.Join(b.TempDir(), "sluice"), filepath.Join(b.TempDir(), "empty")
	build(b, "-o", sluice, "../cmd/sluice")
	buildEmpty(b, empty)
	var whole, floor []time.Duration
	for b.Loop() {
		whole = append(whole, start(b, sluice, "stdin"))
		floor = append(floor, start(b, empty))
	}
	ms := func(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
	b.ReportMetric(ms(median(whole)), "start-ms")
	b.ReportMetric(ms(median(floor)), "imports-ms")
	b.ReportMetric(ms(median(whole)-median(floor)), "above-ms")
	b.ReportMetric(0, "ns/op") // of both together tells nothing
}

func median(ds []time.Duration) time.Duration {
	slices.Sort(ds)
	return ds[len(ds)/2]
}

// start runs a program with nothing on its standard input.
func start(b *testing.B, program string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(program, args...)
	at := time.Now()
	if err := cmd.Run(); err != nil {
		b.Fatal(err)
	}
	return time.Since(at)
}

func build(b *testing.B, args ...string) {
	b.Helper()
	cmd := exec.Command("go", append([]string{"build", "-trimpath", "-ldflags", "-s -w"}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil {
		b.Fatalf("go build %v: %v\n%s", args, err, out)
	}
}

// buildEmpty builds a program that imports what sluice does and does nothing.
// It stands in the tree in an overlay only, below cmd/sluice because of what is
// internal there.
func buildEmpty(b *testing.B, path string) {
	b.Helper()
	list, err := exec.Command("go", "list", "-f", `{{.Dir}}{{range .Imports}}{{"\n"}}{{.}}{{end}}`, "../cmd/sluice").Output()
	if err != nil {
		b.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(list)), "\n")
	var source bytes.Buffer
	source.WriteString("package main\n\nimport (\n")
	for _, imported := range lines[1:] {
		source.WriteString("\t_ \"" + imported + "\"\n")
	}
	source.WriteString(")\n\nfunc main() {}\n")
	file, overlay := filepath.Join(b.TempDir(), "main.go"), filepath.Join(b.TempDir(), "overlay.json")
	place, err := json.Marshal(map[string]map[string]string{"Replace": {filepath.Join(lines[0], "empty", "main.go"): file}})
	if err != nil {
		b.Fatal(err)
	}
	for name, data := range map[string][]byte{file: source.Bytes(), overlay: place} {
		if err := os.WriteFile(name, data, 0o644); err != nil {
			b.Fatal(err)
		}
	}
	build(b, "-overlay", overlay, "-o", path, "../cmd/sluice/empty")
}
