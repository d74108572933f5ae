package ci

import (
	"io"
)

// Quiet returns a writer to a log that obeys commands, for text that is none:
// what a path or an error says must not be obeyed. GitHub takes lines that open
// with :: and those that hold ##[ for commands, Azure those that hold ##vso[ or
// ##[. Neither pair of letters is left together.
// https://docs.github.com/en/actions/reference/workflows-and-actions/workflow-commands
// https://learn.microsoft.com/en-us/azure/devops/pipelines/scripts/logging-commands
func (s System) Quiet(w io.Writer) io.Writer {
	if s.Commands() == "" {
		return w
	}
	return &quiet{w: w}
}

type quiet struct {
	w    io.Writer
	last byte // that was written
}

func (q *quiet) Write(p []byte) (int, error) {
	out := make([]byte, 0, len(p)+8)
	for _, c := range p {
		if c == q.last && (c == ':' || c == '#') {
			out = append(out, ' ')
		}
		out = append(out, c)
		q.last = c
	}
	if _, err := q.w.Write(out); err != nil {
		return 0, err
	}
	return len(p), nil
}
