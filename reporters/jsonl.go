package reporters

import (
	"bufio"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// jsonlReporter writes one JSON object a line, each saying its type: the
// findings, then one summary. A reader that meets no summary knows that the
// report was cut off.
type jsonlReporter struct{ Options }

var _ Reporter = jsonlReporter{}

type findingLine struct {
	Type string `json:"type"`
	finding
}

type summaryLine struct {
	Type string `json:"type"`
	opening
	closing
}

func (j jsonlReporter) Write(w io.Writer, r *scanner.Report) error {
	out := bufio.NewWriter(w)
	line := func(v any) error {
		text, err := marshal(v, "", "")
		out.Write(append(text, '\n'))
		return err
	}
	for i := range r.Findings {
		if err := line(findingLine{"finding", j.finding(&r.Findings[i])}); err != nil {
			return err
		}
	}
	if err := line(summaryLine{"summary", j.opening(r), j.closing(r)}); err != nil {
		return err
	}
	return out.Flush()
}
