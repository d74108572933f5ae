package reporters

import (
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// WriteFinding writes one finding as the table does: what it is, the way it
// came in, how it is made good.
func WriteFinding(w io.Writer, f *scanner.Finding, o Options) error {
	o = o.complete()
	p := newPrinter(w, o)
	tableReporter{o}.secret(p, f)
	return p.out.Flush()
}
