package main

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/sluice-sec/sluice/"

// arrows are the imports of ours that a package's non-test code may have. A
// name that ends in /... stands for all packages below it.
var arrows = map[string][]string{
	"cmd/sluice":                {"rules", "scanner", "scanner/cache", "reporters", "scanner/source/...", "scanner/source", "cmd/sluice/internal/..."},
	"cmd/sluice/internal/...":   {"rules", "scanner", "reporters", "scanner/source/...", "scanner/source"},
	"reporters":                 {"scanner", "rules"},
	"scanner/source/image":      {"scanner/source", "scanner/source/codec", "scanner"},
	"scanner/source/files":      {"scanner/source", "scanner"},
	"scanner/source/git":        {"scanner/source/git/pack", "scanner/source", "scanner"},
	"scanner/source/git/pack":   {},
	"scanner/source/dockerfile": {"scanner/source", "scanner", "rules"},
	"scanner/source":            {"scanner", "scanner/source/codec"},
	"scanner/source/codec":      {},
	"scanner":                   {"rules", "scanner/match", "scanner/classify", "scanner/decode", "scanner/cache"},
	"rules":                     {},
	"scanner/cache":             {},
	"scanner/match":             {},
	"scanner/decode":            {"scanner/match"},
	"scanner/classify":          {},
	"scanner/sourcetest":        {"..."},
	"benchmarks":                {"..."},
	"benchmarks/...":            {"..."},
}

// homes are the packages that may import what is not ours and not the
// standard library.
var homes = map[string][]string{
	"github.com/spf13/":                       {"cmd/sluice"},
	"github.com/schollz/progressbar/":         {"cmd/sluice"},
	"golang.org/x/term":                       {"cmd/sluice"},
	"github.com/gdamore/tcell/":               {"cmd/sluice/internal/triage"},
	"github.com/rivo/tview":                   {"cmd/sluice/internal/triage"},
	"github.com/owenrumney/go-sarif/":         {"reporters"},
	"github.com/sourcegraph/conc":             {"scanner", "scanner/source/..."},
	"golang.org/x/crypto/scrypt":              {"scanner"}, // baselines
	"github.com/BurntSushi/toml":              {"rules"},
	"go.etcd.io/bbolt":                        {"scanner/cache"},
	"github.com/moby/buildkit/":               {"scanner/source/dockerfile"},
	"github.com/moby/patternmatcher":          {"scanner/source/dockerfile"},
	"github.com/bmatcuk/doublestar/":          {"scanner/source/files"},
	"github.com/klauspost/compress/":          {"scanner/source", "scanner/source/codec", "scanner/source/git/pack"},
	"github.com/xi2/xz":                       {"scanner/source/codec"},
	"golang.org/x/sys/cpu":                    {"scanner/match"},
	"github.com/blakesmith/ar":                {"scanner/source"},
	"github.com/cavaliergopher/cpio":          {"scanner/source"},
	"go.yaml.in/yaml/":                        {"scanner/source"},
	"github.com/google/go-containerregistry/": {"scanner/source/image", "cmd/sluice/internal/demo"},
}

// TestImports holds the arrows of the architecture: every import of non-test
// code is one that the picture in scanner/doc.go allows.
func TestImports(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(p.ImportPath, module)
		allowed, known := lookup(arrows, name)
		if !known {
			t.Errorf("package %s is not in the picture", name)
		}
		for _, imported := range p.Imports {
			if ours, ok := strings.CutPrefix(imported, module); ok {
				if !slices.ContainsFunc(allowed, func(a string) bool { return covers(a, ours) }) {
					t.Errorf("%s must not import %s", name, ours)
				}
				continue
			}
			if first, _, _ := strings.Cut(imported, "/"); !strings.Contains(first, ".") {
				continue // the standard library
			}
			if !hasHome(name, imported) {
				t.Errorf("%s must not import %s: it has no home there", name, imported)
			}
		}
	}
}

func lookup(arrows map[string][]string, name string) ([]string, bool) {
	if allowed, ok := arrows[name]; ok {
		return allowed, true
	}
	for pattern, allowed := range arrows {
		if covers(pattern, name) {
			return allowed, true
		}
	}
	return nil, false
}

func covers(pattern, name string) bool {
	prefix, below := strings.CutSuffix(pattern, "...")
	return pattern == name || below && strings.HasPrefix(name, prefix)
}

func hasHome(name, imported string) bool {
	if covers("scanner/sourcetest", name) || name == "benchmarks" {
		return true
	}
	for prefix, rooms := range homes {
		if strings.HasPrefix(imported, prefix) {
			return slices.ContainsFunc(rooms, func(room string) bool { return covers(room, name) })
		}
	}
	return false
}

type listed struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []listed {
	t.Helper()
	out, err := exec.Command("go", "list", "-json=ImportPath,Imports", module+"...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var all []listed
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p listed
		switch err := d.Decode(&p); {
		case errors.Is(err, io.EOF):
			return all
		case err != nil:
			t.Fatal(err)
		}
		all = append(all, p)
	}
}
