//go:build e2e

package main

import (
	"bytes"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/v1/layout"
)

// TestEndToEndOwnImage builds the image of sluice as `make image` does, scans
// it with sluice, and runs the sluice in it.
func TestEndToEndOwnImage(t *testing.T) {
	dir := t.TempDir()
	command(t, "../..", "make", "image", "DIST="+dir)
	where := "oci:" + filepath.Join(dir, "oci") + ":latest"

	var out bytes.Buffer
	if status := run(t.Context(), []string{"image", where}, nil, &out, &out); status != statusClean || !strings.Contains(out.String(), "complete") {
		t.Errorf("status %d\n%s", status, out.String())
	}
	if status := run(t.Context(), []string{"dockerfile", "../../Dockerfile"}, nil, &out, &out); status != statusClean {
		t.Errorf("the Dockerfile: status %d\n%s", status, out.String())
	}

	index, err := layout.ImageIndexFromPath(filepath.Join(dir, "oci"))
	if err != nil {
		t.Fatal(err)
	}
	manifest, err := index.IndexManifest()
	if err != nil {
		t.Fatal(err)
	}
	image, err := index.Image(manifest.Manifests[0].Digest)
	if err != nil {
		t.Fatal(err)
	}
	file, err := image.ConfigFile()
	if err != nil {
		t.Fatal(err)
	}
	if c := file.Config; c.User != "65532:65532" || strings.Join(c.Entrypoint, " ") != "/usr/bin/sluice" || c.WorkingDir != "/work" || len(c.Cmd) > 0 {
		t.Errorf("runs %v as %s in %s", c.Entrypoint, c.User, c.WorkingDir)
	}
	for _, name := range []string{"title", "description", "source", "documentation", "licenses", "version", "revision"} {
		if text := file.Config.Labels["org.opencontainers.image."+name]; text == "" || strings.Contains(text, "$") {
			t.Errorf("label %s is %q", name, text)
		}
	}

	storage := []string{"--root", filepath.Join(dir, "storage"), "--runroot", filepath.Join(dir, "run"), "--storage-driver", "vfs"}
	command(t, dir, "buildah", append(storage, "from", "--name", "own", "oci:oci:latest")...) // it takes no path with capitals
	inside := func(stdin string, args ...string) (int, string) {
		cmd := exec.Command("buildah", append(append(storage, "run", "--isolation", "chroot", "own", "--", "/usr/bin/sluice"), args...)...)
		cmd.Stdin = strings.NewReader(stdin)
		out, _ := cmd.CombinedOutput()
		return cmd.ProcessState.ExitCode(), string(out)
	}
	if status, out := inside("", "--version"); status != statusClean || !strings.HasPrefix(out, "sluice ") {
		t.Errorf("status %d: %s", status, out)
	}
	if status, out := inside("mode: production\n", "stdin"); status != statusClean || !strings.Contains(out, "no secrets") {
		t.Errorf("status %d: %s", status, out)
	}
	token := "glpat-" + draw(t, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", 20)
	if status, out := inside("token: "+token+"\n", "stdin"); status == statusClean || !strings.Contains(out, "glpa****") || strings.Contains(out, token) {
		t.Errorf("status %d: %s", status, out)
	}
	if status, out := inside("", "dir", "/tmp"); status != statusClean {
		t.Errorf("it cannot read /tmp: status %d: %s", status, out)
	}
}
