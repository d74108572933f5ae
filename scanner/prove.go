package scanner

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/sluice-sec/sluice/rules"
)

// Prove runs every rule's examples through the whole pipeline, all rules of
// the set together: each match example must give a finding of that rule, with
// exactly the value that stands in «», and no nomatch example may. The errors
// are joined, each opening with where the rule was read.
func Prove(ctx context.Context, set *rules.Set) error {
	s, err := New(Options{Rules: set})
	if err != nil {
		return err
	}
	var errs []error
	for _, r := range set.Rules() {
		for _, e := range r.Match {
			if err := s.prove(ctx, r, e, true); err != nil {
				errs = append(errs, fmt.Errorf("%s: rule %q: match %q: %w", r.Source, r.ID, e, err))
			}
		}
		for _, e := range r.NoMatch {
			if err := s.prove(ctx, r, e, false); err != nil {
				errs = append(errs, fmt.Errorf("%s: rule %q: nomatch %q: %w", r.Source, r.ID, e, err))
			}
		}
	}
	return errors.Join(errs...)
}

func (s *Scanner) prove(ctx context.Context, r *rules.Rule, e rules.Example, wanted bool) error {
	text, value, err := e.Expand(r)
	if err != nil {
		return err
	}
	path := r.ExamplePath
	if path == "" {
		path = "example.txt"
	}
	report := s.Scan(ctx, whole{data: []byte(text), path: path})
	i := slices.IndexFunc(report.Findings, func(f Finding) bool { return f.Rule == r })
	switch {
	case wanted && i < 0 && len(report.Findings) > 0:
		return fmt.Errorf("found by rule %q instead", report.Findings[0].Rule.ID)
	case wanted && i < 0:
		return errors.New("not found")
	case wanted && value != "" && !slices.ContainsFunc(report.Findings, func(f Finding) bool { return f.Rule == r && f.Secret.Reveal() == value }):
		return errors.New("found, but not the value that is marked")
	case !wanted && i >= 0:
		return errors.New("found")
	}
	return nil
}

// whole is a source of one short text.
type whole struct {
	data []byte
	path string
}

func (w whole) Name() string { return w.path }

func (w whole) Scan(_ context.Context, sink Sink) error {
	sink.Chunk(Chunk{Data: w.data, Origin: &Origin{Path: w.path}, Line: 1, Column: 1, Last: true})
	return nil
}
