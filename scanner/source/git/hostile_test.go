package git_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/source/git"
)

// TestHostileConfiguration: whatever a repository has set, nothing of it is run
// and everything is scanned.
func TestHostileConfiguration(t *testing.T) {
	r := newRepository(t)
	r.write("a.txt", line(1))
	r.write(".gitattributes", "* diff=evil filter=evil\n")
	r.commit("first")
	r.write("b.txt", line(2))
	r.git("add", "-A")
	mark := filepath.Join(t.TempDir(), "ran")
	evil := filepath.Join(t.TempDir(), "evil")
	if err := os.WriteFile(evil, []byte("#!/bin/sh\necho \"$0 $*\" >>"+mark+"\ncat\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"post-index-change", "reference-transaction", "post-checkout", "pre-auto-gc", "fsmonitor-watchman"} {
		r.write(".git/hooks/"+name, "#!/bin/sh\necho hook >>"+mark+"\n")
		if err := os.Chmod(filepath.Join(r.dir, ".git/hooks", name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for key, value := range map[string]string{
		"core.fsmonitor": evil, "core.hooksPath": filepath.Join(r.dir, ".git/hooks"), "core.pager": evil, "core.editor": evil, "core.sshCommand": evil,
		"core.askPass": evil, "core.gitProxy": evil, "core.alternateRefsCommand": evil, "pager.log": evil, "pager.rev-list": evil, "pager.cat-file": evil,
		"diff.external": evil, "diff.evil.command": evil, "diff.evil.textconv": evil, "filter.evil.smudge": evil, "filter.evil.clean": evil,
		"filter.evil.process": evil, "filter.evil.required": "true", "alias.cat-file": "!" + evil, "alias.rev-list": "!" + evil, "alias.diff-tree": "!" + evil,
		"alias.for-each-ref": "!" + evil, "credential.helper": evil, "uploadpack.packObjectsHook": evil, "gpg.program": evil, "log.showSignature": "true",
		"merge.evil.driver": evil, "trailer.x.cmd": evil, "core.attributesFile": filepath.Join(r.dir, ".gitattributes"),
	} {
		r.git("config", key, value)
	}
	report := whole(t, r.dir, git.Options{Unreachable: true})
	staged := whole(t, r.dir, git.Options{Staged: true})
	if find(report, token(1)) == nil || find(staged, token(2)) == nil {
		t.Error("not everything is scanned")
	}
	if text, err := os.ReadFile(mark); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("was run: %s", text)
	}
}

// TestPartialClone: an object that a partial clone left out is not fetched, for
// fetching it is running what the repository says; it is a problem.
func TestPartialClone(t *testing.T) {
	r := newRepository(t)
	r.write("kept.txt", line(1))
	r.commit("first")
	r.write("left.txt", line(2)+strings.Repeat("text\n", 1000))
	r.commit("second")
	r.git("config", "uploadpack.allowFilter", "true")
	clone := filepath.Join(t.TempDir(), "c")
	r.git("clone", "-q", "--bare", "--filter=blob:limit=100", "file://"+r.dir, clone)
	mark := filepath.Join(t.TempDir(), "ran")
	for _, url := range []string{"file://" + r.dir, r.dir, "ext::sh -c touch% " + mark, "host:path"} {
		r.git("-C", clone, "config", "remote.origin.url", url)
		r.git("-C", clone, "config", "remote.origin.uploadpack", "touch "+mark+"; git-upload-pack")
		r.git("-C", clone, "config", "protocol.allow", "always")
		r.git("-C", clone, "config", "core.sshCommand", "touch "+mark+";")
		report := scan(t, clone, git.Options{})
		if report.Complete || len(report.Problems) != 1 || !strings.Contains(report.Problems[0].Where, "left.txt") || !strings.Contains(report.Problems[0].Err, "missing") {
			t.Errorf("%s: problems %v", url, report.Problems)
		}
		if find(report, token(1)) == nil {
			t.Errorf("%s: what is there is not scanned", url)
		}
		if _, err := os.Stat(mark); err == nil {
			t.Fatalf("%s: the upload-pack of the repository was run", url)
		}
	}
}

func TestAlternates(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make files of another user")
	}
	other, r := newRepository(t), newRepository(t)
	other.write("a.txt", line(1))
	other.commit("first")
	clone := filepath.Join(t.TempDir(), "c")
	r.git("clone", "-q", "--shared", other.dir, clone)
	objects := filepath.Join(other.dir, ".git", "objects")
	if err := os.Chown(objects, 12345, 12345); err != nil {
		t.Fatal(err)
	}
	relative, err := filepath.Rel(filepath.Join(clone, ".git", "objects"), objects)
	if err != nil {
		t.Fatal(err)
	}
	for i, written := range []string{objects, relative, strconv.Quote(objects), `"` + strings.Replace(objects, "o", `\157`, 1) + `"`} {
		if err := os.WriteFile(filepath.Join(clone, ".git", "objects", "info", "alternates"), []byte("# whose\n"+written+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var refused *git.AlternateError
		if _, err := git.Open(context.Background(), clone, git.Options{}); !errors.As(err, &refused) || refused.Path != objects {
			t.Errorf("%s: error %v, want that %s is another user's", written, err, objects)
		}
		if find(whole(t, clone, git.Options{Alternates: true}), token(1)) == nil {
			t.Errorf("%s: not scanned though it is allowed", written)
		}
		if i == 0 { // from here on it is in a pack
			other.git("repack", "-q", "-a", "-d")
		}
	}
}

// TestOfAnother: in a container, a repository is often somebody else's.
func TestOfAnother(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("only root can make files of another user")
	}
	r := newRepository(t)
	r.write("a.txt", line(1))
	r.commit("first")
	err := filepath.WalkDir(r.dir, func(path string, _ os.DirEntry, err error) error {
		return errors.Join(err, os.Lchown(path, 12345, 12345))
	})
	if err != nil {
		t.Fatal(err)
	}
	if find(whole(t, r.dir, git.Options{}), token(1)) == nil {
		t.Error("not scanned")
	}
}

func TestDamage(t *testing.T) {
	build := func(t *testing.T) *repository {
		r := newRepository(t)
		r.write("good.txt", line(1))
		r.commit("first")
		random := rand.New(rand.NewSource(1))
		for i := range 40 {
			noise := make([]byte, 20_000)
			random.Read(noise)
			r.write(fmt.Sprintf("f%d", i), string(noise))
		}
		r.commit("second")
		r.git("repack", "-q", "-a", "-d")
		return r
	}
	packs := func(r *repository) string {
		found, _ := filepath.Glob(filepath.Join(r.dir, ".git/objects/pack/*.pack"))
		return found[0]
	}
	for name, damage := range map[string]func(t *testing.T, r *repository){
		"truncated pack": func(t *testing.T, r *repository) {
			pack := packs(r)
			info, err := os.Stat(pack)
			if err := errors.Join(err, os.Chmod(pack, 0o644), os.Truncate(pack, info.Size()/2)); err != nil {
				t.Fatal(err)
			}
		},
		"flipped bits": func(t *testing.T, r *repository) {
			pack := packs(r)
			text, err := os.ReadFile(pack)
			for i := len(text) / 2; i < len(text)/2+40_000; i++ {
				text[i] ^= 0x55
			}
			if err := errors.Join(err, os.Chmod(pack, 0o644), os.WriteFile(pack, text, 0o644)); err != nil {
				t.Fatal(err)
			}
		},
		"no packs": func(t *testing.T, r *repository) {
			if err := os.RemoveAll(filepath.Dir(packs(r))); err != nil {
				t.Fatal(err)
			}
		},
		"a missing tree": func(t *testing.T, r *repository) {
			r.write("x/y.txt", line(3))
			r.commit("third")
			tree := r.git("rev-parse", "HEAD:x")
			if err := os.Remove(filepath.Join(r.dir, ".git/objects", tree[:2], tree[2:])); err != nil {
				t.Fatal(err)
			}
		},
		"a missing commit": func(t *testing.T, r *repository) {
			r.write("x.txt", "x\n")
			third := r.commit("third")
			if err := os.Remove(filepath.Join(r.dir, ".git/objects", third[:2], third[2:])); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			r := build(t)
			damage(t, r)
			report := scan(t, r.dir, git.Options{})
			if report.Complete || len(report.Problems) == 0 {
				t.Errorf("complete, without a problem: %d findings, %+v", len(report.Findings), report.Stats)
			}
			if name == "flipped bits" && find(report, token(1)) == nil {
				t.Errorf("what is whole is not scanned: %v", report.Problems)
			}
		})
	}
}

// TestKilled: a git that is killed is a problem, and never a clean scan.
func TestKilled(t *testing.T) {
	r := newRepository(t)
	for i := range 20 {
		r.write(fmt.Sprintf("f%d", i), strings.Repeat(fmt.Sprintln("text", i), 5000))
		r.commit("commit")
	}
	r.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d") // which only git reads
	real, err := exec.LookPath("git")
	if err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{"rev-list", "diff-tree", "cat-file", "for-each-ref"} {
		// A git that sends a part of what it should, and is killed.
		fake := filepath.Join(t.TempDir(), "git")
		script := fmt.Sprintf(`#!/bin/bash
for a in "$@"; do
	if [ "$a" = %s ]; then
		%s "$@" > >(head -c 300; kill -9 $$)
		sleep 60 >&- 2>&-
	fi
done
exec %s "$@"
`, command, real, real)
		if err := os.WriteFile(fake, []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
		report := scan(t, r.dir, git.Options{Git: fake})
		said := false
		for _, p := range report.Problems {
			said = said || strings.Contains(p.Err, "killed") && strings.Contains(p.Err, "git "+command)
		}
		if report.Complete || !said {
			t.Errorf("%s killed: complete %t, problems %v", command, report.Complete, report.Problems)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	source, err := git.Open(ctx, r.dir, git.Options{})
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if report := builtin(t).Scan(ctx, source); report.Complete {
		t.Error("a scan that was cancelled is complete")
	}
}

// TestManyFiles: a few trees that name each other are more files than can be
// told. What is in them is scanned, and that not all was told is a problem.
func TestManyFiles(t *testing.T) {
	r := newRepository(t)
	r.write("first.txt", line(1))
	r.commit("first")
	r.write("a.txt", line(2))
	r.git("add", "a.txt")
	entry := "100644 blob " + r.git("rev-parse", ":a.txt")
	for range 7 {
		var tree strings.Builder
		for i := range 10 {
			fmt.Fprintf(&tree, "%s\t%d\n", entry, i)
		}
		cmd := exec.Command("git", "mktree")
		cmd.Dir, cmd.Stdin = r.dir, strings.NewReader(tree.String())
		id, err := cmd.Output()
		if err != nil {
			t.Fatal(err)
		}
		entry = "040000 tree " + strings.TrimSpace(string(id))
	}
	bomb := r.git("commit-tree", "-m", "bomb", "-p", "HEAD", strings.Fields(entry)[2])
	r.git("update-ref", "refs/heads/bomb", bomb)
	report := scan(t, r.dir, git.Options{})
	problems := fmt.Sprint(report.Problems)
	if report.Complete || !strings.Contains(problems, bomb+" its files are not known: more than") || !strings.Contains(problems, "more places than are told") {
		t.Errorf("problems %s", problems)
	}
	if find(report, token(1)) == nil || find(report, token(2)) == nil {
		t.Fatal("what is there is not scanned")
	}
	if n := len(find(report, token(2)).Occurrences); n < 1000 || n > 20_000 {
		t.Errorf("%d places are told", n)
	}
}
