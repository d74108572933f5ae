package dockerfile

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/sluice-sec/sluice/scanner"
	"github.com/sluice-sec/sluice/scanner/source"
)

// Attribute implements scanner.Attributor: it says of each hit in which
// instruction the value came in and which ones use it, and how each of them is
// rewritten. It reads the files with hits once more.
func (s *Source) Attribute(ctx context.Context, hits []*scanner.Hit) error {
	inFiles, inContexts := map[string][]*scanner.Hit{}, map[string][]*scanner.Hit{}
	for _, h := range hits {
		to := inFiles
		if h.Origin.Exposed != "" {
			to = inContexts
		}
		to[h.Origin.Path] = append(to[h.Origin.Path], h)
	}
	changed := 0
	for shown, hits := range inFiles {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if !s.attributeFile(shown, hits) {
			changed++
		}
	}
	for shown, hits := range inContexts {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		s.attributeTaken(shown, hits)
	}
	if changed > 0 {
		return fmt.Errorf("%d Dockerfiles with findings: %w", changed, errChanged)
	}
	return nil
}

var errChanged = errors.New("changed while it was scanned: positions may be wrong")

// attributeFile sets the places of the hits in a Dockerfile. It reports whether
// the file is the one that was scanned.
func (s *Source) attributeFile(shown string, hits []*scanner.Hit) bool {
	known := s.files[shown]
	if known == nil {
		return false
	}
	data, err := readAgain(known.name)
	if err != nil || sha256.Sum256(data) != known.sum {
		return false
	}
	hashes := lineHashes(bytes.NewReader(data), hits)
	if !known.parsed {
		for _, h := range hits {
			h.Places = []scanner.Place{{Origin: h.Origin, State: scanner.Live, LineHash: hashes[h.Span.Line]}}
		}
		return true
	}
	return s.trace(shown, data, hits)
}

// trace sets the places of the hits in the text of a Dockerfile, if it is one.
func (s *Source) trace(shown string, data []byte, hits []*scanner.Hit) bool {
	f, err := parse(data)
	if err != nil {
		return false
	}
	f.walk(s.given, func(*walk, resolved) {}) // which stage goes on from which
	if f.target(s.opts.Target) != nil {
		_ = f.target("")
	}
	a := &attribution{file: f, shown: shown, data: data, byInstruction: map[*instruction][]leak{}, fixes: map[*instruction]string{}, origins: map[originKey]*scanner.Origin{}}
	a.run(hits, s.given)
	return true
}

func readAgain(name string) ([]byte, error) {
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, maxFile+1))
}

// lineHashes returns the line hashes of the lines of hits in a text.
func lineHashes(r io.ReadSeeker, hits []*scanner.Hit) map[int]string {
	lines := map[int]string{}
	for _, h := range hits {
		lines[h.Span.Line] = ""
	}
	if source.LineHashes(r, lines) != nil {
		return nil
	}
	return lines
}

// attributeTaken sets the places of the hits in a file of a context: one for
// each instruction that takes it.
func (s *Source) attributeTaken(shown string, hits []*scanner.Hit) {
	var places []scanner.Place
	var hashes map[int]string
	for _, key := range s.keys() {
		b := s.contexts[key]
		rel, inside := strings.CutPrefix(shown, b.shown)
		if !inside || b.shown != "" && !strings.HasPrefix(rel, "/") {
			continue
		}
		rel = strings.TrimPrefix(rel, "/")
		taken := b.places(rel, hits[0].Origin)
		if places = append(places, taken...); hashes == nil && len(taken) > 0 {
			hashes = b.hashes(rel, hits)
		}
	}
	for _, h := range hits {
		h.Places = slices.Clone(places)
		for i := range h.Places {
			p := &h.Places[i]
			if o := *p.Origin; o.Member != h.Origin.Member {
				o.Member = h.Origin.Member
				p.Origin = &o
			}
			if h.Origin.Member == "" {
				p.LineHash = hashes[h.Span.Line]
			}
		}
	}
}

// places returns those of what stands at o, a file of the context, in what the
// instructions make of it.
func (b *buildContext) places(rel string, o *scanner.Origin) []scanner.Place {
	var all []scanner.Place
	takings := b.takes(rel)
	for _, t := range takings[:min(len(takings), maxUses)] {
		at := *o
		at.Step, at.Exposed = t.step, t.exposed
		all = append(all, scanner.Place{Origin: &at, State: scanner.Live, Fix: t.fix(rel)})
	}
	return all
}

func (b *buildContext) hashes(rel string, hits []*scanner.Hit) map[int]string {
	root, err := os.OpenRoot(b.key.folder)
	if err != nil {
		return nil
	}
	defer root.Close()
	f, err := root.Open(rel)
	if err != nil {
		return nil
	}
	defer f.Close()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return nil
	}
	return lineHashes(f, hits)
}

// step describes an instruction. What is hidden of it is a part of a secret
// that nobody could find in its text alone.
func (f *file) step(ins *instruction, shown string, hidden []span) *scanner.Step {
	return &scanner.Step{
		File: shown, Line: ins.lines.from, EndLine: ins.lines.to, Stage: ins.stage.String(),
		Instruction: cut(strings.TrimSpace(strings.Clone(ins.replaced(hidden, func(int, span) string { return "****" }))), maxShown),
	}
}

// maxShown bounds the text of an instruction in a report.
const maxShown = 1000
