package git_test

import (
	"context"
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/git"
	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

// TestReference holds the source against a slow walk: of every commit that a ref
// reaches every file is searched for every value. Nothing may be missed, each
// path must be told, live is what stands at the tip of a ref, and the commit
// that brought a value to a path must have it there while its first parent has
// not.
func TestReference(t *testing.T) {
	for seed := range int64(10) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) { againstReference(t, seed) })
	}
}

const values = 12

func againstReference(t *testing.T, seed int64) {
	random := rand.New(rand.NewSource(seed))
	r := newRepository(t)
	grow(r, random)
	switch seed % 5 {
	case 1:
		r.git("repack", "-q", "-a", "-d", "-f")
	case 2:
		r.git("-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f")
	case 3: // which only git reads
		r.git("-c", "pack.indexVersion=1", "repack", "-q", "-a", "-d")
	case 4: // some of it is loose
		r.git("repack", "-q", "-a", "-d")
		grow(r, random)
	}
	report := whole(t, r.dir, git.Options{Workers: 1 + int(seed)%3})
	trees := walk(r)
	tips := strings.Fields(r.git("for-each-ref", "--format=%(objectname)"))
	for v := range int64(values) {
		where := map[string]string{} // path -> state
		for commit, files := range trees {
			for path, text := range files {
				if !strings.Contains(text, token(v)) {
					continue
				}
				if where[path] == "" {
					where[path] = "deleted"
				}
				if slices.Contains(tips, commit) {
					where[path] = "live"
				}
			}
		}
		got := map[string]string{}
		if f := find(report, token(v)); f != nil {
			for _, o := range f.Occurrences {
				got[o.Origin.Path] = o.State.String()
				check(t, r, trees, token(v), o)
			}
		}
		if fmt.Sprint(got) != fmt.Sprint(where) {
			t.Errorf("value %d:\ngot  %v\nwant %v", v, got, where)
		}
	}
}

// check checks what a place claims.
func check(t *testing.T, r *repository, trees map[string]map[string]string, value string, o scanner.Occurrence) {
	t.Helper()
	has := func(commit string) bool { return strings.Contains(trees[commit][o.Origin.Path], value) }
	in := o.Origin.Commit.ID
	if parents := strings.Fields(r.git("rev-list", "--parents", "-n1", in))[1:]; !has(in) || len(parents) > 0 && has(parents[0]) {
		t.Errorf("%s did not bring the value to %s", in, o.Origin.Path)
	}
	if text := r.git("cat-file", "-p", o.Origin.Object); !strings.Contains(strings.Split(text, "\n")[o.Span.Line-1], value) {
		t.Errorf("the value is not on line %d of %s", o.Span.Line, o.Origin.Object)
	}
	if o.State == scanner.Live && !has(r.git("rev-parse", o.Ref)) {
		t.Errorf("the value is not in %s at %s", o.Origin.Path, o.Ref)
	}
	if o.State == scanner.Deleted && (o.By == nil || has(o.By.Commit.ID)) {
		t.Errorf("%s is removed from %s by %+v", value, o.Origin.Path, o.By)
	}
}

// grow makes a history: files with values that come, move and go, on branches
// that are merged with and without a say of their own.
func grow(r *repository, random *rand.Rand) {
	r.write("start", "start\n")
	r.commit("start")
	branches := []string{"main"}
	for i := range 50 {
		switch at := branches[random.Intn(len(branches))]; random.Intn(6) {
		case 0:
			name := fmt.Sprintf("b%d", i)
			r.git("checkout", "-q", "-b", name, at)
			branches = append(branches, name)
		case 1:
			r.git("checkout", "-q", at)
			other := branches[random.Intn(len(branches))]
			how := []string{"ours", "ort", "octopus"}[random.Intn(3)]
			if how == "ort" {
				_, _ = r.try("merge", "-q", "--no-commit", "--no-ff", "-X", "theirs", other)
			} else {
				_, _ = r.try("merge", "-q", "--no-commit", "--no-ff", "-s", how, other)
			}
			edit(r, random)
			r.commit(fmt.Sprint("merge ", i))
		default:
			r.git("checkout", "-q", at)
			edit(r, random)
			r.commit(fmt.Sprint("edit ", i))
		}
	}
	if len(branches) > 2 {
		r.git("checkout", "-q", "main")
		for _, name := range branches[1:] {
			if random.Intn(3) == 0 {
				r.git("branch", "-q", "-D", name)
			}
		}
	}
}

func edit(r *repository, random *rand.Rand) {
	name := fmt.Sprintf("d%d/f%d", random.Intn(2), random.Intn(5))
	path := filepath.Join(r.dir, name)
	old, _ := os.ReadFile(path)
	switch random.Intn(6) {
	case 0:
		_ = os.Remove(path)
	case 1:
		if len(old) > 0 {
			to := fmt.Sprintf("d%d/f%d", random.Intn(2), random.Intn(5))
			r.write(to, string(old))
			_ = os.Remove(path)
		}
	case 2:
		r.write(name, "above\n"+string(old))
	default:
		r.write(name, string(old[:len(old)/2])+"\n"+line(int64(random.Intn(values))))
	}
}

// walk returns the files of every commit that a ref reaches.
func walk(r *repository) map[string]map[string]string {
	trees := map[string]map[string]string{}
	for _, commit := range strings.Fields(r.git("rev-list", "--all")) {
		files := map[string]string{}
		for _, path := range strings.Fields(r.git("ls-tree", "-r", "--name-only", commit)) {
			files[path] = r.git("cat-file", "-p", commit+":"+path)
		}
		trees[commit] = files
	}
	return trees
}

// TestConformance puts what one commit holds through what every source must
// keep to.
func TestConformance(t *testing.T) {
	for name, staged := range map[string]bool{"history": false, "staged": true} {
		t.Run(name, func(t *testing.T) {
			sourcetest.Run(t, func(t *testing.T, files map[string][]byte) scanner.Source {
				r := newRepository(t)
				r.git("config", "core.autocrlf", "false")
				for name, content := range files {
					r.write(name, string(content))
				}
				r.git("add", "-A")
				if !staged {
					r.commit("all")
				}
				source, err := git.Open(context.Background(), r.dir, git.Options{Staged: staged})
				if err != nil {
					t.Fatal(err)
				}
				return source
			})
		})
	}
}
