package corpus

import (
	"archive/tar"
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// RootFS returns about size bytes of a tar archive that holds what a Linux
// system does: half of it programs, those of the Go installation, then
// documents, source and settings.
func RootFS(seed uint64, size int) (Corpus, error) {
	c := Corpus{Name: "rootfs"}
	root, err := goRoot()
	if err != nil {
		return c, err
	}
	a := newArchive()
	if err := a.programs(root, size/2); err != nil {
		return c, err
	}
	if err := a.documents(root, size/4); err != nil {
		return c, err
	}
	a.settings(seed, size)
	c.Data, err = a.close()
	return c, err
}

// An archive is a tar archive in memory. An error sticks until it is closed.
type archive struct {
	out bytes.Buffer
	tar *tar.Writer
	err error
}

func newArchive() *archive {
	a := &archive{}
	a.tar = tar.NewWriter(&a.out)
	return a
}

func (a *archive) add(path string, data []byte) {
	header := &tar.Header{Typeflag: tar.TypeReg, Name: path, Mode: 0o644, Size: int64(len(data))}
	if a.err = errors.Join(a.err, a.tar.WriteHeader(header)); a.err == nil {
		_, a.err = a.tar.Write(data)
	}
}

func (a *archive) close() ([]byte, error) {
	return a.out.Bytes(), errors.Join(a.err, a.tar.Close())
}

// programs adds executables until the archive has so many bytes, large ones
// in part, so that no single one makes up the corpus.
func (a *archive) programs(root string, until int) error {
	paths, err := filepath.Glob(filepath.Join(root, "pkg", "tool", "*", "*"))
	if err != nil {
		return err
	}
	paths = append([]string{filepath.Join(root, "bin", "go"), filepath.Join(root, "bin", "gofmt")}, paths...)
	before := a.out.Len()
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // not every installation has every tool
		}
		left := until - a.out.Len()
		if left <= 0 {
			break
		}
		a.add("usr/bin/"+filepath.Base(path), data[:min(len(data), left, max(until/4, 1<<20))])
	}
	if a.out.Len() == before {
		return fmt.Errorf("corpus: no program below %s", root)
	}
	return nil
}

// documents adds about size bytes of texts of the Go installation.
func (a *archive) documents(root string, size int) error {
	wanted := func(path string) bool {
		switch filepath.Ext(path) {
		case ".go":
			return strings.Contains(path, "testdata")
		case ".html", ".md", ".txt", ".s", ".js", ".zip", ".pl", ".sh", "":
			return !strings.Contains(path, "/bin/") && !strings.Contains(path, "/pkg/tool/")
		}
		return false
	}
	return each(root, size, wanted, func(path string, data []byte) {
		a.add("usr/share"+strings.TrimPrefix(path, root), data)
	})
}

// settings adds what the configuration and the state of a system look like
// until the archive has so many bytes.
func (a *archive) settings(seed uint64, until int) {
	t := newText(seed)
	lines := []string{
		"# $p", "$i = $n", "$w yes", "$E=$w", "Package: $w-$w", "Status: install ok installed", "Version: $n.$n-$n", "Description: $p",
		" $p and $p", "$h  usr/lib/$w/$w.so", "Depends: $w (>= $n), $w", "Homepage: $u", "", "$w:x:$n:$n::/var/lib/$w:/usr/sbin/nologin",
	}
	for i := 0; a.out.Len() < until; i++ {
		t.Reset()
		for length := 500 + t.random.IntN(40_000); t.Len() < length; t.WriteByte('\n') {
			t.expand(t.pick(lines))
		}
		a.add(fmt.Sprintf("etc/%s.d/%d.conf", t.pick(words), i), t.Bytes())
	}
}
