package main

import (
	"bytes"
	"context"
	"io"
	"log"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-containerregistry/pkg/name"
	"github.com/google/go-containerregistry/pkg/registry"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	"github.com/google/go-containerregistry/pkg/v1/types"

	"github.com/sluice-sec/sluice/cmd/sluice/internal/triage"
	"github.com/sluice-sec/sluice/scanner"
)

// sluice runs a command line and returns its status and all that it said.
func sluice(t *testing.T, args ...string) (status int, said string) {
	t.Helper()
	var stdout, stderr bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(""), &stdout, &stderr)
	return status, stdout.String() + stderr.String()
}

// TestBaselineLeaksNothing plants a secret in every text that a baseline or what
// is said of it could repeat.
func TestBaselineLeaksNothing(t *testing.T) {
	token := aToken()
	t.Chdir(t.TempDir())
	write(t, "dir-"+token+"/"+token+".env", "TOKEN="+token+" # sluice:allow[gitlab-access-token]\n")
	write(t, "b.env", "x=1 # sluice:allow[gitlab-access-token] "+token+" is made up: T="+token+"\n")
	write(t, ".sluiceignore", "nothing  # not "+token+"\n")
	for _, c := range []struct {
		status int
		args   []string
	}{
		{statusSecrets, []string{"dir", "-v", "."}},
		{statusSecrets, []string{"dir", "--report", "json", "."}},
		{statusClean, []string{"baseline", "create", "--reason", "known", "--by", "Ann", "dir", "-v", "."}},
		{statusClean, []string{"dir", "-v", "."}},
		{statusClean, []string{"dir", "--report", "json", "."}},
		{statusClean, []string{"dir", "--report", "sarif", "."}},
		{statusClean, []string{"baseline", "show"}},
		{statusClean, []string{"baseline", "update", "--reason", "known", "--by", "Ann", "dir", "."}},
		{statusClean, []string{"baseline", "prune", "dir", "."}},
	} {
		status, said := sluice(t, c.args...)
		if status != c.status {
			t.Errorf("%v: status %d\n%s", c.args, status, said)
		}
		if strings.Contains(said, token) || strings.Contains(said, token[6:]) {
			t.Errorf("%v says it:\n%s", c.args, said)
		}
	}
	text, err := os.ReadFile(baselineName)
	if err != nil || strings.Contains(string(text), token[6:]) || !strings.Contains(string(text), "hmac-sha256:") {
		t.Errorf("%v:\n%s", err, text)
	}
}

// TestTriageWrites takes a session that somebody went through to the end: what
// was decided hides what it was decided of.
func TestTriageWrites(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "a.env", "TOKEN="+aToken()+"\n")
	write(t, "b/b.env", "TOKEN="+aToken()+"\n")
	write(t, "c.env", "TOKEN="+aToken()+"\n")
	write(t, "d.env", "TOKEN="+aToken()+"\n")
	write(t, ignoreName, "nothing  # no end of line")
	walk := &purpose{name: "triage", excerpts: true, end: func(ctx context.Context, s *scan, r *scanner.Report) error {
		session := triage.New(r.Findings)
		for _, c := range []triage.Choice{triage.Known, triage.NoMatter, triage.NoSecret} {
			if err := session.Decide(c, "because of "+c.String()); err != nil {
				t.Error(err)
			}
		}
		return (&baselineOptions{by: "Ann"}).settle(ctx, s, session)
	}}
	var said bytes.Buffer
	cmd := newTriageCommand()
	cmd.SetContext(t.Context())
	cmd.SetOut(&said)
	if err := scanFor(cmd, []string{"dir", "."}, walk); err != nil {
		t.Fatal(err)
	}
	if want := baselineName + ": 1 added, 0 widened\n" + ignoreName + ": 2 added\n3 of 4 decided\n"; said.String() != want {
		t.Errorf("said %q, want %q", said.String(), want)
	}
	text, err := os.ReadFile(ignoreName)
	if lines := strings.Split(string(text), "\n"); err != nil || len(lines) != 4 || lines[0] != "nothing  # no end of line" || lines[1] != "/b/b.env  # because of ignored by path" {
		t.Errorf("%v: %q", err, text)
	}
	status, out := sluice(t, "dir", "--report", "json", ".")
	if status != statusSecrets || !strings.Contains(out, `"suppressed": 3`) || !strings.Contains(out, `"path": "d.env"`) || strings.Contains(out, `"path": "a.env"`) {
		t.Errorf("status %d:\n%s", status, out)
	}
}

func TestTriageNeedsATerminal(t *testing.T) {
	t.Chdir(t.TempDir())
	status, said := sluice(t, "triage", "dir", ".")
	if status != statusIncomplete || !strings.Contains(said, "triage needs a terminal") || !strings.Contains(said, "baseline create") {
		t.Errorf("status %d: %s", status, said)
	}
}

// TestReplaceFile: a link stays one, and nothing is left behind.
func TestReplaceFile(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "real"), "old")
	if err := os.Symlink("real", filepath.Join(dir, "link")); err != nil {
		t.Fatal(err)
	}
	if err := replaceFile(filepath.Join(dir, "link"), []byte("new")); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(dir, "real"))
	if names, _ := os.ReadDir(dir); err != nil || string(text) != "new" || len(names) != 2 {
		t.Errorf("%v: %q, %v", err, text, names)
	}
	if err := replaceFile(filepath.Join(dir, "none", "x"), nil); err == nil {
		t.Error("no folder, no error")
	}
}

// TestBaselineAndImages takes one secret from the tree to a folder of images to
// a registry and under another tag there.
func TestBaselineAndImages(t *testing.T) {
	token := aToken()
	t.Chdir(t.TempDir())
	write(t, "app.env", "TOKEN="+token+"\n")
	layer := static.NewLayer(tarOf(t, map[string]string{"srv/app.env": "TOKEN=" + token + "\n"}), types.OCIUncompressedLayer)
	img, err := mutate.AppendLayers(empty.Image, layer)
	if err != nil {
		t.Fatal(err)
	}
	p, err := layout.Write("images", empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.AppendImage(img); err != nil {
		t.Fatal(err)
	}
	server := httptest.NewServer(registry.New(registry.Logger(log.New(io.Discard, "", 0))))
	defer server.Close()
	refs := []string{strings.TrimPrefix(server.URL, "http://") + "/team/app:v1", strings.TrimPrefix(server.URL, "http://") + "/team/app:v2"}
	for _, ref := range refs {
		tag, err := name.ParseReference(ref)
		if err != nil {
			t.Fatal(err)
		}
		if err := remote.Write(tag, img); err != nil {
			t.Fatal(err)
		}
	}
	for _, step := range []struct {
		status int
		says   string
		args   []string
	}{
		{statusClean, "1 added", []string{"baseline", "create", "--reason", "x", "--by", "Ann", "dir", "app.env"}},
		{statusSecrets, "knows it in the working tree, and it has reached the image", []string{"image", "--report", "json", "oci:images"}},
		{statusClean, "1 widened", []string{"baseline", "update", "--reason", "never pushed", "--by", "Ann", "image", "oci:images"}},
		{statusClean, `"suppressed": 1`, []string{"image", "--report", "json", "oci:images"}},
		{statusSecrets, "knows it in the image, and it has reached the registry", []string{"image", "--report", "json", refs[0]}},
		{statusClean, "1 widened", []string{"baseline", "update", "--reason", "revoked", "--by", "Ann", "image", refs[0]}},
		{statusClean, `"suppressed": 1`, []string{"image", "--report", "json", refs[0]}},
		{statusClean, `"suppressed": 1`, []string{"image", "--report", "json", refs[1]}},
		{statusClean, `"suppressed": 1`, []string{"image", "--report", "json", "oci:images"}},
	} {
		if status, said := sluice(t, step.args...); status != step.status || !strings.Contains(said, step.says) {
			t.Errorf("%v: status %d, %q is not in\n%s", step.args, status, step.says, said)
		}
	}
}

// TestExcerptsHoldNoPiece: a value that a Dockerfile puts together of two is
// masked in both places, beside another finding too.
func TestExcerptsHoldNoPiece(t *testing.T) {
	t.Chdir(t.TempDir())
	split, whole := aToken(), aToken()
	write(t, "Dockerfile", "FROM debian\nARG A="+split[:14]+"\nENV TOKEN="+whole+"\nENV OTHER_TOKEN=${A}"+split[14:]+"\n")
	cmd := newTriageCommand()
	cmd.SetContext(t.Context())
	seen := 0
	err := scanFor(cmd, []string{"dir", "."}, &purpose{name: "triage", excerpts: true, end: func(_ context.Context, _ *scan, r *scanner.Report) error {
		for _, f := range r.Findings {
			if f.Excerpt == nil {
				continue
			}
			seen++
			shown := f.Excerpt.Before + "|" + f.Excerpt.After
			for _, piece := range []string{split[6:14], split[14:], whole[6:]} {
				if strings.Contains(shown, piece) {
					t.Errorf("%q in %q", piece, shown)
				}
			}
		}
		return nil
	}})
	if err != nil || seen < 2 {
		t.Errorf("%v, %d excerpts", err, seen)
	}
}

// TestOutdated: only a scan of the whole can say that a decision has nothing
// left to hide.
func TestOutdated(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, ".git/x", "")
	write(t, "sub/x", "")
	tree, history, both := []scanner.Circle{scanner.InTree}, []scanner.Circle{scanner.InGit}, []scanner.Circle{scanner.InTree, scanner.InGit}
	for line, want := range map[string][3]bool{ // of the tree, the history, both
		"dir .":               {true, false, false},
		"dir sub .":           {true, false, false},
		"dir sub":             {},
		"dir --exclude=sub .": {},
		"git":                 {false, true, true},
		"git --staged":        {},
		"git --range=A..B":    {},
		"image x":             {},
		"dockerfile .":        {},
		"stdin":               {},
	} {
		words := strings.Fields(line)
		cmd := scanCommands()[words[0]]()
		if err := cmd.ParseFlags(words[1:]); err != nil {
			t.Fatal(err)
		}
		stale := outdated(cmd, cmd.Flags().Args())
		says := func(c []scanner.Circle) bool { return stale != nil && stale(c) }
		if got := [3]bool{says(tree), says(history), says(both)}; got != want {
			t.Errorf("%s: %v, want %v", line, got, want)
		}
	}
}
