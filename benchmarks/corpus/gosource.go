package corpus

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
)

// GoSource returns Go files of the standard library and the commands, taken
// evenly from all of them until there are about size bytes.
func GoSource(size int) (Corpus, error) {
	c := Corpus{Name: "go"}
	root, err := goRoot()
	if err != nil {
		return c, err
	}
	return c, each(filepath.Join(root, "src"), size, func(path string) bool { return strings.HasSuffix(path, ".go") }, c.add)
}

// goRoot returns the folder of the Go installation.
func goRoot() (string, error) {
	out, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		return "", fmt.Errorf("go env GOROOT: %w", err)
	}
	return string(bytes.TrimSpace(out)), nil
}

// each calls add with files below a folder that are wanted, spread evenly over
// all of them, until it gave it about size bytes.
func each(root string, size int, wanted func(path string) bool, add func(path string, data []byte)) error {
	var paths []string
	total := 0
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() || !wanted(path) {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		paths, total = append(paths, path), total+int(info.Size())
		return nil
	})
	if err != nil {
		return fmt.Errorf("corpus: %w", err)
	}
	given := 0
	for i := 0; i < len(paths) && given < size; i += max(1, total/size) {
		data, err := os.ReadFile(paths[i])
		if err != nil {
			return fmt.Errorf("corpus: %w", err)
		}
		add(paths[i], data)
		given += len(data)
	}
	return nil
}
