package reporters

import (
	"io"
	"iter"

	"github.com/sluice-sec/sluice/scanner"
)

// jsonReporter writes one JSON object, as report.schema.json describes it.
type jsonReporter struct{ Options }

var _ Reporter = jsonReporter{}

func (j jsonReporter) Write(w io.Writer, r *scanner.Report) error {
	envelope := document{j.opening(r), []finding{}, j.closing(r)}
	return writeFilled(w, envelope, "findings", j.findings(r))
}

func (o Options) findings(r *scanner.Report) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range r.Findings {
			if !yield(o.finding(&r.Findings[i])) {
				return
			}
		}
	}
}
