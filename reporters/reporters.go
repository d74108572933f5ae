// Package reporters turns a scanner.Report into bytes, one file a format: a
// Reporter writes the table that people read, JSON, JSON lines, SARIF, or what a
// CI server or a spreadsheet reads. The formats are described in README.md beside
// this file, the JSON ones by Schema.
//
// The texts of a report are masked before they get here. A reporter writes a
// secret's redacted form, and its value only where Options.ShowSecrets asks
// for it; a format that is made to be uploaded or to stand in a log never does.
package reporters

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sluice-sec/sluice/scanner"
)

// A Reporter writes a report in one format. It is immutable and may write any
// number of reports; it does not change them and does not close w. Equal
// reports, but for Stats, give equal bytes.
type Reporter interface {
	Write(w io.Writer, r *scanner.Report) error
}

// Options say how to write. The zero value works for every format but template.
type Options struct {
	// Version is that of the program: "1.2.3", with or without a leading "v".
	Version string
	// Color and Width are those of the terminal that the table goes to; a
	// Width of 0 is 100.
	Color bool
	Width int
	// ShowSecrets writes the values themselves into the table, into JSON and into
	// what a template works on.
	ShowSecrets bool
	// ShowSuppressed lists what somebody decided to live with; SARIF always does,
	// github, azure and gitlab never.
	ShowSuppressed bool
	// Template is the text/template of the format template; README.md says what
	// it works on.
	Template string
	// Category tells this run from others of the same commit in SARIF; of an
	// image it is by default the name of its repository.
	Category string
	// Now is when ages are counted from; the zero time is the present.
	Now time.Time
}

const (
	toolName     = "sluice"
	toolURL      = "https://github.com/sluice-sec/sluice"
	defaultWidth = 100
)

// Formats returns the names that New takes.
func Formats() []string {
	return []string{"table", "json", "jsonl", "sarif", "csv", "junit", "github", "gitlab", "azure", "markdown", "template"}
}

// New returns the reporter of that format.
func New(format string, o Options) (Reporter, error) {
	o = o.complete()
	switch format {
	case "table":
		return tableReporter{o}, nil
	case "json":
		return jsonReporter{o}, nil
	case "jsonl":
		return jsonlReporter{o}, nil
	case "sarif":
		return sarifReporter{o, githubLimits}, nil
	case "junit":
		return junitReporter{o}, nil
	case "github":
		return githubReporter{o}, nil
	case "gitlab":
		return gitlabReporter{o}, nil
	case "azure":
		return azureReporter{o}, nil
	case "markdown":
		return markdownReporter{o, summaryLimit}, nil
	case "template":
		return newTemplate(o)
	case "csv":
		return csvReporter{o}, nil
	}
	return nil, fmt.Errorf("unknown report format %q (one of %s)", format, strings.Join(Formats(), ", "))
}

// complete fills in what was left to us.
func (o Options) complete() Options {
	o.Version = cmp.Or(o.Version, "dev")
	if o.Width <= 0 {
		o.Width = defaultWidth
	}
	if o.Now.IsZero() {
		o.Now = time.Now()
	}
	return o
}
