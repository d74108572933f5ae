package main

import (
	"bytes"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/v1/remote"
)

// TestEvent scans what notifications name, from the registry of the flag: the
// one in the payload would not answer.
func TestEvent(t *testing.T) {
	reference := served(t, func(http.ResponseWriter, *http.Request) bool { return false })
	registry, _, _ := strings.Cut(reference, "/")
	ref, err := name.ParseReference(reference)
	if err != nil {
		t.Fatal(err)
	}
	head, err := remote.Head(ref)
	if err != nil {
		t.Fatal(err)
	}
	digest := head.Digest.String()
	push := func(repository, digest string) string {
		return fmt.Sprintf(`{"events":[{"action":"push","target":{"mediaType":%q,"repository":%q,"digest":%q,
			"url":"http://192.0.2.1/v2/team/app/manifests/v1"},"request":{"host":"192.0.2.1"}}]}`, head.MediaType, repository, digest)
	}
	hub := `{"push_data":{"tag":"v1"},"repository":{"repo_name":"team/app"}}`
	path := filepath.Join(t.TempDir(), "event.json")
	if err := os.WriteFile(path, []byte(push("team/app", digest)), 0o600); err != nil {
		t.Fatal(err)
	}
	from := []string{"--registry", registry}
	for _, c := range []struct {
		name, file, stdin string
		args              []string
		status            int
		stdout, stderr    string
	}{
		{"by digest", "-", push("team/app", digest), from, statusClean, registry + "/team/app@" + digest, ""},
		{"in a file", path, "", from, statusClean, registry + "/team/app@" + digest, ""},
		{"by tag", "-", hub, from, statusClean, registry + "/team/app:v1", ""},
		{"not there", "-", push("team/app", "sha256:"+strings.Repeat("0", 64)), from, statusIncomplete, `"complete": false`, "404"},
		{"pull", "-", strings.Replace(hub, "push_data", "pulled", 1), from, statusIncomplete, "", "unknown format"},
		{"nothing", "-", `{"events":[{"action":"pull"}]}`, from, statusClean, "", "no image was pushed"},
		{"hostile", "-", push("192.0.2.1:80/app", digest), from, statusIncomplete, "", "not a repository"},
		{"no file", path + ".gone", "", from, statusIncomplete, "", "--event: open"},
		{"no name", "", "", from, statusIncomplete, "", "needs a file"},
		{"no registry", "-", hub, nil, statusIncomplete, "", "--event needs --registry"},
		{"REF as well", "-", hub, append(from, "alpine"), statusIncomplete, "", "takes the place of REF"},
		{"scheme", "-", hub, []string{"--registry", "http://example.com"}, statusIncomplete, "", "not HOST"},
		{"path", "-", hub, []string{"--registry", "example.com/team"}, statusIncomplete, "", "not HOST"},
		{"no domain", "-", hub, []string{"--registry", "team"}, statusIncomplete, "", "not HOST"},
		{"transport", "-", hub, []string{"--registry", "docker-daemon:5000"}, statusIncomplete, "", "not in a registry"},
		{"password", "-", hub, append(from, "--username", "me", "--password-stdin"), statusIncomplete, "", "already"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var stdout, stderr bytes.Buffer
			args := append([]string{"image", "--retries", "-1", "--report", "json", "--event", c.file}, c.args...)
			if status := run(t.Context(), args, strings.NewReader(c.stdin), &stdout, &stderr); status != c.status {
				t.Errorf("status %d, want %d", status, c.status)
			}
			if !strings.Contains(stdout.String(), c.stdout) || !strings.Contains(stderr.String(), c.stderr) {
				t.Errorf("want %q and %q:\n%s%s", c.stdout, c.stderr, stdout.String(), stderr.String())
			}
		})
	}
	t.Run("registry alone", func(t *testing.T) {
		var stdout, stderr bytes.Buffer
		status := run(t.Context(), []string{"image", "--registry", registry, reference}, strings.NewReader(""), &stdout, &stderr)
		if status != statusIncomplete || !strings.Contains(stderr.String(), "--registry needs --event") {
			t.Errorf("status %d\n%s", status, stderr.String())
		}
	})
}
