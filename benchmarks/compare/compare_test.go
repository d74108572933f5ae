package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// fakes are shell scripts that stand for the tools: what each does when it scans.
var fakes = map[string]string{
	"sluice":     `for a; do case $a in json=*) f=${a#json=};; esac; done; sleep 0.3; echo '{"findings":[{},{},{}]}' >"$f"; exit 1`,
	"gitleaks":   `while [ "$1" != --report-path ]; do shift; done; sleep 0.9; echo '[{},{}]' >"$2"`,
	"trufflehog": `echo '{"level":"info"}'; echo 'no JSON'; echo '{"DetectorName":"A"}'; echo '{"DetectorName":"B"}'`,
	"trivy":      `while [ "$1" != --output ]; do shift; done; echo '{"Results":[{"Target":"a"},{"Secrets":[{},{}]},{"Secrets":[{}]}]}' >"$2"`,
	"kingfisher": `while [ "$1" != --output ]; do shift; done; echo '{"findings":[{}]}' >"$2"; exit 200`,
	"rg":         `echo a:3; echo b:c:4`,
}

// install puts fake tools onto PATH, in front of the system's, and returns the
// file that each of them writes its name into when it scans.
func install(t *testing.T, scripts map[string]string) (log string) {
	t.Helper()
	dir := t.TempDir()
	log = filepath.Join(t.TempDir(), "log")
	for name, script := range scripts {
		text := fmt.Sprintf("#!/bin/sh\ncase $1 in *version) echo %s 1.2; exit;; esac\necho %s >>%s\n%s\n", name, name, log, script)
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
	return log
}

func TestCompare(t *testing.T) {
	log := install(t, fakes)
	out := filepath.Join(t.TempDir(), "out.json")
	plot := filepath.Join(t.TempDir(), "out.svg")
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "file"), make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	o := options{runs: 3, warm: 1, timeout: time.Minute, tools: "sluice,gitleaks,trufflehog,trivy,kingfisher,ripgrep,gzip", json: out, plot: plot}
	if err := compare(t.Context(), o, []string{"dir", dir}); err != nil {
		t.Fatal(err)
	}
	data, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var r report
	if err := json.Unmarshal(data, &r); err != nil {
		t.Fatal(err)
	}
	if r.Bytes != 1000 || r.Cores == 0 {
		t.Errorf("%d bytes, %d cores", r.Bytes, r.Cores)
	}
	findings := map[string]int{}
	var order []string
	for _, e := range r.Entries {
		findings[e.Name] = e.Median.Findings
		order = append(order, strings.TrimSuffix(e.Version, " 1.2"))
		if len(e.Runs) != 3 || e.Median.Failed != "" || e.Median.Wall <= 0 || e.Median.Peak <= 0 {
			t.Errorf("%+v", e)
		}
		if (e.Ratio < 1) != (e.Name != "sluice" && e.Name != "gitleaks") {
			t.Errorf("%s takes %.2f times as long as sluice", e.Name, e.Ratio)
		}
	}
	want := map[string]int{"sluice": 3, "gitleaks": 2, "trufflehog": 2, "trivy": 3, "kingfisher": 1, "ripgrep": 7}
	if fmt.Sprint(findings) != fmt.Sprint(want) {
		t.Errorf("findings %v, want %v", findings, want)
	}
	ran, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	if got := strings.Fields(string(ran)); !slices.Equal(got, slices.Repeat(order, 4)) {
		t.Errorf("the tools ran in the order %v, want %v four times", got, order)
	}
	if svg, err := os.ReadFile(plot); err != nil || !bytes.Contains(svg, []byte("kingfisher")) {
		t.Errorf("the plot lacks a tool: %v", err)
	}
}

// TestFailures holds what becomes of a tool that does not end, one that fails
// and one that writes nonsense: it is named, and the others go on.
func TestFailures(t *testing.T) {
	child := filepath.Join(t.TempDir(), "child")
	install(t, map[string]string{
		"sluice":     fakes["sluice"],
		"gitleaks":   `(sleep 4; touch ` + child + `) & wait`,
		"trufflehog": `echo it broke >&2; exit 3`,
		"trivy":      `echo nonsense`,
	})
	target, err := open(directory, t.TempDir(), t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	r := &report{Kind: directory}
	present := installed(tools(), target, []string{"sluice", "gitleaks", "trufflehog", "trivy", "kingfisher"})
	if err := r.measure(t.Context(), present, target, t.TempDir(), options{runs: 2, timeout: 1500 * time.Millisecond}); err != nil {
		t.Fatal(err)
	}
	r.finish()
	var text bytes.Buffer
	if err := r.text(&text); err != nil {
		t.Fatal(err)
	}
	for tool, want := range map[string]string{
		"sluice": "2/2", "gitleaks": "stopped after 1.5s", "trufflehog": "exit status 3: it broke", "trivy": "output: invalid character",
	} {
		if !slices.ContainsFunc(strings.Split(text.String(), "\n"), func(line string) bool {
			return strings.HasPrefix(strings.TrimSpace(line), tool) && strings.Contains(line, want)
		}) {
			t.Errorf("no line of %s with %q in\n%s", tool, want, &text)
		}
	}
	time.Sleep(3 * time.Second)
	if _, err := os.Stat(child); err == nil {
		t.Error("what a stopped tool had started went on")
	}
}

// TestLayers holds that the layers of both forms of an image are found and
// unpacked.
func TestLayers(t *testing.T) {
	var layer bytes.Buffer
	z := gzip.NewWriter(&layer)
	w := tar.NewWriter(z)
	add := func(w *tar.Writer, name string, data []byte) {
		t.Helper()
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Size: int64(len(data))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			t.Fatal(err)
		}
	}
	add(w, "etc/passwd", []byte("root"))
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	blobs := map[string][]byte{"manifest.json": []byte("[]"), "a": layer.Bytes(), "b": layer.Bytes()}
	folder := t.TempDir()
	archive, err := os.Create(filepath.Join(t.TempDir(), "image.tar"))
	if err != nil {
		t.Fatal(err)
	}
	w = tar.NewWriter(archive)
	for name, data := range blobs {
		add(w, name, data)
		if err := os.WriteFile(filepath.Join(folder, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := archive.Close(); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{folder, archive.Name()} {
		target, err := open(image, path, t.TempDir())
		if err != nil {
			t.Fatal(err)
		}
		if len(target.layers) != 2 {
			t.Fatalf("%s: %d layers", path, len(target.layers))
		}
		for _, layerPath := range target.layers {
			if data, err := os.ReadFile(layerPath); err != nil || !bytes.Equal(data, layer.Bytes()) {
				t.Errorf("%s: another layer: %v", path, err)
			}
		}
		gzip := installed(tools(), target, []string{"gzip"})
		if len(gzip) != 1 {
			t.Fatal("gzip is not there")
		}
		if r := run(t.Context(), gzip[0], target, t.TempDir(), time.Minute); r.Failed != "" {
			t.Errorf("%s: %s", path, r.Failed)
		}
	}
}

func TestOpenWrong(t *testing.T) {
	if _, err := open("nonsense", t.TempDir(), ""); err == nil {
		t.Error("no error for an unknown kind")
	}
	if _, err := open(directory, filepath.Join(t.TempDir(), "gone"), ""); err == nil {
		t.Error("no error for a target that is not there")
	}
	path := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(path, bytes.Repeat([]byte("no archive"), 100), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := open(image, path, t.TempDir()); err == nil {
		t.Error("no error for an image that is no archive")
	}
}
