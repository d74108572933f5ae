package image

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// aDigest is the digest of nothing in particular.
var aDigest = "sha256:" + strings.Repeat("0a", 32)

func TestReference(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, name := range []string{"app.tar", "app.tar:v0", "C:\\images\\app.tar", "at@" + aDigest + ".tar"} {
		if err := os.WriteFile(name, nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		ref  string
		want target
		path string
	}{
		{"-", target{Transport: viaStdin, Repository: "stdin"}, ""},
		{"alpine", target{Transport: viaRegistry, Registry: "index.docker.io", Repository: "library/alpine", Tag: "latest"}, ""},
		{"alpine:3", target{Transport: viaRegistry, Registry: "index.docker.io", Repository: "library/alpine", Tag: "3"}, ""},
		{"docker://team/app:3", target{Transport: viaRegistry, Registry: "index.docker.io", Repository: "team/app", Tag: "3"}, ""},
		{"127.0.0.1:5000/team/app:v1", target{Transport: viaRegistry, Registry: "127.0.0.1:5000", Repository: "team/app", Tag: "v1"}, ""},
		{"[::1]:5000/team/app:v1", target{Transport: viaRegistry, Registry: "[::1]:5000", Repository: "team/app", Tag: "v1"}, ""},
		{"localhost/team/app:v1", target{Transport: viaRegistry, Registry: "localhost", Repository: "team/app", Tag: "v1"}, ""},
		{"team/app@" + aDigest, target{Transport: viaRegistry, Registry: "index.docker.io", Repository: "team/app", Digest: aDigest}, ""},
		{"ghcr.io/team/app:v1@" + aDigest, target{Transport: viaRegistry, Registry: "ghcr.io", Repository: "team/app", Digest: aDigest}, ""},
		{"docker-daemon:team/app:v1", target{Transport: viaDaemon, Repository: "team/app", Tag: "v1"}, ""},
		{"docker-daemon:host:5000/app", target{Transport: viaDaemon, Repository: "host:5000/app"}, ""},
		{"docker-daemon:" + aDigest, target{Transport: viaDaemon, Repository: aDigest}, ""},
		{"docker-daemon:app@" + aDigest, target{Transport: viaDaemon, Repository: "app", Digest: aDigest}, ""},
		{"docker-archive:app.tar", target{Transport: viaDockerArchive, Repository: "app.tar"}, "app.tar"},
		{"docker-archive:app.tar:v1", target{Transport: viaDockerArchive, Repository: "app.tar", Tag: "v1"}, "app.tar"},
		{"docker-archive:app.tar:v0", target{Transport: viaDockerArchive, Repository: "app.tar:v0"}, "app.tar:v0"},
		{"docker-archive:app.tar:v0:v1", target{Transport: viaDockerArchive, Repository: "app.tar:v0", Tag: "v1"}, "app.tar:v0"},
		{"docker-archive:app.tar:host:5000/app:v1", target{Transport: viaDockerArchive, Repository: "app.tar", Tag: "host:5000/app:v1"}, "app.tar"},
		{`oci-archive:C:\images\app.tar:v1`, target{Transport: viaOCIArchive, Repository: `C:\images\app.tar`, Tag: "v1"}, `C:\images\app.tar`},
		{"oci-archive:gone.tar:v1", target{Transport: viaOCIArchive, Repository: "gone.tar:v1"}, "gone.tar:v1"},
		{"oci:dir@" + aDigest, target{Transport: viaLayout, Repository: "dir", Digest: aDigest}, "dir"},
		{"oci:at@" + aDigest + ".tar", target{Transport: viaLayout, Repository: "at@" + aDigest + ".tar"}, "at@" + aDigest + ".tar"},
	} {
		t.Run(test.ref, func(t *testing.T) {
			got, err := parseReference(test.ref)
			if err != nil {
				t.Fatal(err)
			}
			test.want.Name = test.ref
			if diff := cmp.Diff(test.want, got.target); diff != "" || got.path != test.path {
				t.Errorf("path %q, want %q; %s", got.path, test.path, diff)
			}
		})
	}
}

func TestMalformedReference(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	if err := os.WriteFile("Image.tar", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"Source", "Layout"} {
		if err := os.Mkdir(name, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile("Layout/index.json", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		ref string
		try []string
	}{
		{"", nil},
		{"a b", nil},
		{"./Image.tar", []string{"docker-archive:./Image.tar"}},
		{filepath.Join(dir, "Image.tar"), []string{"docker-archive:" + filepath.Join(dir, "Image.tar")}},
		{"Layout", []string{"oci:Layout"}},
		{"Source", []string{"source"}}, // no layout: no image of a folder can be meant
		{"Alpine:Edge", []string{"alpine:Edge"}},
		{"https://ghcr.io/team/app:v1", []string{"ghcr.io/team/app:v1"}},
		{"app@sha256:12", nil},
		{"host:5000/../../team/app", nil},
		{"docker-daemon:", nil},
		{"docker-daemon:../../containers/json", nil},
		{"docker-daemon:app?all=1", nil},
		{"oci:", nil},
	} {
		t.Run(test.ref, func(t *testing.T) {
			_, err := parseReference(test.ref)
			if diff := cmp.Diff(test.try, asReference(t, err).Try); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func FuzzReference(f *testing.F) {
	for _, s := range []string{"", "/team/app:v1", ":5000/app@" + aDigest, "@x", "://y", "docker-daemon:"} {
		f.Add("https://", s)
		f.Add("", s)
		f.Add("docker-daemon:", s)
	}
	f.Fuzz(func(t *testing.T, before, after string) {
		ref := before + "user:" + testPass + "@host" + after
		for _, via := range []transport{viaLayout, viaDockerArchive, viaOCIArchive} {
			if strings.HasPrefix(ref, string(via)+":") { // a path, which holds no credentials
				return
			}
		}
		if _, err := parseReference(ref); err == nil || strings.Contains(err.Error(), testPass) {
			t.Errorf("%q: %v", ref, err)
		}
	})
}
