package pack_test

import (
	"bytes"
	"encoding/hex"
	"errors"
	"fmt"
	"math/rand"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/sluice-sec/sluice/scanner/source/git/pack"
)

// git runs git in a folder, with nothing of the machine's configuration.
func git(t *testing.T, dir, input string, args ...string) string {
	t.Helper()
	cmd := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=n", "-c", "user.email=e@example.com", "-c", "commit.gpgsign=false", "-c", "gc.auto=0"}, args...)...)
	cmd.Env = append(os.Environ(), "GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL="+os.DevNull)
	cmd.Stdin = strings.NewReader(input)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("git %s: %v: %s", args, err, said.String())
	}
	return string(out)
}

// grown makes a repository of some files that change often, and packs it twice.
// Of what came last nothing is packed.
func grown(t *testing.T, seed int64, args ...string) string {
	dir := t.TempDir()
	git(t, dir, "", append([]string{"init", "-q"}, args...)...)
	random := rand.New(rand.NewSource(seed))
	texts := map[string][]byte{}
	for turn := range 60 {
		for name, least := range map[string]int{"small": 40, "large": 60_000, "empty": 0, "noise": 3000} {
			text := texts[name]
			for len(text) < least {
				text = strconv.AppendInt(append(text, ' '), random.Int63n(1<<40), 36)
			}
			if name == "noise" {
				random.Read(text)
			} else if len(text) > 0 {
				at := random.Intn(len(text))
				text = slices.Replace(bytes.Clone(text), at, min(len(text), at+random.Intn(900)), []byte(fmt.Sprint("\nturn ", turn, "\n"))...)
			}
			texts[name] = text
			if err := os.WriteFile(filepath.Join(dir, name), text, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		git(t, dir, "", "add", "-A")
		git(t, dir, "", "commit", "-q", "-m", fmt.Sprint("turn ", turn))
		switch turn {
		case 30:
			git(t, dir, "", "repack", "-q", "-a", "-d", "-f", "--depth=50", "--window=20")
		case 55:
			git(t, dir, "", "tag", "-a", "-m", "a tag", "v1")
			git(t, dir, "", "repack", "-q", "-d")
		}
	}
	return dir
}

// An object is what git says of one.
type object struct {
	id         pack.ID
	kind, text string
}

// objects returns all objects of a repository, sorted, and their ids.
func objects(t *testing.T, dir string) (all []object, ids []pack.ID) {
	for said := git(t, dir, "", "cat-file", "--batch-all-objects", "--batch"); said != ""; {
		head, rest, _ := strings.Cut(said, "\n")
		fields := strings.Fields(head)
		size, err := strconv.Atoi(fields[2])
		if err != nil {
			t.Fatal(err)
		}
		o := object{kind: fields[1], text: rest[:size]}
		if _, err := hex.Decode(o.id[:], []byte(fields[0])); err != nil {
			t.Fatal(err)
		}
		all, ids, said = append(all, o), append(ids, o.id), rest[size+1:]
	}
	return all, ids
}

var kindNames = map[pack.Kind]string{pack.Commit: "commit", pack.Tree: "tree", pack.Blob: "blob", pack.Tag: "tag"}

// TestRead: every object that is packed is found and read as git reads it, in
// any order, and stays as it is while it is held.
func TestRead(t *testing.T) {
	for format, width := range map[string]int{"sha1": 20, "sha256": 32, "sha1 by name": 20} {
		t.Run(format, func(t *testing.T) {
			format, byName := strings.CutSuffix(format, " by name")
			dir := grown(t, 1, "--object-format="+format)
			if byName {
				git(t, dir, "", "-c", "repack.useDeltaBaseOffset=false", "repack", "-q", "-a", "-d", "-f")
				if err := os.WriteFile(filepath.Join(dir, "loose"), nil, 0o600); err != nil {
					t.Fatal(err)
				}
				git(t, dir, "", "add", "-A")
				git(t, dir, "", "commit", "-q", "-m", "loose")
			}
			s := pack.Open([]string{filepath.Join(dir, ".git", "objects")}, width)
			defer s.Close()
			if !s.Whole() {
				t.Error("there are other packs")
			}
			all, ids := objects(t, dir)
			places := s.Locate(ids)
			loose := strings.Fields(git(t, dir, "", "count-objects"))[0]
			r := s.NewReader(pack.NewMemory(1 << 20))
			missing, met := 0, map[string]int{}
			type kept struct {
				text *pack.Text
				want string
			}
			var held []kept
			for _, i := range rand.New(rand.NewSource(2)).Perm(len(ids)) {
				text, err := r.Get(ids[i])
				if !places[i].Found() {
					missing++
				} else if i%2 == 0 && err == nil {
					text.Release()
					text, err = r.Read(places[i])
				}
				if err != nil {
					t.Fatal(err)
				}
				want := all[i]
				if kindNames[text.Kind] != want.kind || string(text.Data) != want.text {
					t.Errorf("%s %x: read as %s of %d bytes, %d wanted", want.kind, want.id, kindNames[text.Kind], len(text.Data), len(want.text))
				}
				met[want.kind]++
				if held = append(held, kept{text, want.text}); len(held) > 40 {
					if string(held[0].text.Data) != held[0].want {
						t.Error("a text changed while it was held")
					}
					held[0].text.Release()
					held = held[1:]
				}
			}
			if fmt.Sprint(missing) != loose || missing == 0 {
				t.Errorf("%d objects are not found, %s are loose", missing, loose)
			}
			if met["blob"] < 100 || met["commit"] < 50 || met["tree"] < 50 || met["tag"] != 1 {
				t.Errorf("too few objects to tell: %v", met)
			}
		})
	}
}

// TestLocate: what is not there is not found, and alternates are looked through.
func TestLocate(t *testing.T) {
	dir := grown(t, 3)
	objectsOf := filepath.Join(dir, ".git", "objects")
	_, ids := objects(t, dir)
	for name, folders := range map[string][]string{"none": nil, "not there": {filepath.Join(dir, "no")}} {
		if s := pack.Open(folders, 20); !s.Empty() || slices.ContainsFunc(s.Locate(ids), pack.Place.Found) {
			t.Errorf("%s: something is found", name)
		}
	}
	s := pack.Open([]string{filepath.Join(dir, "no"), objectsOf}, 20)
	defer s.Close()
	others := make([]pack.ID, 5000)
	random := rand.New(rand.NewSource(4))
	for i := range others {
		random.Read(others[i][:20])
	}
	slices.SortFunc(others, func(a, b pack.ID) int { return bytes.Compare(a[:], b[:]) })
	if slices.ContainsFunc(s.Locate(others), pack.Place.Found) {
		t.Error("what is not there is found")
	}
	for _, id := range others[:100] {
		if _, err := s.NewReader(pack.NewMemory(1 << 20)).Get(id); !errors.Is(err, pack.ErrMissing) {
			t.Errorf("%x: %v", id, err)
		}
	}
	for i, at := range s.Locate(ids) { // one by one as all at once
		if one := s.Locate(ids[i : i+1])[0]; one != at {
			t.Errorf("%x is at %v, and at %v", ids[i], at, one)
		}
	}
}

// TestDamage: of a pack that is damaged or cut off an object is what it was, or
// an error.
func TestDamage(t *testing.T) {
	dir := grown(t, 5)
	all, ids := objects(t, dir)
	files, err := filepath.Glob(filepath.Join(dir, ".git", "objects", "pack", "*.pack"))
	if err != nil || len(files) != 2 {
		t.Fatal(files, err)
	}
	random := rand.New(rand.NewSource(6))
	failed, read := 0, 0
	for turn := range 60 {
		at := filepath.Join(t.TempDir(), "pack")
		if err := os.Mkdir(at, 0o700); err != nil {
			t.Fatal(err)
		}
		for i, name := range files {
			for _, of := range []string{name, strings.TrimSuffix(name, ".pack") + ".idx"} {
				text, err := os.ReadFile(of)
				if err != nil {
					t.Fatal(err)
				}
				if of == name && turn%2 == 0 {
					text = text[:random.Intn(len(text))]
				} else if of == name || turn%5 == 1 {
					for range 1 + random.Intn(30) {
						text[random.Intn(len(text))] ^= 1 << random.Intn(8)
					}
				}
				if err := os.WriteFile(filepath.Join(at, fmt.Sprint("pack-", i, filepath.Ext(of))), text, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		s := pack.Open([]string{filepath.Dir(at)}, 20)
		r := s.NewReader(pack.NewMemory(1 << 20))
		for i, place := range s.Locate(ids) {
			if !place.Found() {
				continue
			}
			text, err := r.Read(place)
			if err != nil {
				failed++
				continue
			}
			read++
			if turn%5 != 1 && string(text.Data) != all[i].text { // with an index that is damaged it may be another object
				t.Errorf("turn %d: %x is not what it was", turn, ids[i])
			}
			text.Release()
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
	if failed < 1000 || read < 1000 {
		t.Errorf("%d could not be read, %d could: too few to tell", failed, read)
	}
}

// TestLarge: what takes more than may be held is told apart from what is
// damaged.
func TestLarge(t *testing.T) {
	dir := t.TempDir()
	git(t, dir, "", "init", "-q")
	for name, size := range map[string]int{"whole": pack.MostHeld, "large": pack.MostHeld + 1} {
		if err := os.WriteFile(filepath.Join(dir, name), make([]byte, size), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	git(t, dir, "", "add", "-A")
	git(t, dir, "", "commit", "-q", "-m", "m")
	git(t, dir, "", "repack", "-q", "-a", "-d")
	s := pack.Open([]string{filepath.Join(dir, ".git", "objects")}, 20)
	defer s.Close()
	r := s.NewReader(pack.NewMemory(1 << 20))
	for name, large := range map[string]bool{"whole": false, "large": true} {
		var id pack.ID
		if _, err := hex.Decode(id[:], []byte(strings.TrimSpace(git(t, dir, "", "rev-parse", "HEAD:"+name)))); err != nil {
			t.Fatal(err)
		}
		text, err := r.Read(s.Locate([]pack.ID{id})[0])
		if errors.Is(err, pack.ErrLarge) != large || !large && len(text.Data) != pack.MostHeld {
			t.Errorf("%s: %v", name, err)
		}
	}
}
