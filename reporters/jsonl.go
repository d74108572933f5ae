package reporters

import (
	"bufio"
	"io"

	"github.com/sluice-sec/sluice/scanner"
)

// jsonlReporter writes one JSON object a line, each saying its type: the
// findings, those that are suppressed where they are asked for, then one summary.
// A reader that meets no summary knows that the report was cut off.
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
	out, e := bufio.NewWriter(w), newEncoder("", "")
	line := func(v any) error {
		text, err := e.marshal(v)
		out.Write(append(text, '\n'))
		return err
	}
	lines := func(kind string, all []scanner.Finding) error {
		for i := range all {
			if err := line(findingLine{kind, j.finding(&all[i])}); err != nil {
				return err
			}
		}
		return nil
	}
	if err := lines("finding", r.Findings); err != nil {
		return err
	}
	if j.ShowSuppressed {
		if err := lines("suppressed_finding", r.Hidden); err != nil {
			return err
		}
	}
	tail := j.closing(r)
	tail.Hidden = nil // they have lines of their own
	if err := line(summaryLine{"summary", j.opening(r), tail}); err != nil {
		return err
	}
	return out.Flush()
}
