package image

import (
	"archive/tar"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/klauspost/compress/zstd"
	"github.com/sluice-sec/sluice/scanner"
)

type ctxT = context.Context

type null struct{ n int }

func (*null) Chunk(scanner.Chunk)                         {}
func (*null) Seen(scanner.BlobID, *scanner.Origin) bool    { return false }
func (*null) Skip(*scanner.Origin, scanner.Reason)         {}
func (*null) Problem(o *scanner.Origin, err error)         { fmt.Println("PROBLEM", o.Path, err) }

func hwm() string {
	b, _ := os.ReadFile("/proc/self/status")
	for _, l := range strings.Split(string(b), "\n") {
		if strings.HasPrefix(l, "VmHWM") {
			return l
		}
	}
	return ""
}

type diskStore struct{ *shelfStore; path string; big v1.Hash }

func (d *diskStore) Open(ctx ctxT, x v1.Descriptor) (io.ReadCloser, error) {
	if x.Digest == d.big { return os.Open(d.path) }
	return d.shelfStore.Open(ctx, x)
}

func TestMem(t *testing.T) {
	path := os.Getenv("MEMFILE")
	if _, err := os.Stat(path); err != nil {
		out, _ := os.Create(path)
		var w io.WriteCloser = out
		win := 8 << 20
		fmt.Sscan(os.Getenv("WIN"), &win)
		w, _ = zstd.NewWriter(out, zstd.WithWindowSize(win))
		tw := tar.NewWriter(w)
		if os.Getenv("KIND") == "small" {
			body := strings.Repeat("line of text = 123\n", 50)
			for i := range 300_000 {
				tw.WriteHeader(&tar.Header{Name: fmt.Sprintf("usr/lib/dir%d/file-%d.txt", i/1000, i), Mode: 0o644, Size: int64(len(body))})
				io.WriteString(tw, body)
			}
		} else {
			n := noise(1 << 20)
			for i := range 8 {
				tw.WriteHeader(&tar.Header{Name: fmt.Sprintf("big-%d", i), Mode: 0o644, Size: 256 << 20})
				for range 256 {
					io.WriteString(tw, n)
				}
			}
		}
		tw.Close()
		w.Close()
		out.Close()
		return
	}
	f := newShelf()
	fd, _ := os.Open(path)
	h := newHash(v1.Hash{Algorithm: "sha256"})
	size, _ := io.Copy(h, fd)
	d := v1.Descriptor{MediaType: types.OCILayer, Size: size, Digest: v1.Hash{Algorithm: "sha256", Hex: fmt.Sprintf("%x", h.Sum(nil))}}
	f.refs["app"] = []v1.Descriptor{f.image([]v1.Descriptor{d}, nil, object{"rootfs": object{"diff_ids": []string{"sha256:" + strings.Repeat("0", 64)}}})}
	s := f.source(t, Options{}, "app")
	s.open = func(ctx ctxT, ref string, r *Remote) (store, target, error) {
		st, tg, err := f.open(ctx, ref, r)
		return &diskStore{st.(*shelfStore), path, d.Digest}, tg, err
	}
	start := time.Now()
	s.Scan(t.Context(), &null{})
	fmt.Println(time.Since(start), hwm(), "slots", len(s.units[0].paths.slots))
}
