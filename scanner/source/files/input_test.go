package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/iotest"

	"github.com/sluice-sec/sluice/scanner/sourcetest"
)

func TestInput(t *testing.T) {
	for _, size := range []int{0, 1, 5000, 300 << 10} {
		content := sourcetest.Noise(int64(size), size)
		dir := tree(t, map[string]string{"a": string(content)})
		f, err := openIn(nil, filepath.Join(dir, "a"))
		must(t, err)
		if f.size != int64(size) || f.mode != 0o644 {
			t.Errorf("size %d, mode %v", f.size, f.mode)
		}
		must(t, iotest.TestReader(f, content))
		must(t, f.Close())
	}
	if _, err := openIn(nil, filepath.Join(t.TempDir(), "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// The end comes with the last bytes, and needs no read of its own.
func TestInputEnd(t *testing.T) {
	name := filepath.Join(tree(t, map[string]string{"a": "content"}), "a")
	f, err := openIn(nil, name)
	must(t, err)
	defer f.Close()
	p := make([]byte, 100)
	if n, err := f.Read(p); n != 7 || err != io.EOF {
		t.Errorf("%d bytes, %v", n, err)
	}
	_, err = f.Seek(0, io.SeekStart)
	must(t, err)
	must(t, os.WriteFile(name, []byte("con"), 0o644)) // shorter meanwhile
	if n, err := f.Read(p); n != 3 || err != nil {
		t.Errorf("%d bytes, %v: the end is not where it was", n, err)
	}
	if n, err := f.Read(p); n != 0 || err != io.EOF {
		t.Errorf("%d bytes, %v", n, err)
	}
}

// A file longer than a chunk, and one that does not know its length.
func TestDirLengths(t *testing.T) {
	long := sourcetest.Text(1, 3<<20)
	dir := tree(t, map[string]string{"long": string(long)})
	if !bytes.Equal(scan(t, open(t, Options{Base: dir}, dir)).Stream(t, "long").Content, long) {
		t.Error("the stream is not the file")
	}
	const endless = "/proc/self/environ"
	want, err := os.ReadFile(endless)
	if err != nil {
		t.Logf("no %s here", endless)
		return
	}
	if got := scan(t, open(t, Options{Base: "/proc/self"}, endless)).Stream(t, "environ").Content; !bytes.Equal(got, want) {
		t.Errorf("%d bytes, want %d", len(got), len(want))
	}
}

// Workers share the files of one large folder.
func TestDirFlat(t *testing.T) {
	files := map[string]string{}
	var want []string
	for i := range 600 {
		name := string(rune('a'+i/100)) + string(rune('a'+i/10%10)) + string(rune('a'+i%10))
		files[name] = name
		want = append(want, name)
	}
	dir := tree(t, files)
	rec := scan(t, open(t, Options{Base: dir, Workers: 8}, dir))
	wantPaths(t, rec, want...)
}
