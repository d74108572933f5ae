//go:build e2e

package main

import (
	"archive/zip"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The image has a secret in each place where one can leak. Layers: 0 the
// shell, 1 .env, 2 the halves of a token, 3 a RUN that uses the build
// argument, 4 one that joins the halves, 5 one that removes the token, 6 a
// configuration, 7 its successor, 8 a jar.
const builtFrom = `FROM scratch
COPY busybox /bin/sh
ARG HF_TOKEN
ENV DB_PASSWORD=%s
LABEL com.example.alerts=%s
COPY .env /srv/.env
COPY halves /halves
RUN test -n "$HF_TOKEN"
RUN cat /halves/a /halves/b > /token
RUN rm /token
COPY v1.conf /etc/app.conf
COPY v2.conf /etc/app.conf
COPY app.jar /srv/app.jar
`

// A place is what the report must say of one occurrence.
type place struct {
	Path, Member, State, Exposure string
	Layer, RemovedBy              int // -1: none
	Line                          int // of the Dockerfile
}

type planted struct {
	name, value string
	places      []place
}

func draw(t *testing.T, alphabet string, n int) string {
	t.Helper()
	out := make([]byte, n)
	for i := range out {
		at, err := rand.Int(rand.Reader, big.NewInt(int64(len(alphabet))))
		if err != nil {
			t.Fatal(err)
		}
		out[i] = alphabet[at.Int64()]
	}
	return string(out)
}

func command(t *testing.T, dir, name string, args ...string) {
	t.Helper()
	cmd := exec.Command(name, args...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out)
	}
}

// buildImage builds the image with buildah and leaves it in an OCI layout.
func buildImage(t *testing.T, dir string) []planted {
	const base62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	const upper = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
	var (
		password = draw(t, base62, 24)
		hook     = "https://hooks.slack.com/services/T" + draw(t, upper, 10) + "/B" + draw(t, upper, 10) + "/" + draw(t, base62, 24)
		buildArg = "hf_" + draw(t, base62[10:], 34)
		stripe   = "sk_" + "live_" + draw(t, base62, 24)
		token    = "glpat-" + draw(t, base62, 20)
		sendgrid = "SG." + draw(t, base62, 22) + "." + draw(t, base62, 43)
		ocean    = "dop_" + "v1_" + draw(t, "0123456789abcdef", 64)
	)
	ctx := filepath.Join(dir, "context")
	busybox, err := os.ReadFile("/bin/busybox")
	if err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(ctx, "busybox"), string(busybox))
	if err := os.Chmod(filepath.Join(ctx, "busybox"), 0o755); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(ctx, "Dockerfile"), fmt.Sprintf(builtFrom, password, hook))
	write(t, filepath.Join(ctx, ".env"), "PORT=8080\nSTRIPE_KEY="+stripe+"\n")
	write(t, filepath.Join(ctx, "halves/a"), token[:12])
	write(t, filepath.Join(ctx, "halves/b"), token[12:])
	write(t, filepath.Join(ctx, "v1.conf"), "mail:\n  sendgrid: "+sendgrid+"\n")
	write(t, filepath.Join(ctx, "v2.conf"), "mail: {}\n")
	var jar bytes.Buffer
	z := zip.NewWriter(&jar)
	w, err := z.Create("config/application.properties")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, "# deploy\nocean.token="+ocean+"\n"); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	write(t, filepath.Join(ctx, "app.jar"), jar.String())

	buildah := []string{"--root", filepath.Join(dir, "root"), "--runroot", filepath.Join(dir, "run"), "--storage-driver", "vfs"}
	command(t, dir, "buildah", append(buildah, "bud", "--isolation", "chroot", "--layers", "--build-arg", "HF_TOKEN="+buildArg, "-t", "localhost/app:v1", ctx)...)
	command(t, dir, "buildah", append(buildah, "push", "localhost/app:v1", "oci:"+filepath.Join(dir, "oci")+":v1")...)

	none := -1
	return []planted{
		{"ENV", password, []place{{"config.Env[DB_PASSWORD]", "", "", "image config", none, none, 4}, {"history[2]", "", "", "history", none, none, 4}}},
		{"LABEL", hook, []place{{"config.Labels[com.example.alerts]", "", "", "image config", none, none, 5}, {"history[3]", "", "", "history", none, none, 5}}},
		{"ARG", buildArg, []place{{"history[6]", "", "", "history", 3, none, 8}}},
		{"COPYed .env", stripe, []place{{"srv/.env", "", "live", "layer", 1, none, 6}}},
		{"removed", token, []place{{"token", "", "deleted", "layer", 4, 5, 9}}},
		{"overwritten", sendgrid, []place{{"etc/app.conf", "", "overwritten", "layer", 6, 7, 11}}},
		{"jar", ocean, []place{{"srv/app.jar", "config/application.properties", "live", "layer", 8, none, 13}}},
	}
}

// startRegistry runs Debian's docker-registry on a free port.
func startRegistry(t *testing.T, dir string) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().String()
	l.Close()
	config := filepath.Join(dir, "registry.yml")
	write(t, config, fmt.Sprintf("version: 0.1\nlog: {level: error}\nstorage: {filesystem: {rootdirectory: %s}}\nhttp: {addr: %q}\n", filepath.Join(dir, "registry"), addr))
	cmd := exec.Command("docker-registry", "serve", config)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
	for range 100 {
		if resp, err := http.Get("http://" + addr + "/v2/"); err == nil {
			resp.Body.Close()
			return addr
		}
		time.Sleep(100 * time.Millisecond)
	}
	t.Fatal("docker-registry does not answer")
	return ""
}

type scanned struct {
	Complete bool
	Problems []any
	Findings []struct {
		Fingerprint, Rule, Kind, Secret string
		Occurrences                     []struct {
			Image, Path, Member, State, Exposure string
			RemovedBy                            *struct{ Layer *struct{ Index int } } `json:"removed_by"`
			Layer                                *struct{ Index int }
			Step                                 *struct{ Line int }
		}
	}
}

// scanImage runs `sluice image` and returns the exit status and the report.
func scanImage(t *testing.T, stdin io.Reader, args ...string) (int, scanned) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status := run(t.Context(), append([]string{"image", "--report", "json", "--show-secrets"}, args...), stdin, &stdout, &stderr)
	var r scanned
	if err := json.Unmarshal(stdout.Bytes(), &r); err != nil {
		t.Fatalf("status %d, %v\n%s", status, err, stderr.String())
	}
	return status, r
}

func (r scanned) places(value string) (fingerprint string, places []place) {
	for _, f := range r.Findings {
		if f.Kind != "secret" || !strings.Contains(f.Secret, value) {
			continue
		}
		for _, o := range f.Occurrences {
			p := place{o.Path, o.Member, o.State, o.Exposure, -1, -1, 0}
			if o.Layer != nil {
				p.Layer = o.Layer.Index
			}
			if o.RemovedBy != nil && o.RemovedBy.Layer != nil {
				p.RemovedBy = o.RemovedBy.Layer.Index
			}
			if o.Step != nil {
				p.Line = o.Step.Line
			}
			places = append(places, p)
		}
		return f.Fingerprint, places
	}
	return "", nil
}

// TestEndToEnd builds a real image, pushes it to a real registry and finds
// every planted secret in its place, with the line of the Dockerfile that put
// it there, over every transport.
func TestEndToEnd(t *testing.T) {
	dir := t.TempDir()
	secrets := buildImage(t, dir)
	addr := startRegistry(t, dir)
	at := func(name string) string { return filepath.Join(dir, name) }
	layout := "oci:" + at("oci") + ":v1"
	remote := addr + "/team/app:v1"
	command(t, dir, "skopeo", "copy", "-q", "--dest-tls-verify=false", layout, "docker://"+remote)
	command(t, dir, "skopeo", "copy", "-q", layout, "docker-archive:"+at("docker.tar")+":team/app:v1")
	command(t, dir, "skopeo", "copy", "-q", layout, "oci-archive:"+at("oci.tar")+":v1")
	command(t, dir, "skopeo", "copy", "-q", "--dest-compress", "--dest-compress-format", "zstd", layout, "dir:"+at("zstd"))
	command(t, dir, "skopeo", "copy", "-q", "dir:"+at("zstd"), "oci:"+at("oci-zstd")+":v1")
	repackPlain(t, at("oci"), at("oci-plain"))
	requireMagic(t, at("oci-zstd"), "\x28\xb5\x2f\xfd")
	archive, err := os.Open(at("docker.tar"))
	if err != nil {
		t.Fatal(err)
	}
	defer archive.Close()

	prints := map[string]string{}
	for _, c := range []struct {
		name  string
		stdin io.Reader
		args  []string
	}{
		{"registry", nil, []string{remote, "--insecure"}},
		{"docker-archive", nil, []string{"docker-archive:" + at("docker.tar")}},
		{"docker-archive by tag", nil, []string{"docker-archive:" + at("docker.tar") + ":team/app:v1"}},
		{"stdin", archive, []string{"-"}},
		{"oci", nil, []string{layout}},
		{"oci, zstd layers", nil, []string{"oci:" + at("oci-zstd") + ":v1"}},
		{"oci, plain layers", nil, []string{"oci:" + at("oci-plain") + ":v1"}},
		{"oci-archive", nil, []string{"oci-archive:" + at("oci.tar")}},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, r := scanImage(t, c.stdin, append(c.args, "--dockerfile", at("context/Dockerfile"))...)
			if status != statusSecrets || !r.Complete {
				t.Errorf("status %d, complete %v, problems %v", status, r.Complete, r.Problems)
			}
			for _, s := range secrets {
				print, places := r.places(s.value)
				for _, want := range s.places {
					if !slices.Contains(places, want) {
						t.Errorf("%s: no occurrence %+v in %+v", s.name, want, places)
					}
				}
				if known, ok := prints[s.name]; ok && known != print {
					t.Errorf("%s: fingerprint %s, over another transport %s", s.name, print, known)
				}
				prints[s.name] = print
			}
		})
	}
}

// repackPlain copies the one image of a layout with its layers as plain tars.
func repackPlain(t *testing.T, from, to string) {
	t.Helper()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	index, err := layout.ImageIndexFromPath(from)
	must(err)
	manifest, err := index.IndexManifest()
	must(err)
	old, err := index.Image(manifest.Manifests[0].Digest)
	must(err)
	config, err := old.ConfigFile()
	must(err)
	layers, err := old.Layers()
	must(err)
	img := v1.Image(empty.Image)
	for _, l := range layers {
		r, err := l.Uncompressed()
		must(err)
		content, err := io.ReadAll(r)
		must(err)
		img, err = mutate.AppendLayers(img, static.NewLayer(content, types.OCIUncompressedLayer))
		must(err)
	}
	img, err = mutate.ConfigFile(mutate.MediaType(img, types.OCIManifestSchema1), config)
	must(err)
	path, err := layout.Write(to, empty.Index)
	must(err)
	must(path.AppendImage(img, layout.WithAnnotations(map[string]string{"org.opencontainers.image.ref.name": "v1"})))
}

// requireMagic checks that some blob of a layout opens with these bytes: that
// the repacking did what the test is about.
func requireMagic(t *testing.T, layout, magic string) {
	t.Helper()
	blobs, err := filepath.Glob(filepath.Join(layout, "blobs/sha256/*"))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(blobs, func(path string) bool {
		content, err := os.ReadFile(path)
		return err == nil && bytes.HasPrefix(content, []byte(magic))
	}) {
		t.Fatalf("no blob of %s opens with %x", layout, magic)
	}
}
