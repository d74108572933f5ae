package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"github.com/sluice-sec/sluice/rules"
)

// configName is the configuration that is read without being named.
const configName = ".sluice.toml"

// A readFunc reads a file that says what is found or what is hidden; the error
// of one that is not there is fs.ErrNotExist. readConfig is the usual one.
type readFunc func(path string) (string, error)

// loadRules returns the built-in rules as changed by the configuration: the
// one named, else the one in the working directory or at the root of its
// repository. Nothing that is scanned is ever asked.
func loadRules(named string, read readFunc, log *slog.Logger) (*rules.Set, error) {
	path, text, err := findConfig(named, read)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	if path == "" {
		return rules.Builtin()
	}
	file, err := rules.LoadFile(path, text, func(name string) (string, error) {
		if !filepath.IsAbs(name) {
			name = filepath.Join(filepath.Dir(path), name)
		}
		return read(name)
	})
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	for _, w := range file.Warnings {
		log.Warn("configuration: " + w)
	}
	return file.Apply()
}

// maxConfig bounds a configuration in bytes. That of a repository may come from
// anybody: it is no device, and has no end of rules.
const maxConfig = 8 << 20

func readConfig(path string) (string, error) {
	info, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is not a regular file", path)
	}
	file, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, maxConfig+1))
	if len(text) > maxConfig {
		err = fmt.Errorf("%s is larger than %d bytes", path, maxConfig)
	}
	return string(text), err
}

// findConfig returns the path and the text of the configuration; without one
// the path is empty.
func findConfig(named string, read readFunc) (path, text string, err error) {
	if named != "" {
		text, err = read(named)
		return named, text, err
	}
	here, err := os.Getwd()
	if err != nil {
		return "", "", err
	}
	folders := []string{here}
	if root, found := repositoryRoot(here); found && root != here {
		folders = append(folders, root)
	}
	for _, folder := range folders {
		path := filepath.Join(folder, configName)
		if text, err := read(path); !errors.Is(err, fs.ErrNotExist) {
			return path, text, err
		}
	}
	return "", "", nil
}

// repositoryRoot returns the nearest folder at or above path that holds .git.
func repositoryRoot(path string) (root string, found bool) {
	for folder := path; ; {
		if _, err := os.Lstat(filepath.Join(folder, ".git")); err == nil {
			return folder, true
		}
		parent := filepath.Dir(folder)
		if parent == folder {
			return "", false
		}
		folder = parent
	}
}
