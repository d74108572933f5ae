package git_test

import (
	"bytes"
	"context"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git"
)

// A repository is a real one in a temporary folder.
type repository struct {
	t     *testing.T
	dir   string
	clock int64
	env   []string
}

func newRepository(t *testing.T, args ...string) *repository {
	t.Helper()
	r := &repository{t: t, dir: t.TempDir(), clock: 1_700_000_000}
	r.git(append([]string{"init", "-q", "-b", "main"}, args...)...)
	return r
}

// git runs a command in the working tree, and returns what it prints.
func (r *repository) git(args ...string) string {
	r.t.Helper()
	out, err := r.try(args...)
	if err != nil {
		r.t.Fatalf("git %s: %v", strings.Join(args, " "), err)
	}
	return out
}

func (r *repository) try(args ...string) (string, error) {
	cmd := exec.Command("git", append([]string{"-c", "commit.gpgSign=false", "-c", "tag.gpgSign=false", "-c", "protocol.file.allow=always"}, args...)...)
	cmd.Dir = r.dir
	r.clock += 3600
	when := fmt.Sprintf("%d +0000", r.clock)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1", "HOME="+r.dir,
		"GIT_AUTHOR_NAME=Ada", "GIT_AUTHOR_EMAIL=ada@example.com", "GIT_COMMITTER_NAME=Ada", "GIT_COMMITTER_EMAIL=ada@example.com",
		"GIT_AUTHOR_DATE="+when, "GIT_COMMITTER_DATE="+when)
	cmd.Env = append(cmd.Env, r.env...)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, stderr.String())
	}
	return strings.TrimRight(string(out), "\n"), err
}

func (r *repository) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		r.t.Fatal(err)
	}
}

// commit commits all there is, and returns the id.
func (r *repository) commit(message string) string {
	r.t.Helper()
	r.git("add", "-A")
	r.git("commit", "-q", "--allow-empty", "-m", message)
	return r.git("rev-parse", "HEAD")
}

// token makes a token of GitLab's format, another one for each seed.
func token(seed int64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	random := rand.New(rand.NewSource(seed))
	text := []byte("glpat" + "-")
	for range 20 {
		text = append(text, alphabet[random.Intn(len(alphabet))])
	}
	return string(text)
}

func line(seed int64) string { return "token: " + token(seed) + "\n" }

func builtin(t testing.TB) *scanner.Scanner {
	t.Helper()
	set, err := rules.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	return engineOf(t, set)
}

func engineOf(t testing.TB, set *rules.Set) *scanner.Scanner {
	t.Helper()
	engine, err := scanner.New(scanner.Options{Rules: set})
	if err != nil {
		t.Fatal(err)
	}
	return engine
}

func scan(t *testing.T, path string, o git.Options) *scanner.Report {
	t.Helper()
	source, err := git.Open(context.Background(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return builtin(t).Scan(context.Background(), source)
}

// whole scans and wants no problem.
func whole(t *testing.T, path string, o git.Options) *scanner.Report {
	t.Helper()
	report := scan(t, path, o)
	if !report.Complete {
		t.Fatalf("problems: %v", report.Problems)
	}
	return report
}

// find returns the finding of a value, nil if there is none.
func find(r *scanner.Report, value string) *scanner.Finding {
	for i := range r.Findings {
		if r.Findings[i].Secret.Reveal() == value {
			return &r.Findings[i]
		}
	}
	return nil
}

// tell writes the places of a finding, one a line: state, path:line, who
// brought it in, who removed it, the ref.
func tell(f *scanner.Finding) string {
	if f == nil {
		return "not found"
	}
	var all []string
	for _, o := range f.Occurrences {
		text := fmt.Sprintf("%s %s:%d", o.State, o.Origin.FullPath(), o.Span.Line)
		if c := o.Origin.Commit; c != nil {
			text += " in " + c.Subject
		}
		if o.By != nil {
			text += " out " + o.By.Commit.Subject
		}
		if o.Ref != "" {
			text += " at " + o.Ref
		}
		all = append(all, text)
	}
	return strings.Join(all, "\n")
}

func expect(t *testing.T, r *scanner.Report, value, want string) {
	t.Helper()
	if got := tell(find(r, value)); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
