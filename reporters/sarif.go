package reporters

import (
	"cmp"
	"compress/gzip"
	"fmt"
	"io"
	"iter"
	"slices"

	"github.com/owenrumney/go-sarif/v2/sarif"

	"github.com/sluice-sec/sluice/rules"
	"github.com/sluice-sec/sluice/scanner"
)

// sarifReporter writes SARIF 2.1.0 that GitHub code scanning takes: one result
// for each file that a finding stands in. It never writes a secret, whatever
// ShowSecrets says.
type sarifReporter struct {
	Options
	limits limits
}

var _ Reporter = sarifReporter{}

// limits are what a consumer accepts: results in a run, and bytes of the whole
// compressed with gzip.
type limits struct {
	results int
	bytes   int64
}

// githubLimits are those of "SARIF support for code scanning", the bytes
// rounded down.
var githubLimits = limits{results: 25_000, bytes: 10_000_000}

// A sarifLog is a report on its way to SARIF. Its results are rendered only
// when they are written, since most of their text repeats.
type sarifLog struct {
	Options
	report  *scanner.Report
	results []result
	rules   []*rules.Rule
	index   map[string]int // of a rule's id in rules
	left    int            // results left out to keep to the limits
	bare    bool           // code flows and related locations are left out too
}

func (s sarifReporter) Write(w io.Writer, r *scanner.Report) error {
	log := &sarifLog{Options: s.Options, report: r, results: resultsOf(r)}
	log.keep(s.limits.results)
	for {
		size, err := log.size()
		if err != nil {
			return err
		}
		if size <= s.limits.bytes || !log.shrink() {
			return log.write(w)
		}
	}
}

// shrink makes the log smaller, the least useful part first, and reports
// whether it could.
func (l *sarifLog) shrink() bool {
	if !l.bare {
		l.bare = true
		return true
	}
	before := len(l.results)
	l.keep(before / 2)
	return len(l.results) < before
}

// keep leaves the worst n results, and the rules that they name.
func (l *sarifLog) keep(n int) {
	if n < len(l.results) {
		slices.SortStableFunc(l.results, func(a, b result) int {
			return cmp.Or(
				cmp.Compare(suppressed(a), suppressed(b)),
				cmp.Compare(a.finding.Kind, b.finding.Kind),
				cmp.Compare(b.finding.Severity, a.finding.Severity),
				cmp.Compare(b.finding.Confidence, a.finding.Confidence),
			)
		})
		l.left += len(l.results) - n
		l.results = l.results[:n]
	}
	l.rules, l.index = nil, map[string]int{}
	for _, r := range l.results {
		rule := r.finding.Rule
		if _, known := l.index[rule.ID]; !known {
			l.index[rule.ID] = len(l.rules)
			l.rules = append(l.rules, rule)
		}
	}
}

// suppressed is 1 for a result that is, else 0.
func suppressed(r result) int {
	if r.finding.Suppression != nil {
		return 1
	}
	return 0
}

// trimmed says what was left out to keep to the limits.
func (l *sarifLog) trimmed() []string {
	var said []string
	if l.left > 0 {
		said = append(said, fmt.Sprintf("%d results, the least severe, are left out to keep to what GitHub accepts; "+
			"the JSON report has them all", l.left))
	}
	if l.bare {
		said = append(said, "code flows and related locations are left out to keep to what GitHub accepts; the JSON report has them all")
	}
	return said
}

// size is how many bytes gzip makes of the log.
func (l *sarifLog) size() (int64, error) {
	var n counter
	z, err := gzip.NewWriterLevel(&n, gzip.BestSpeed)
	if err != nil {
		return 0, err
	}
	if err := l.write(z); err != nil {
		return 0, err
	}
	err = z.Close()
	return int64(n), err
}

func (l *sarifLog) write(w io.Writer) error {
	return writeFilled(w, l.envelope(), list{"results", l.rendered()})
}

func (l *sarifLog) rendered() iter.Seq[any] {
	return func(yield func(any) bool) {
		for _, r := range l.results {
			if !yield(l.render(r)) {
				return
			}
		}
	}
}

// envelope is the log without its results.
func (l *sarifLog) envelope() *sarif.Report {
	return &sarif.Report{Version: string(sarif.Version210), Schema: sarifSchema, Runs: []*sarif.Run{l.run()}}
}

const sarifSchema = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"

// A counter counts the bytes written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// to returns a pointer to a copy of v; in go-sarif what is optional is one.
func to[T any](v T) *T { return &v }
