package reporters

import (
	"testing"

	"github.com/sluice-sec/sluice/scanner"
)

func TestRepository(t *testing.T) {
	hash := digest("a")
	tests := map[string]string{
		"alpine":                             "alpine",
		"alpine:3.20":                        "alpine",
		"library/alpine@" + hash:             "library/alpine",
		"ghcr.io/team/app:v1":                "team/app",
		"ghcr.io/team/app:v1@" + hash:        "team/app",
		"127.0.0.1:5000/team/app:v1":         "team/app",
		"localhost:5000/app":                 "app",
		"localhost/app":                      "app",
		"[::1]:5000/team/app:v1":             "team/app",
		"team/app":                           "team/app",
		"docker-daemon:team/app:v1":          "team/app",
		"docker-daemon:ghcr.io/team/app":     "team/app",
		"docker-archive:/tmp/out/app.tar":    "app.tar",
		"docker-archive:app.tar:team/app:v1": "app.tar",
		"oci:build/layout:v1":                "layout",
		"oci:layout/@" + hash:                "layout",
		"oci-archive:../images/app.oci.tar":  "app.oci.tar",
		"-":                                  "stdin",
		"":                                   "unnamed",
		"docker-archive:":                    "unnamed",
		"oci:/":                              "unnamed",
		"ghcr.io/../../etc":                  "etc",
		"registry.example:5000/a/b/c:latest": "a/b/c",
		"docker://ghcr.io/team/app:v1":       "team/app",
		"registry.example/a:not/a/tag":       "a:not/a/tag",
	}
	for target, want := range tests {
		if got := repository(target); got != want {
			t.Errorf("%q is %q, want %q", target, got, want)
		}
	}
}

func TestArtifactURI(t *testing.T) {
	image := func(k scanner.OriginKind, path string) scanner.Origin {
		return scanner.Origin{Kind: k, Target: sampleImage, Path: path}
	}
	member := image(scanner.InLayer, "app/lib.jar")
	member.Member = "a b/c.txt"
	tests := []struct {
		origin scanner.Origin
		want   string
	}{
		{image(scanner.InLayer, "app/.env"), "image/team/app/app/.env"},
		{image(scanner.InLayer, "/etc/passwd"), "image/team/app/etc/passwd"},
		{image(scanner.InLayer, "../../../.github/workflows/ci.yml"), "image/team/app/.github/workflows/ci.yml"},
		{image(scanner.InLayer, "sha256:abc/x"), "image/team/app/sha256%3Aabc/x"},
		{image(scanner.Config, "config.Env[NAME]"), "image/team/app/config.Env%5BNAME%5D"},
		{image(scanner.Config, "config.Labels[https://x]"), "image/team/app/config.Labels%5Bhttps%3A/x%5D"},
		{image(scanner.History, "history[4]"), "image/team/app/history%5B4%5D"},
		{image(scanner.InLayer, "a\xff\u00e9%41\n#?"), "image/team/app/a%EF%BF%BD%C3%A9%2541%0A%23%3F"},
		{member, "image/team/app/app/lib.jar!/a%20b/c.txt"},
		{scanner.Origin{Kind: scanner.File, Path: "a/b.go"}, "a/b.go"},
		{scanner.Origin{Kind: scanner.File, Path: "./a"}, "a"},
		{scanner.Origin{Kind: scanner.File, Path: "../a"}, "../a"},
		{scanner.Origin{Kind: scanner.File, Path: "//host/a"}, "host/a"},
		{scanner.Origin{Kind: scanner.File, Path: "c:a"}, "c%3Aa"},
		{scanner.Origin{Kind: scanner.File}, "."},
		{scanner.Origin{Kind: scanner.Stdin}, "stdin"},
		{scanner.Origin{Kind: scanner.InCommit, Path: "commit:0a1b"}, "commit%3A0a1b"},
		{scanner.Origin{Kind: scanner.InCommit, Path: "tag:v1/x"}, "tag%3Av1/x"},
		{scanner.Origin{Kind: scanner.InCommit, Path: "../.github/x"}, ".github/x"},
		{scanner.Origin{Kind: scanner.Staged, Path: "a b"}, "a%20b"},
		{scanner.Origin{Kind: scanner.Stdin, Path: "a.env"}, "a.env"},
	}
	for _, test := range tests {
		if got := artifactURI(&test.origin); got != test.want {
			t.Errorf("%q is %q, want %q", test.origin.FullPath(), got, test.want)
		}
	}
}

func TestLineHash(t *testing.T) {
	f := &scanner.Finding{Fingerprint: "v1:0"}
	place := func(k scanner.OriginKind, hash string, c *scanner.Commit) *scanner.Occurrence {
		return &scanner.Occurrence{Place: scanner.Place{Origin: &scanner.Origin{Kind: k, Commit: c}, LineHash: hash}}
	}
	own := lineHash(f, "x", place(scanner.InLayer, "", nil))
	tests := []struct {
		name string
		at   *scanner.Occurrence
		want string
	}{
		{"text on disk has GitHub's", place(scanner.File, "ab:1", nil), "ab:1"},
		{"the uploader hashes other files on disk", place(scanner.File, "", nil), ""},
		{"what is gone from the tree", place(scanner.File, "", &scanner.Commit{}), own},
		{"the uploader hashes what is staged", place(scanner.Staged, "", nil), ""},
		{"what is in the history", place(scanner.InCommit, "", &scanner.Commit{}), own},
		{"the uploader hashes what stands at HEAD", &scanner.Occurrence{Place: scanner.Place{
			Origin: &scanner.Origin{Kind: scanner.InCommit}, State: scanner.Live, Ref: "HEAD"}}, ""},
		{"a pipe without a name", place(scanner.Stdin, "", nil), own},
		{"a configuration", place(scanner.Config, "", nil), own},
	}
	for _, test := range tests {
		if got := lineHash(f, "x", test.at); got != test.want {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
	if other := lineHash(f, "y", place(scanner.InLayer, "", nil)); other == own {
		t.Error("two files have one hash")
	}
	if other := lineHash(&scanner.Finding{Fingerprint: "v1:1"}, "x", place(scanner.InLayer, "", nil)); other == own {
		t.Error("two findings have one hash")
	}
}

// A UUID of version 5 is a fixed function of its name; this one is from
// Python's uuid.uuid5.
func TestCorrelation(t *testing.T) {
	const want = "37dbf334-c3e0-5349-8ee8-c1438b6abdda"
	if got := correlation("v1:abc"); got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
