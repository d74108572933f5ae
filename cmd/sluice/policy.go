package main

import (
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/pflag"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source/files"
)

// What is read at the root of the working tree without being named.
const (
	baselineName       = ".sluice-baseline.json"
	ignoreName         = ".sluiceignore"
	gitleaksIgnoreName = ".gitleaksignore"
)

// policyOptions say where what people decided to live with is written down.
type policyOptions struct {
	baseline string
	ignores  []string
	noInline bool
	noIgnore bool
	// Set by commands: ownHistory is that of scanner.Policy, namedOnly reads
	// nothing that no flag names, the configuration included.
	ownHistory bool
	namedOnly  bool
}

func (o *policyOptions) AddFlags(fs *pflag.FlagSet) {
	fs.StringVar(&o.baseline, "baseline", "", "hide the secrets that `FILE` knows (default "+baselineName+" at the repository's root)")
	fs.StringArrayVar(&o.ignores, "ignore-file", nil, "hide what `FILE` names, instead of "+ignoreName+" and "+gitleaksIgnoreName+" at the repository's root; repeatable")
	fs.BoolVar(&o.noInline, "no-inline", false, "believe no sluice:allow comment")
	fs.BoolVar(&o.noIgnore, "no-ignore", false, "hide nothing: no baseline, no ignore file, no comment")
}

// treeRoot is the folder whose files may say what is hidden: the root of the
// repository that the working directory is in, else the working directory.
// What is scanned has no say.
func treeRoot() (string, error) {
	here, err := os.Getwd()
	if err != nil {
		return "", err
	}
	if root, found := repositoryRoot(here); found {
		return root, nil
	}
	return here, nil
}

// policy reads what was decided.
func (o *policyOptions) policy(read readFunc, log *slog.Logger) (*scanner.Policy, error) {
	if o.noIgnore {
		if o.baseline != "" || len(o.ignores) > 0 {
			return nil, errors.New("--no-ignore hides nothing: leave --baseline and --ignore-file out")
		}
		return nil, nil
	}
	root, err := treeRoot()
	if err != nil {
		return nil, err
	}
	p := &scanner.Policy{NoInline: o.noInline, OwnHistory: o.ownHistory}
	if o.baseline != "" || !o.namedOnly {
		if p.Baseline, err = readBaseline(o.baselinePath(root), o.baseline != "", read); err != nil {
			return nil, err
		}
	}
	named := o.ignores
	if len(named) == 0 && !o.namedOnly {
		named = []string{shortPath(filepath.Join(root, ignoreName)), shortPath(filepath.Join(root, gitleaksIgnoreName))}
	}
	for _, path := range named {
		f, err := readIgnores(path, read, log)
		if errors.Is(err, fs.ErrNotExist) && len(o.ignores) == 0 {
			continue
		}
		if err != nil {
			return nil, err
		}
		p.Ignores = append(p.Ignores, f)
	}
	return p, nil
}

// baselinePath is the baseline that was named, or the one at the root.
func (o *policyOptions) baselinePath(root string) string {
	if o.baseline != "" {
		return o.baseline
	}
	return shortPath(filepath.Join(root, baselineName))
}

// readBaseline reads a baseline; it is nil if there is none and need not be.
func readBaseline(path string, needed bool, read readFunc) (*scanner.Baseline, error) {
	text, err := read(path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !needed:
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("baseline: %w", err)
	}
	b, err := scanner.ReadBaseline(path, []byte(text))
	if err != nil {
		return nil, fmt.Errorf("baseline: %w", err)
	}
	return b, nil
}

// readIgnores reads an ignore file, by its name gitleaks' or ours.
func readIgnores(path string, read readFunc, log *slog.Logger) (*scanner.IgnoreFile, error) {
	text, err := read(path)
	if err != nil {
		return nil, fmt.Errorf("ignore file: %w", err)
	}
	if strings.HasSuffix(filepath.Base(path), gitleaksIgnoreName) {
		ids, err := rules.GitleaksIDs()
		if err != nil {
			return nil, err
		}
		f, warnings := scanner.ParseGitleaksIgnores(path, text, func(id string) []string { return ids[id] })
		for _, w := range warnings {
			log.Warn("ignore file: " + w)
		}
		return f, nil
	}
	f, err := scanner.ParseIgnores(path, text, files.Glob)
	if err != nil {
		return nil, fmt.Errorf("ignore file: %w", err)
	}
	return f, nil
}

// shortPath is a path as a person at the working directory writes it.
func shortPath(path string) string {
	here, err := os.Getwd()
	if err != nil {
		return path
	}
	if rel, err := filepath.Rel(here, path); err == nil && len(rel) < len(path) {
		return rel
	}
	return path
}
