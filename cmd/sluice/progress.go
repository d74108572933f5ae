package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/sluice-sec/sluice/scanner/source/image"
)

// A progress shows on a terminal how far a scan is; elsewhere it is silent.
type progress struct{ bar *progressbar.ProgressBar }

func newProgress(w io.Writer, quiet bool) progress {
	f, ok := w.(*os.File)
	if quiet || !ok || !term.IsTerminal(int(f.Fd())) {
		return progress{}
	}
	return progress{progressbar.NewOptions64(-1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetDescription("scanning"),
		progressbar.OptionShowBytes(true),
		progressbar.OptionThrottle(100*time.Millisecond),
		progressbar.OptionClearOnFinish(),
	)}
}

// image takes the events of an image source, from any goroutine.
func (p progress) image(e image.Event) {
	switch {
	case p.bar == nil:
	case e.Stage == image.Planned && e.Bytes > 0:
		p.bar.ChangeMax64(max(p.bar.GetMax64(), 0) + e.Bytes)
	case e.Stage == image.Read:
		_ = p.bar.Add64(e.Bytes)
	}
}

func (p progress) close() {
	if p.bar != nil {
		_ = p.bar.Finish()
	}
}
