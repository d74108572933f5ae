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
	lists := []list{{"findings", j.findings(r.Findings)}}
	if j.ShowSuppressed {
		lists = append(lists, list{"suppressed_findings", j.findings(r.Hidden)})
	}
	return writeFilled(w, document{j.opening(r), []finding{}, j.closing(r)}, lists...)
}

func (o Options) findings(all []scanner.Finding) iter.Seq[any] {
	return func(yield func(any) bool) {
		for i := range all {
			if !yield(o.finding(&all[i])) {
				return
			}
		}
	}
}
