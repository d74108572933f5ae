package image

import (
	"io"
	"log"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-containerregistry/pkg/name"
	fake "github.com/google/go-containerregistry/pkg/registry"
	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	library "github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/remote"
	"github.com/google/go-containerregistry/pkg/v1/static"
	saver "github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
	"github.com/sluice-sec/sluice/scanner"
)

// libraryImage is an image of layers that are stored as they are, and so are
// their own diffIDs.
func libraryImage(t *testing.T, archives ...[]byte) v1.Image {
	t.Helper()
	img := v1.Image(empty.Image)
	for _, a := range archives {
		var err error
		if img, err = mutate.AppendLayers(img, static.NewLayer(a, types.OCIUncompressedLayer)); err != nil {
			t.Fatal(err)
		}
	}
	return img
}

// TestTransports scans one image from every place that can hold it: what is
// found does not differ, and the commands that extract it do.
func TestTransports(t *testing.T) {
	img := libraryImage(t,
		archive(inTar{"./etc/key", "one"}, inTar{"./a b", "two"}),
		archive(inTar{"./etc/.wh.key", ""}, inTar{"./a b", "three"}))
	server := httptest.NewServer(fake.New(fake.Logger(log.New(io.Discard, "", 0))))
	t.Cleanup(server.Close)
	ref := strings.TrimPrefix(server.URL, "http://") + "/team/app:v1"
	tag, err := name.NewTag(ref, name.Insecure)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path, err := library.Write(filepath.Join(dir, "layout"), empty.Index)
	if err != nil {
		t.Fatal(err)
	}
	saved := filepath.Join(dir, "saved.tar")
	for _, err := range []error{remote.Write(tag, img), path.AppendImage(img), saver.WriteToFile(saved, tag, img)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	packed := filepath.Join(dir, "packed.tar")
	if err := os.WriteFile(packed, pack(t, string(path), ""), 0o600); err != nil {
		t.Fatal(err)
	}
	want := []string{"a b @0 overwritten by 1: two", "a b @1 live: three", "etc/key @0 deleted by 1: one"}
	for _, ref := range []string{ref, "oci:" + string(path), "oci-archive:" + packed, "docker-archive:" + saved, "-"} {
		t.Run(strings.SplitN(ref, ":", 2)[0], func(t *testing.T) {
			o := *quick()
			o.Insecure = true
			if stdin, err := os.Open(saved); err == nil {
				t.Cleanup(func() { stdin.Close() })
				o.Stdin = stdin
			}
			s, err := Open([]string{ref}, Options{Remote: o})
			if err != nil {
				t.Fatal(err)
			}
			p := record(t, s)
			got := p.attribute(t, s, scanner.InLayer)
			for i := range got {
				got[i] = strings.TrimPrefix(got[i], ref+" ")
			}
			if diff := cmp.Diff(want, got); diff != "" || len(p.problems) > 0 {
				t.Errorf("%s %v", diff, p.problems)
			}
			if strings.Contains(ref, "oci") || strings.Contains(ref, "archive") {
				extractAll(t, s, p)
			}
		})
	}
}

// extractAll runs the command of each file that was read.
func extractAll(t *testing.T, s *Source, p *tape) {
	t.Helper()
	for _, st := range p.streams {
		if st.origin.Kind != scanner.InLayer {
			continue
		}
		h := &scanner.Hit{Origin: st.origin}
		if err := s.Attribute(t.Context(), []*scanner.Hit{h}); err != nil {
			t.Fatal(err)
		}
		out, err := exec.CommandContext(t.Context(), "sh", "-c", h.Places[0].Extract).CombinedOutput()
		if err != nil || string(out) != st.text {
			t.Errorf("%s\nprints %q, %v; want %q", h.Places[0].Extract, out, err, st.text)
		}
	}
}
