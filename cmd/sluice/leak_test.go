package main

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"

	"github.com/sluice-sec/sluice/reporters"
)

// TestNoSecretGetsOut plants one secret, plain and encoded, in every text of
// an image and of a folder that a report could repeat, and looks for it in
// every format, on standard error and in the log.
func TestNoSecretGetsOut(t *testing.T) {
	token := aToken()
	// What is planted, and which part of it no output may hold.
	forms := map[string]struct{ planted, forbidden string }{
		"plain":   {token, token},
		"base64":  {embedded(token, 0), embedded(token, 0)[:32]},
		"base64a": {embedded(token, 1), embedded(token, 1)[2:36]},
		"base64b": {embedded(token, 2), embedded(token, 2)[3:36]},
		"hex":     {hex.EncodeToString([]byte(token)), hex.EncodeToString([]byte(token))},
		"percent": {hexPercent(token), hexPercent(token)},
	}
	dir := t.TempDir()
	t.Chdir(dir)
	var planted []string
	for _, form := range forms {
		planted = append(planted, form.planted)
	}
	leakyImage(t, filepath.Join(dir, "image"), token, planted)
	for name, form := range forms {
		write(t, filepath.Join(dir, "tree", name, form.planted+".txt"), "token="+token+"\n")
	}
	if err := os.Symlink("nowhere", filepath.Join(dir, "tree", "link-"+token)); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(dir, "tree", "damaged-"+token+".zip"), "PK\x03\x04 this is no archive")

	write(t, filepath.Join(dir, "tree", "Dockerfile"), token+" x\n") // the parser quotes what it does not know

	write(t, filepath.Join(dir, "template"), "{{json .}} {{range .findings}}{{range .occurrences}}{{place .}} {{code .path}} {{csv .path}}{{end}}{{end}}")
	leakyRepository(t, filepath.Join(dir, "repository"), token)

	for _, args := range [][]string{
		{"image", "-v", "oci:image"},
		{"dir", "-v", "tree", "missing-" + token},
		{"git", "-v", "repository"},
	} {
		want := statusIncomplete
		if args[0] == "git" {
			want = statusSecrets
		}
		for _, format := range reporters.Formats() {
			t.Run(args[0]+" "+format, func(t *testing.T) {
				var stdout, stderr bytes.Buffer
				args := append(slices.Clone(args), "--report", format, "--show-suppressed")
				if format == "template" {
					args = append(args, "--template", "template")
				}
				status := run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
				if status != want || !strings.Contains(stdout.String(), "glpa****") {
					t.Errorf("status %d, output without the finding:\n%s\n%s", status, stdout.String(), stderr.String())
				}
				for name, form := range forms {
					for where, text := range map[string]string{"stdout": stdout.String(), "stderr": stderr.String()} {
						if at := strings.Index(strings.ToLower(text), strings.ToLower(form.forbidden)); at >= 0 {
							t.Errorf("%s form on %s: ...%s", name, where, text[max(0, at-60):min(len(text), at+20)])
						}
					}
				}
			})
		}
	}
}

// embedded is the token in base64 with lead bytes before it and some after.
func embedded(token string, lead int) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strings.Repeat(":", lead) + token + "::"))
}

func hexPercent(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, "%%%02x", s[i])
	}
	return b.String()
}

// leakyRepository makes a repository with the secret in a file, a path, a
// message, a name, a branch, a tag and a note.
func leakyRepository(t *testing.T, path, token string) {
	t.Helper()
	git := func(args ...string) {
		t.Helper()
		cmd := exec.Command("git", append([]string{"-C", path, "-c", "user.name=N " + token, "-c", "user.email=" + token + "@example.com"}, args...)...)
		cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
	}
	write(t, filepath.Join(path, "a", token, "x.txt"), "token="+token+"\n")
	write(t, filepath.Join(path, "gone.txt"), "again="+token+"\n")
	git("init", "-q", "-b", "work-"+token)
	git("add", ".")
	git("commit", "-q", "-m", "uses "+token)
	git("rm", "-q", "gone.txt")
	git("commit", "-q", "-m", "no more "+token)
	git("checkout", "-q", "-b", "side-"+token)
	write(t, filepath.Join(path, "side.txt"), "side="+token+"\n")
	git("add", ".")
	git("commit", "-q", "-m", "side "+token)
	git("checkout", "-q", "work-"+token)
	git("tag", "-a", "v1-"+token, "-m", "signed off by "+token)
	git("notes", "add", "-m", "see "+token)
}

// leakyImage writes a layout whose one image has the secret in each of its
// texts, and whose second layer breaks off in a file named after it.
func leakyImage(t *testing.T, path, token string, forms []string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, form := range forms {
		content := "token: " + token + "\n"
		must(w.WriteHeader(&tar.Header{Name: "srv/" + form + "/x.yml", Mode: 0o600, Size: int64(len(content))}))
		_, err := io.WriteString(w, content)
		must(err)
	}
	must(w.Close())
	img := v1.Image(empty.Image)
	for _, content := range [][]byte{b.Bytes(), b.Bytes()[:512+10]} {
		layer, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil })
		must(err)
		add := mutate.Addendum{Layer: layer, History: v1.History{CreatedBy: "RUN", Author: token, Comment: token}}
		for _, form := range forms {
			add.History.CreatedBy += " " + form
		}
		img, err = mutate.Append(img, add)
		must(err)
	}
	config, err := img.ConfigFile()
	must(err)
	config = config.DeepCopy()
	config.Author = token
	config.Config = v1.Config{
		Env: []string{"TOKEN=" + token, token + "=x"}, Labels: map[string]string{"a": token, token: "b"}, Cmd: []string{"run", token},
		User: token, WorkingDir: "/" + token,
	}
	img, err = mutate.ConfigFile(img, config)
	must(err)
	img = mutate.Annotations(img, map[string]string{"note": token, token: "x"}).(v1.Image)
	p, err := layout.Write(path, empty.Index)
	must(err)
	must(p.AppendImage(img, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": token})))
}

func write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
		t.Fatal(err)
	}
}
