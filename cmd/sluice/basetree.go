package main

import (
	"context"
	"fmt"
	"path/filepath"

	"github.com/sluice-sec/sluice/scanner/source/git"
)

// A baseTree reads the files of the working tree as the base of a pull request
// has them. Others it reads as they are.
type baseTree struct {
	repo   *git.Repo
	commit string
	roots  []string // names of the working tree
	found  []string // what was read of the commit
}

func newBaseTree(repo *git.Repo, commit string) (*baseTree, error) {
	root, err := treeRoot()
	if err != nil {
		return nil, err
	}
	real, err := filepath.EvalSymlinks(root)
	if err != nil {
		return nil, err
	}
	return &baseTree{repo: repo, commit: commit, roots: []string{root, real}}, nil
}

// within returns a path as it is below the root of the working tree.
func (t *baseTree) within(path string) (string, bool) {
	for _, root := range t.roots {
		if rel, err := filepath.Rel(root, path); err == nil && filepath.IsLocal(rel) {
			return filepath.ToSlash(rel), true
		}
	}
	return "", false
}

// read is a readFunc, but for the context.
func (t *baseTree) read(ctx context.Context, path string) (string, error) {
	at, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rel, inside := t.within(at)
	if !inside {
		if real, err := filepath.EvalSymlinks(at); err == nil {
			if _, inside := t.within(real); inside {
				return "", fmt.Errorf("%s leads into the working tree, which has no say in a pull request: name the file itself", path)
			}
		}
		return readConfig(path)
	}
	text, err := t.repo.File(ctx, t.commit, rel)
	if err != nil {
		return "", fmt.Errorf("the base of the pull request (%s) decides: %w", t.commit[:12], err)
	}
	if len(text) > maxConfig {
		return "", fmt.Errorf("%s is larger than %d bytes", path, maxConfig)
	}
	t.found = append(t.found, rel)
	return string(text), nil
}
