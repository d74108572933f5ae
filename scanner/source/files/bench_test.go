package files

import (
	"os/exec"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// A null sink counts: what is left is what finding and reading files costs.
type null struct{ bytes atomic.Int64 }

func (n *null) Chunk(c scanner.Chunk)                   { n.bytes.Add(int64(len(c.Data) - c.Overlap)) }
func (*null) Seen(scanner.BlobID, *scanner.Origin) bool { return false }
func (*null) Skip(*scanner.Origin, scanner.Reason)      {}
func (*null) Problem(*scanner.Origin, error)            {}

// BenchmarkDir reads the standard library's source for nobody. Its archives
// unpack to several times of what it is.
func BenchmarkDir(b *testing.B) {
	root, err := exec.Command("go", "env", "GOROOT").Output()
	must(b, err)
	for name, depth := range map[string]int{"files": -1, "archives": 0} {
		b.Run(name, func(b *testing.B) {
			d := open(b, Options{Limits: source.Limits{Depth: depth}}, filepath.Join(strings.TrimSpace(string(root)), "src"))
			b.ReportAllocs()
			for b.Loop() {
				var sink null
				must(b, d.Scan(b.Context(), &sink))
				b.SetBytes(sink.bytes.Load())
			}
		})
	}
}
