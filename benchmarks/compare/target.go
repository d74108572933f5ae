package main

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// A target is what all tools scan.
type target struct {
	kind   kind
	path   string // absolute
	bytes  int64  // of its files as they are stored
	folder bool
	layers []string // files that hold the layers of an image
}

// open looks at a target. What it has to unpack goes into the folder temp.
func open(k kind, path, temp string) (*target, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	t := &target{kind: k, path: path, folder: info.IsDir()}
	switch {
	case k != directory && k != repository && k != image:
		return nil, fmt.Errorf("%s: unknown kind of target (one of dir, git, image)", k)
	case k == image && !t.folder:
		t.bytes = info.Size()
		return t, t.extract(temp)
	}
	err = filepath.WalkDir(path, func(path string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		info, err := d.Info()
		if err != nil {
			return err
		}
		t.bytes += info.Size()
		if k != image {
			return nil
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		start, err := head(f)
		if isLayer(start) {
			t.layers = append(t.layers, path)
		}
		return err
	})
	return t, err
}

// extract writes the layers of a saved image into files.
func (t *target) extract(temp string) error {
	f, err := os.Open(t.path)
	if err != nil {
		return err
	}
	defer f.Close()
	for r := tar.NewReader(f); ; {
		_, err := r.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		start, err := head(r)
		if err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		if !isLayer(start) {
			continue
		}
		path := filepath.Join(temp, fmt.Sprint(len(t.layers)))
		if err := write(path, io.MultiReader(bytes.NewReader(start), r)); err != nil {
			return fmt.Errorf("%s: %w", t.path, err)
		}
		t.layers = append(t.layers, path)
	}
}

func write(path string, r io.Reader) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// head returns the first bytes of r, as far as it has them.
func head(r io.Reader) ([]byte, error) {
	start := make([]byte, 512)
	n, err := io.ReadFull(r, start)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return start[:n], err
}

// isLayer reports whether a blob of an image is a layer and no document: it is
// compressed by gzip, or a tar archive.
func isLayer(start []byte) bool {
	return bytes.HasPrefix(start, []byte{0x1f, 0x8b}) || len(start) > 262 && string(start[257:262]) == "ustar"
}
